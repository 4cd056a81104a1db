//! `[notify]` of `bordereau.toml`: who is told of what, and by which servers.
//!
//! What enters: the table as it was written. What leaves: [`NotificationSettings`]. What is refused: a kind of event or a
//! recipient that cannot be, a recipient without the server that reaches it, a secret that would travel in the clear.

use std::path::PathBuf;

use serde::Deserialize;

use super::{nearest, read};
use crate::diagnostic::Result;
use crate::model::{EventKind, Language, Recipient};

/// Who is told of what, and by which servers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotificationSettings {
    /// The language of mails; that of the program when none is named.
    pub language: Option<Language>,
    /// The server that takes mails.
    pub smtp: Option<MailServer>,
    /// The program that is called.
    pub webhook: Option<Webhook>,
    /// Who is told of what.
    pub rules: Vec<NotificationRule>,
}

/// A server that takes mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailServer {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way to it is closed to others.
    pub tls: MailSecurity,
    /// Who signs in, if anybody has to.
    pub login: Option<Login>,
    /// From whom mails are.
    pub from: String,
    /// How many seconds it may take to answer.
    pub timeout: u64,
}

/// How the way to a mail server is closed to others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailSecurity {
    /// Not at all.
    None,
    /// After the first words; a server that cannot is refused.
    #[default]
    Starttls,
    /// From the beginning.
    Tls,
}

impl MailSecurity {
    /// The usual port.
    const fn port(self) -> u16 {
        match self {
            Self::None => 25,
            Self::Starttls => 587,
            Self::Tls => 465,
        }
    }
}

/// Who signs in at a mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub user: String,
    /// Where the password stands.
    pub password: Secret,
}

/// Where a secret stands: never in the settings themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    /// In this environment variable.
    Environment(String),
    /// In this file, as seen from the workspace.
    File(PathBuf),
}

/// A program that is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its address.
    pub url: String,
    /// What shows that it is us.
    pub secret: Option<Secret>,
    /// How many seconds it may take to answer.
    pub timeout: u64,
}

/// Who is told of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationRule {
    /// Of what; none: of everything.
    pub events: Vec<EventKind>,
    /// Who.
    pub to: Vec<Recipient>,
    /// Only of what this user does.
    pub user: Option<String>,
}

impl NotificationSettings {
    /// Who is told of what a user did. Rules of that user take the place of those for everybody.
    pub fn recipients(&self, kind: EventKind, user: &str) -> Vec<Recipient> {
        let fits = |rule: &&NotificationRule| rule.events.is_empty() || rule.events.contains(&kind);
        let of = |who: Option<&str>| {
            let rules = self.rules.iter().filter(fits).filter(|rule| rule.user.as_deref() == who);
            let mut found: Vec<_> = rules.flat_map(|rule| rule.to.iter().cloned()).collect();
            found.sort();
            found.dedup();
            found
        };
        let own = of(Some(user));
        if own.is_empty() { of(None) } else { own }
    }
}

/// The table as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct NotificationFile {
    language: Option<LanguageWord>,
    smtp: Option<MailServerFile>,
    webhook: Option<WebhookFile>,
    #[serde(default)]
    rules: Vec<RuleFile>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LanguageWord {
    Fr,
    En,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct MailServerFile {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    tls: MailSecurity,
    user: Option<String>,
    password_env: Option<String>,
    password_file: Option<PathBuf>,
    from: String,
    timeout: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct WebhookFile {
    url: String,
    secret_env: Option<String>,
    secret_file: Option<PathBuf>,
    timeout: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleFile {
    #[serde(default)]
    events: Vec<String>,
    to: Vec<String>,
    user: Option<String>,
}

/// How many seconds a server may take to answer when nobody says.
const TIMEOUT: u64 = 20;

/// The most that anybody may say: a claim must not end while a server is waited for.
const LONGEST_TIMEOUT: u64 = 60;

/// Names under which a machine calls itself.
const OWN_NAMES: [&str; 4] = ["localhost", "127.0.0.1", "::1", "[::1]"];

/// The file that is being read, for complaints.
struct Complaints<'f> {
    path: &'f str,
    text: &'f str,
}

impl Complaints<'_> {
    /// The complaint about the value of a key.
    fn about<T>(&self, key: &str, cause: impl std::fmt::Display) -> Result<T> {
        self.about_value(key, "", cause)
    }

    /// The complaint about a value of a key that may stand on several lines.
    fn about_value<T>(&self, key: &str, value: &str, cause: impl std::fmt::Display) -> Result<T> {
        Err(read::invalid(self.path, self.line(key, value), format_args!("notify: {cause}")))
    }

    /// The first line on which a key stands, be it in a table of one line, with this value if there is such a line.
    fn line(&self, key: &str, value: &str) -> usize {
        let is_key = |line: &str| {
            line.match_indices(key).any(|(at, _)| {
                let is_whole = !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
                is_whole && line[at + key.len()..].trim_start().starts_with('=')
            })
        };
        let lines = || (1..).zip(self.text.lines()).filter(|(_, line)| is_key(line));
        lines().find(|(_, line)| line.contains(value)).or_else(|| lines().next()).map_or(1, |(number, _)| number)
    }

    fn secret(&self, name: &str, variable: Option<String>, file: Option<PathBuf>) -> Result<Option<Secret>> {
        match (variable, file) {
            (None, None) => Ok(None),
            (Some(variable), None) if !variable.is_empty() && !variable.contains(['=', '\0']) => {
                Ok(Some(Secret::Environment(variable)))
            }
            (None, Some(file)) if !file.as_os_str().is_empty() => Ok(Some(Secret::File(file))),
            _ => self.about(&format!("{name}-env"), format_args!("{name}-env | {name}-file")),
        }
    }

    fn timeout(&self, seconds: Option<u64>) -> Result<u64> {
        match seconds.unwrap_or(TIMEOUT) {
            seconds @ 1..=LONGEST_TIMEOUT => Ok(seconds),
            seconds => self.about("timeout", format_args!("timeout = {seconds}: 1..{LONGEST_TIMEOUT}")),
        }
    }

    fn smtp(&self, file: MailServerFile) -> Result<MailServer> {
        let MailServerFile { host, port, tls, user, password_env, password_file, from, timeout } = file;
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/') {
            return self.about("host", format_args!("host = {host:?}"));
        }
        if Recipient::mail(&from).is_none() {
            return self.about("from", format_args!("from = {from:?}"));
        }
        let login = match (user, self.secret("password", password_env, password_file)?) {
            (None, None) => None,
            (Some(user), Some(password)) => Some(Login { user, password }),
            (Some(_), None) => return self.about("user", "user + password-env | password-file"),
            (None, Some(_)) => return self.about("from", "user + password-env | password-file"),
        };
        if login.is_some() && tls == MailSecurity::None && !is_own(&host) {
            return self.about("tls", "tls = \"none\" + user: \"starttls\" | \"tls\"");
        }
        let port = port.unwrap_or(tls.port());
        Ok(MailServer { host, port, tls, login, from, timeout: self.timeout(timeout)? })
    }

    fn webhook(&self, file: WebhookFile) -> Result<Webhook> {
        let WebhookFile { url, secret_env, secret_file, timeout } = file;
        let secret = self.secret("secret", secret_env, secret_file)?;
        // The address itself may be a secret: it is never repeated.
        let Some((scheme, host)) = webhook_host(&url) else {
            return self.about("url", "url: https://HOST/… | http://HOST/…");
        };
        if secret.is_some() && scheme == "http" && !is_own(host) {
            return self.about("url", "url + secret-env | secret-file: https://");
        }
        Ok(Webhook { url, secret, timeout: self.timeout(timeout)? })
    }

    fn recipient(&self, name: &str) -> Result<Recipient> {
        Recipient::parse(name)
            .ok_or(())
            .or_else(|()| self.about_value("to", name, format_args!("to = {name:?} → mailto:NAME@HOST, webhook")))
    }

    /// Refuses a recipient whose server is not named.
    fn reach(&self, recipient: &Recipient, settings: &NotificationSettings) -> Result<()> {
        let (is_reached, key) = match recipient {
            Recipient::Mail(_) => (settings.smtp.is_some(), "smtp"),
            Recipient::Webhook => (settings.webhook.is_some(), "webhook"),
        };
        if is_reached {
            return Ok(());
        }
        let cause = format_args!("to = \"{recipient}\" + {key} = {{ … }}");
        self.about_value("to", &recipient.to_string(), cause)
    }

    fn rule(&self, file: RuleFile) -> Result<NotificationRule> {
        let kind = |name: &String| {
            let known = || EventKind::ALL.iter().map(|kind| kind.name());
            EventKind::from_name(name).ok_or(()).or_else(|()| {
                let suggestion =
                    nearest(name, known()).map_or_else(|| known().collect::<Vec<_>>().join(", "), str::to_owned);
                self.about_value("events", name, format_args!("events = {name:?} → {suggestion}"))
            })
        };
        if file.to.is_empty() {
            return self.about("to", "to = []");
        }
        Ok(NotificationRule {
            events: file.events.iter().map(kind).collect::<Result<_>>()?,
            to: file.to.iter().map(|name| self.recipient(name)).collect::<Result<_>>()?,
            user: file.user,
        })
    }
}

/// The scheme and the host of the address of a webhook, without user and port.
pub(super) fn webhook_host(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.rfind(']') {
        Some(end) => &host[..=end],
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_plain = !url.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_plain && !host.is_empty()).then_some((scheme, host))
}

impl Webhook {
    /// The host that is called: what may be shown of the address.
    pub fn host(&self) -> &str {
        webhook_host(&self.url).map_or("", |(_, host)| host)
    }
}

/// Whether a name is one of this machine.
fn is_own(host: &str) -> bool {
    OWN_NAMES.contains(&host.to_ascii_lowercase().as_str())
}

/// Reads the table; `path` and `text` are those of the whole file.
pub(super) fn settings(path: &str, text: &str, file: NotificationFile) -> Result<NotificationSettings> {
    let complaints = Complaints { path, text };
    let smtp = file.smtp.map(|smtp| complaints.smtp(smtp)).transpose()?;
    let webhook = file.webhook.map(|webhook| complaints.webhook(webhook)).transpose()?;
    let rules = file.rules.into_iter().map(|rule| complaints.rule(rule)).collect::<Result<Vec<_>>>()?;
    let settings = NotificationSettings {
        language: file.language.map(|word| match word {
            LanguageWord::Fr => Language::French,
            LanguageWord::En => Language::English,
        }),
        smtp,
        webhook,
        rules,
    };
    settings.rules.iter().flat_map(|rule| &rule.to).try_for_each(|to| complaints.reach(to, &settings))?;
    Ok(settings)
}

/// Reads recipients that another table names; `settings` must reach them.
pub(super) fn recipients(
    path: &str,
    text: &str,
    names: &[String],
    settings: &NotificationSettings,
) -> Result<Vec<Recipient>> {
    let complaints = Complaints { path, text };
    let found = names.iter().map(|name| {
        let recipient = complaints.recipient(name)?;
        complaints.reach(&recipient, settings)?;
        Ok(recipient)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Account, Registry};
    use super::*;
    use crate::diagnostic::Code;

    fn read(text: &str) -> Result<NotificationSettings> {
        Account::read("bordereau.toml", text, &Registry::built_in()).map(|account| account.notification)
    }

    /// Settings of one rule, with more in the tables.
    fn with(smtp: &str, webhook: &str, rule: &str) -> String {
        format!(
            "[notify]\nsmtp = {{ host = \"localhost\", from = \"bordereau@example.org\"{smtp} }}\n\
             webhook = {{ url = \"https://example.org/hook\"{webhook} }}\n[[notify.rules]]\n{rule}\n"
        )
    }

    #[test]
    fn a_rule_of_a_user_takes_the_place_of_those_for_everybody() {
        let text = with("", "", "to = [\"mailto:all@example.org\"]")
            + "[[notify.rules]]\nevents = [\"deposit-rejected\"]\nto = [\"webhook\"]\n\
               [[notify.rules]]\nevents = [\"deposit-rejected\"]\nto = [\"mailto:c@example.org\"]\nuser = \"claire\"\n";
        let settings = read(&text).unwrap();
        let to = |kind, user| settings.recipients(kind, user).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(to(EventKind::DepositRejected, "paul"), ["mailto:all@example.org", "webhook"]);
        assert_eq!(to(EventKind::DepositRejected, "claire"), ["mailto:c@example.org"]);
        assert_eq!(to(EventKind::OrderResponse, "claire"), ["mailto:all@example.org"]);
        assert!(read("").unwrap().recipients(EventKind::OrderResponse, "claire").is_empty());
    }

    #[test]
    fn what_is_not_said_is_usual() {
        let settings = read(&with("", "", "to = [\"webhook\"]")).unwrap();
        let smtp = settings.smtp.unwrap();
        assert_eq!((smtp.port, smtp.tls, smtp.timeout, smtp.login), (587, MailSecurity::Starttls, 20, None));
        assert_eq!(settings.language, None);
        let text =
            with(", tls = \"tls\", user = \"u\", password-file = \"secret\", timeout = 5", "", "to = [\"webhook\"]");
        let smtp = read(&text).unwrap().smtp.unwrap();
        let password = Secret::File(PathBuf::from("secret"));
        assert_eq!((smtp.port, smtp.timeout), (465, 5));
        assert_eq!(smtp.login, Some(Login { user: "u".to_owned(), password }));
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_line_and_without_secrets() {
        let to = "to = [\"webhook\"]";
        for (text, line, said) in [
            (with(", user = \"u\"", "", to), 2, "password-env"),
            (with(", password-env = \"P\"", "", to), 2, "user + "),
            (with(", user = \"u\", password-env = \"P\", password-file = \"f\"", "", to), 2, "password-file"),
            (with(", timeout = 0", "", to), 2, "timeout = 0"),
            (with("", ", timeout = 61", to), 3, "timeout = 61"),
            (with("", "", "to = []"), 5, "to = []"),
            (with("", "", "to = [\"claire\"]"), 5, "mailto:"),
            (with("", "", "events = [\"deposit-rejectd\"]\nto = [\"webhook\"]"), 5, "→ deposit-rejected"),
            ("[[notify.rules]]\nto = [\"webhook\"]\n".to_owned(), 2, "webhook = {"),
            ("[[notify.rules]]\nto = [\"mailto:a@b\"]\n".to_owned(), 2, "smtp = {"),
            ("[notify]\nwebhook = { url = \"ftp://x/TOKEN\" }\n".to_owned(), 2, "https://HOST"),
            ("[notify]\nwebhook = { url = \"http://x/TOKEN\", secret-env = \"S\" }\n".to_owned(), 2, "https://"),
            (
                "[notify.smtp]\nhost = \"mail.example.org\"\ntls = \"none\"\nfrom = \"a@b\"\nuser = \"u\"\n\
                 password-env = \"P\"\n"
                    .to_owned(),
                3,
                "starttls",
            ),
            ("[notify.smtp]\nhost = \"x\"\nfrom = \"nobody\"\n".to_owned(), 3, "from = \"nobody\""),
        ] {
            let error = read(&text).unwrap_err();
            let cause = error.arguments.get("cause").unwrap();
            assert_eq!(error.code, Code::FormatInvalid, "{text}");
            assert!(cause.starts_with(&format!("line {line}: ")) && cause.contains(said), "{text}: {cause}");
            assert!(!cause.contains("TOKEN"), "{cause}");
        }
        let error = read("[notify]\nsmpt = 1\n").unwrap_err();
        assert_eq!((error.code, error.arguments.get("suggestion")), (Code::FormatKeyUnknown, Some("smtp")));
        assert!(read(&with("", "", to)).is_ok());
    }

    #[test]
    fn the_host_of_a_webhook_is_found_in_its_address() {
        for (url, found) in [
            ("https://example.org/hook?a=b", Some(("https", "example.org"))),
            ("http://u:p@127.0.0.1:8080", Some(("http", "127.0.0.1"))),
            ("http://[::1]:8080/", Some(("http", "[::1]"))),
            ("http:///hook", None),
            ("https://exam ple.org", None),
            ("example.org", None),
        ] {
            assert_eq!(webhook_host(url), found, "{url}");
        }
    }
}
