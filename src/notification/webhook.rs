//! Calls of a program that listens at an address, by HTTP.
//!
//! What enters: an announcement. What leaves: a `POST` with its JSON, and its key in the heading `Idempotency-Key`. What is
//! refused: what the other side refuses; it is never sent on to another address.

use std::path::Path;
use std::time::Duration;

use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Error as CallError};

use super::{Failure, Peer, secret};
use crate::diagnostic::Result;
use crate::format::Webhook;
use crate::model::{Moment, Recipient};
use crate::report::Announcement;

/// A program that listens.
pub(super) struct WebhookPeer {
    hook: Webhook,
    secret: Option<String>,
    agent: Agent,
}

impl WebhookPeer {
    /// The program of the settings; its secret is looked up.
    pub(super) fn new(hook: &Webhook, root: &Path) -> Result<Self> {
        let secret = hook.secret.as_ref().map(|secret| secret::read(secret, root)).transpose()?;
        // The certificates that the system trusts: a house may have some of its own.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let agent = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(hook.timeout)))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("bordereau/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build()
            .new_agent();
        Ok(Self { hook: hook.clone(), secret, agent })
    }
}

impl Peer for WebhookPeer {
    fn hand_over(&self, _to: &Recipient, what: &Announcement, _now: Moment) -> std::result::Result<(), Failure> {
        let mut call = self
            .agent
            .post(&self.hook.url)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", &what.key);
        if let Some(secret) = &self.secret {
            call = call.header("Authorization", &format!("Bearer {secret}"));
        }
        match call.send(what.json.trim_end()) {
            Ok(answer) => judged(answer.status().as_u16()),
            Err(error) => Err(failure(&error)),
        }
    }

    fn name(&self) -> String {
        self.hook.host().to_owned()
    }
}

/// What an answer means.
fn judged(status: u16) -> std::result::Result<(), Failure> {
    let cause = format!("HTTP {status}");
    match status {
        200..=299 => Ok(()),
        401 | 403 | 407 => Err(Failure::LoginRefused(cause)),
        // Too early, too many: asked to come again. Everything from 500 on is a fault of the other side.
        408 | 425 | 429 => Err(Failure::Postponed(cause)),
        300..=499 => Err(Failure::Refused(cause)),
        _ => Err(Failure::Postponed(cause)),
    }
}

/// What a call means that got no answer. No cause names the address, which may hold a secret.
fn failure(error: &CallError) -> Failure {
    match error {
        CallError::BadUri(_) | CallError::Http(_) => Failure::Refused("URL".to_owned()),
        CallError::Io(error) => Failure::Unreachable(error.to_string()),
        CallError::Timeout(which) => Failure::Unreachable(format!("timeout: {which}")),
        CallError::Rustls(error) => Failure::Unreachable(error.to_string()),
        CallError::HostNotFound => Failure::Unreachable("host not found".to_owned()),
        CallError::ConnectionFailed => Failure::Unreachable("connection failed".to_owned()),
        CallError::Protocol(error) => Failure::Unreachable(error.to_string()),
        _ => Failure::Unreachable("no answer".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_an_end_or_a_reason_to_come_again() {
        let word = |status| match judged(status) {
            Ok(()) => "delivered",
            Err(Failure::Refused(_)) => "refused",
            Err(Failure::Postponed(_)) => "postponed",
            Err(Failure::LoginRefused(_)) => "login",
            Err(Failure::Unreachable(_)) => "unreachable",
        };
        for (status, wanted) in [
            (200, "delivered"),
            (204, "delivered"),
            (301, "refused"),
            (400, "refused"),
            (401, "login"),
            (403, "login"),
            (404, "refused"),
            (410, "refused"),
            (422, "refused"),
            (429, "postponed"),
            (500, "postponed"),
            (503, "postponed"),
        ] {
            assert_eq!(word(status), wanted, "{status}");
        }
    }
}
