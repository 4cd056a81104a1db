//! `bordereau.toml`: what a workspace says of the account that works in it.
//!
//! What enters: the text of the file. What leaves: [`Account`]. What is refused: a key that is not known, with the nearest
//! one; a manufacturer that nobody knows.

use serde::Deserialize;

use super::morning::{self, MorningFile, MorningSettings};
use super::notification::{self, NotificationFile, NotificationSettings};
use super::retention::{self, Retention, RetentionFile};
use super::{Registry, Resolution, read};
use crate::diagnostic::Result;
use crate::model::{DeadlineClass, ManufacturerId, WorkOrder};

/// The account of a workspace: who orders, from whom, where it goes, who is told, how long it is kept.
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
    /// Who gets the sheet of the morning, and what it goes by.
    pub morning: MorningSettings,
    /// What is decided about work orders without anybody.
    pub work_orders: WorkOrderRules,
    /// How long what is finished is kept.
    pub retention: Retention,
}

/// What a workspace says of its work orders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkOrderRules {
    /// How many hours before its deadline an answer is due soon, where that is said.
    pub due_soon_hours: Option<u32>,
    /// Which ones are accepted when they come in; none unless somebody says so.
    pub auto_accept: Vec<AutoAccept>,
}

/// Work orders that are accepted when they come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoAccept {
    /// Of this manufacturer.
    pub manufacturer: ManufacturerId,
    /// Of these repair types.
    pub repair_types: Vec<u64>,
}

impl WorkOrderRules {
    /// How many seconds before its deadline an answer is due soon.
    pub fn soon(&self) -> i64 {
        self.due_soon_hours.map_or(DeadlineClass::SOON, |hours| i64::from(hours) * 3600)
    }

    /// Whether a work order is accepted when it comes in.
    pub fn accepts(&self, order: &WorkOrder) -> bool {
        let repair_type = order.content().intervention.id;
        let is_meant = |rule: &AutoAccept| {
            rule.manufacturer == order.manufacturer()
                && repair_type.is_some_and(|repair_type| rule.repair_types.contains(&repair_type))
        };
        self.auto_accept.iter().any(is_meant)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct AccountFile {
    account: String,
    manufacturers: Option<Vec<Name>>,
    delivery_accounts: Vec<String>,
    notify: Option<NotificationFile>,
    morning: MorningFile,
    work_orders: WorkOrdersFile,
    retention: RetentionFile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct WorkOrdersFile {
    due_soon_hours: Option<u32>,
    auto_accept: Vec<AutoAcceptFile>,
}

/// Both have to be said: whoever means all repair types of a manufacturer lists them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AutoAcceptFile {
    manufacturer: Name,
    repair_types: Vec<u64>,
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
        let id = |name: Name, key: &str| {
            let line = read::line_of(text, key);
            let name = match name {
                Name::Number(number) => number.to_string(),
                Name::Text(text) => text,
            };
            match registry.manufacturer(&name) {
                Resolution::One(id) => Ok(id),
                Resolution::Several(ids) => {
                    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                    Err(read::invalid(path, line, format_args!("{key} = \"{name}\": {}", ids.join(", "))))
                }
                Resolution::None { .. } => Err(read::invalid(path, line, format_args!("{key} = \"{name}\""))),
            }
        };
        let manufacturers =
            file.manufacturers.map(|names| names.into_iter().map(|name| id(name, "manufacturers")).collect());
        let rules = file.work_orders.auto_accept.into_iter().map(|rule| {
            let manufacturer = id(rule.manufacturer, "manufacturer")?;
            Ok(AutoAccept { manufacturer, repair_types: rule.repair_types })
        });
        let work_orders = WorkOrderRules {
            due_soon_hours: file.work_orders.due_soon_hours,
            auto_accept: rules.collect::<Result<_>>()?,
        };
        let manufacturers = manufacturers.transpose()?;
        let notification = file.notify.map(|table| notification::settings(path, text, table)).transpose()?;
        let notification = notification.unwrap_or_default();
        let morning = morning::settings(path, text, file.morning, &notification)?;
        Ok(Self {
            code: file.account,
            manufacturers,
            delivery_accounts: file.delivery_accounts,
            notification,
            morning,
            work_orders,
            retention: retention::retention(path, text, &file.retention)?,
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
    fn work_orders_are_accepted_by_nobody_unless_it_is_said() {
        let rules = read("").unwrap().work_orders;
        assert_eq!((rules.soon(), rules.auto_accept.is_empty()), (4 * 3600, true));
        let text =
            "[work-orders]\ndue-soon-hours = 24\nauto-accept = [{ manufacturer = \"Miele\", repair-types = [1, 2] }]\n";
        let rules = read(text).unwrap().work_orders;
        assert_eq!((rules.soon(), rules.auto_accept.len()), (24 * 3600, 1));
        let miele = rules.auto_accept[0].manufacturer;
        let order = |manufacturer, repair_type| {
            let mut content = crate::model::WorkOrderContent {
                id: Some(1),
                number: "OM1".to_owned(),
                status: Some(crate::model::WorkOrderStatus::New),
                manufacturer: Some(manufacturer),
                ..Default::default()
            };
            content.intervention.id = repair_type;
            WorkOrder::new(content).unwrap()
        };
        for (order, is_accepted) in [
            (order(miele, Some(1)), true),
            (order(miele, Some(2)), true),
            (order(miele, Some(3)), false),
            (order(miele, None), false),
            (order(ManufacturerId(4), Some(1)), false),
        ] {
            assert_eq!(rules.accepts(&order), is_accepted);
        }
        let misspelt = read("[work-orders]\nauto-acept = []").unwrap_err();
        assert_eq!(misspelt.arguments.get("suggestion"), Some("auto-accept"));
        assert!(read("[work-orders]\nauto-accept = [{ manufacturer = 999999, repair-types = [1] }]").is_err());
        assert!(read("[work-orders]\nauto-accept = [{ manufacturer = 15 }]").is_err(), "silence never means all");
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
