//! `bordereau.toml`: what a workspace says of the account that works in it.
//!
//! What enters: the text of the file. What leaves: [`Account`]. What is refused: a key that is not known, with the nearest
//! one; a manufacturer that nobody knows.

use serde::Deserialize;

use super::notification::{self, NotificationFile, NotificationSettings};
use super::{Registry, Resolution, read};
use crate::diagnostic::Result;
use crate::model::ManufacturerId;

/// The account of a workspace: who orders, from whom, where it goes, who is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The customer's number at the platform.
    pub code: String,
    /// The manufacturers it may order from; `None`: all that are known.
    pub manufacturers: Option<Vec<ManufacturerId>>,
    /// Accounts that goods can be delivered to; the first is the usual one.
    pub delivery_accounts: Vec<String>,
    /// Who is told of what happens.
    pub notification: NotificationSettings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct AccountFile {
    account: String,
    manufacturers: Option<Vec<Name>>,
    delivery_accounts: Vec<String>,
    notify: Option<NotificationFile>,
}

/// A manufacturer by number or by name.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Name {
    Number(u32),
    Text(String),
}

impl Account {
    /// Reads `bordereau.toml`; `path` is only named in errors.
    pub fn read(path: &str, text: &str, registry: &Registry) -> Result<Self> {
        let file: AccountFile = read::toml(path, text)?;
        let line = read::line_of(text, "manufacturers");
        let id = |name: Name| {
            let name = match name {
                Name::Number(number) => number.to_string(),
                Name::Text(text) => text,
            };
            match registry.manufacturer(&name) {
                Resolution::One(id) => Ok(id),
                Resolution::Several(ids) => {
                    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                    Err(read::invalid(path, line, format_args!("manufacturers = \"{name}\": {}", ids.join(", "))))
                }
                Resolution::None { .. } => Err(read::invalid(path, line, format_args!("manufacturers = \"{name}\""))),
            }
        };
        let manufacturers = file.manufacturers.map(|names| names.into_iter().map(id).collect()).transpose()?;
        let notification = file.notify.map(|table| notification::settings(path, text, table)).transpose()?;
        Ok(Self {
            code: file.account,
            manufacturers,
            delivery_accounts: file.delivery_accounts,
            notification: notification.unwrap_or_default(),
        })
    }

    /// Whether the account may order from a manufacturer.
    pub fn may_order_from(&self, manufacturer: ManufacturerId) -> bool {
        self.manufacturers.as_ref().is_none_or(|allowed| allowed.contains(&manufacturer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    fn read(text: &str) -> Result<Account> {
        Account::read("bordereau.toml", text, &Registry::built_in())
    }

    #[test]
    fn manufacturers_go_by_number_or_name() {
        let account =
            read("account = \"0064100\"\nmanufacturers = [4, \"Miele\"]\ndelivery-accounts = [\"A\"]\n").unwrap();
        assert_eq!(account.code, "0064100");
        assert!(account.may_order_from(ManufacturerId(4)) && !account.may_order_from(ManufacturerId(15)));
        assert!(read("").unwrap().may_order_from(ManufacturerId(15)), "whoever names none may order from all");
        assert!(!read("manufacturers = []").unwrap().may_order_from(ManufacturerId(15)));
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_line() {
        let error = read("\nmanufacturers = [4, 999999]\n").unwrap_err();
        assert!(error.arguments.get("cause").unwrap().starts_with("line 2:"), "{error}");
        assert!(read("manufacturers = [\"BSH\"]").is_err(), "a name of two manufacturers is no choice");
        assert_eq!(read("acount = \"1\"").unwrap_err().arguments.get("suggestion"), Some("account"));
        assert_eq!(read("acount = \"1\"").unwrap_err().code, Code::FormatKeyUnknown);
    }
}
