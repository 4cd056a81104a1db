//! What others are told of, and whom.

use std::fmt;

use super::words;

words! {
    /// What happened.
    EventKind {
        /// A work order came in.
        NewWorkOrder = "new-work-order",
        /// A work order has to be answered soon.
        DeadlineNear = "deadline-near",
        /// Nothing of a deposit was created.
        DepositRejected = "deposit-rejected",
        /// A manufacturer answered to orders.
        OrderResponse = "order-response",
    }
}

words! {
    /// The way on which somebody is told.
    Channel {
        /// A mail.
        Mail = "mail",
        /// A call of a program that listens at an address.
        Webhook = "webhook",
    }
}

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// Whoever reads mails at this address.
    Mail(String),
    /// The program behind the address of the settings, which may hold a secret and is not repeated here.
    Webhook,
}

impl Recipient {
    /// The longest address that mail servers take.
    const LONGEST: usize = 254;

    /// Reads `mailto:workshop@example.org` or `webhook`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == Channel::Webhook.name() {
            return Some(Self::Webhook);
        }
        text.strip_prefix("mailto:").and_then(Self::mail)
    }

    /// The reader of an address; `None` when it cannot be one.
    pub fn mail(address: &str) -> Option<Self> {
        let (reader, host) = address.rsplit_once('@')?;
        let is_one = !reader.is_empty()
            && !host.is_empty()
            && address.len() <= Self::LONGEST
            && !address.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c));
        is_one.then(|| Self::Mail(address.to_owned()))
    }

    /// The recipient of an address on a channel, as the ledger keeps them.
    pub fn on(channel: Channel, address: &str) -> Self {
        match channel {
            Channel::Mail => Self::Mail(address.to_owned()),
            Channel::Webhook => Self::Webhook,
        }
    }

    /// On which way.
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Mail(_) => Channel::Mail,
            Self::Webhook => Channel::Webhook,
        }
    }

    /// The address of a mail, else nothing.
    pub fn address(&self) -> &str {
        match self {
            Self::Mail(address) => address,
            Self::Webhook => "",
        }
    }
}

impl fmt::Display for Recipient {
    /// As it is written in the settings.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mail(address) => write!(f, "mailto:{address}"),
            Self::Webhook => f.write_str(Channel::Webhook.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_are_read_as_they_are_written() {
        for text in ["mailto:atelier@example.org", "webhook", "mailto:a.b+c@[127.0.0.1]"] {
            assert_eq!(Recipient::parse(text).unwrap().to_string(), text);
        }
        let long = format!("mailto:{}@example.org", "a".repeat(250));
        for text in ["", "atelier@example.org", "mailto:atelier", "mailto:@x", "mailto:a@", "mailto:a b@c", &long] {
            assert_eq!(Recipient::parse(text), None, "{text}");
        }
        assert_eq!(Recipient::parse("mailto:a@b\r\nBcc: c@d"), None, "no heading of a mail comes in by an address");
    }
}
