//! Mails, by SMTP.
//!
//! What enters: an announcement and an address. What leaves: a mail in plain text whose `Message-ID` is made of the key, so that
//! the same event told twice is the same mail twice. What is refused: what the server refuses, told as it says it.

use std::error::Error as _;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::{Error as SmtpError, SmtpTransport};
use lettre::{Address, Message, Transport as _};

use super::{Failure, Peer, secret};
use crate::diagnostic::Result;
use crate::format::{MailSecurity, MailServer};
use crate::model::{Moment, Recipient};
use crate::report::Announcement;

/// The answers by which a server says that it does not believe who we are (RFC 4954).
const LOGIN_REFUSED: [&str; 5] = ["530", "534", "535", "538", "454"];

/// The longest cause that is kept.
const LONGEST_CAUSE: usize = 300;

/// A mail server.
pub(super) struct MailPeer {
    server: MailServer,
    credentials: Option<Credentials>,
}

impl MailPeer {
    /// The server of the settings; its password is looked up.
    pub(super) fn new(server: &MailServer, root: &Path) -> Result<Self> {
        let login = server.login.as_ref();
        let credentials = login
            .map(|login| Ok(Credentials::new(login.user.clone(), secret::read(&login.password, root)?)))
            .transpose()?;
        Ok(Self { server: server.clone(), credentials })
    }

    /// The way to the server; nobody is talked to yet.
    fn transport(&self) -> std::result::Result<SmtpTransport, SmtpError> {
        let server = &self.server;
        let parameters = || TlsParameters::new(server.host.clone());
        let tls = match server.tls {
            MailSecurity::None => Tls::None,
            MailSecurity::Starttls => Tls::Required(parameters()?),
            MailSecurity::Tls => Tls::Wrapper(parameters()?),
        };
        let mut builder = SmtpTransport::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(Duration::from_secs(server.timeout)));
        if let Some(credentials) = &self.credentials {
            builder = builder.credentials(credentials.clone());
        }
        Ok(builder.build())
    }

    fn message(&self, address: &str, what: &Announcement, now: Moment) -> std::result::Result<Message, String> {
        let mailbox = |address: &str| -> std::result::Result<Mailbox, String> {
            let parsed: Address = address.parse().map_err(|error| format!("{address}: {error}"))?;
            Ok(Mailbox::new(None, parsed))
        };
        let from = mailbox(&self.server.from)?;
        let seconds = u64::try_from(now.seconds()).unwrap_or_default();
        let builder = Message::builder()
            .message_id(Some(message_id(&what.key, from.email.domain())))
            .date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .from(from)
            .to(mailbox(address)?)
            .subject(what.subject.clone());
        let body = part(ContentType::TEXT_PLAIN, &what.body);
        let built = match &what.page {
            None => builder.singlepart(body),
            // The last form is the one that readers prefer.
            Some(page) => builder
                .multipart(MultiPart::alternative().singlepart(body).singlepart(part(ContentType::TEXT_HTML, page))),
        };
        built.map_err(|error| error.to_string())
    }
}

fn part(kind: ContentType, text: &str) -> SinglePart {
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(text.replace('\n', "\r\n"))
}

/// The name of a mail: the key, with what may not stand there written in hexadecimal digits.
fn message_id(key: &str, domain: &str) -> String {
    let mut id = String::with_capacity(key.len() + domain.len() + 8);
    id.push('<');
    for byte in key.bytes() {
        match byte {
            b':' => id.push('.'),
            b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => id.push(char::from(byte)),
            other => {
                let [high, low] =
                    [other >> 4, other & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)]));
                id.extend(['=', high, low]);
            }
        }
    }
    id + "@" + domain + ">"
}

impl Peer for MailPeer {
    fn hand_over(&self, to: &Recipient, what: &Announcement, now: Moment) -> std::result::Result<(), Failure> {
        let message = self.message(to.address(), what, now).map_err(Failure::Refused)?;
        let transport = self.transport().map_err(|error| Failure::Unreachable(cause(&error)))?;
        transport.send(&message).map(|_| ()).map_err(|error| failure(&error))
    }

    fn name(&self) -> String {
        format!("{}:{}", self.server.host, self.server.port)
    }
}

/// What a failed conversation means.
fn failure(error: &SmtpError) -> Failure {
    let cause = cause(error);
    match error.status().map(|code| code.to_string()) {
        Some(code) if LOGIN_REFUSED.contains(&code.as_str()) => Failure::LoginRefused(cause),
        // The server closes: nothing of what waits gets through now.
        Some(code) if code == "421" => Failure::Unreachable(cause),
        Some(_) if error.is_permanent() => Failure::Refused(cause),
        Some(_) => Failure::Postponed(cause),
        // Found out on our side: an address that the server cannot take, no common way to sign in.
        None if error.is_client() => Failure::Refused(cause),
        None => Failure::Unreachable(cause),
    }
}

/// Whether the server was waited for in vain; systems have two names for that.
fn is_late(error: &SmtpError) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(error) = inner.downcast_ref::<io::Error>() {
            return matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock);
        }
        cause = inner.source();
    }
    false
}

/// What is said of it: the innermost reason, which for an answer is the server's own words.
fn cause(error: &SmtpError) -> String {
    if is_late(error) {
        return "timeout".to_owned();
    }
    let text = match (error.status(), error.source()) {
        (Some(code), Some(said)) => format!("{code} {said}"),
        (Some(code), None) => code.to_string(),
        (None, _) => error.to_string(),
    };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_CAUSE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_becomes_one_name_of_a_mail() {
        assert_eq!(message_id("0a1b:deposit:12:rejected", "example.org"), "<0a1b.deposit.12.rejected@example.org>");
        assert_eq!(message_id("a b.c>é", "x"), "<a=20b=2Ec=3E=C3=A9@x>");
    }
}
