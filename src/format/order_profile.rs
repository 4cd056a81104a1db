//! How one orders from a manufacturer.
//!
//! What enters: the table `[order]` of a manufacturer's file. What leaves: [`OrderProfile`] with every default filled in.
//! What is refused: a delivery option without a code, or given twice.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Localised;
use super::file::OrderFile;
use super::read::{invalid, line_of};
use crate::diagnostic::Result;
use crate::model::words;

/// Something that may have to be said of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderDatum {
    /// The account it goes to.
    DeliveryAccount,
    /// The customer's own order number.
    CustomerOrderNumber,
    /// How it is delivered.
    DeliveryOption,
    /// The wished day.
    DesiredDeliveryDate,
    /// A comment.
    Comment,
    /// An address of its own.
    Address,
}

impl OrderDatum {
    /// Its name in formats.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DeliveryAccount => "delivery_account",
            Self::CustomerOrderNumber => "customer_order_number",
            Self::DeliveryOption => "delivery_option",
            Self::DesiredDeliveryDate => "desired_delivery_date",
            Self::Comment => "comment",
            Self::Address => "address",
        }
    }

    /// The option of the command line that says it.
    pub const fn option(self) -> &'static str {
        match self {
            Self::DeliveryAccount => "delivery-account",
            Self::CustomerOrderNumber => "customer-order-number",
            Self::DeliveryOption => "delivery-option",
            Self::DesiredDeliveryDate => "desired-date",
            Self::Comment => "comment",
            Self::Address => "address-name",
        }
    }
}

/// Makes an enum of words that formats name, too.
macro_rules! choices {
    ($(#[$meta:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal,)* } $usual:ident) => {
        words! { $(#[$meta])* #[derive(Deserialize, JsonSchema)] $name { $($(#[$each])* #[serde(rename = $word)] $variant = $word,)* } }

        impl Default for $name {
            fn default() -> Self {
                Self::$usual
            }
        }
    };
}

choices! {
    /// In which form an order goes to its manufacturer.
    OrderForm {
        /// Delimited text.
        Csv = "csv",
        /// A workbook.
        Xlsx = "xlsx",
        /// XML.
        Xml = "xml",
        /// JSON.
        Json = "json",
        /// The Agora order format as text.
        Agora = "agora",
        /// The Agora order format as XML.
        AgoraXml = "agora-xml",
        /// The Agora order format as JSON.
        AgoraJson = "agora-json",
    }
    Csv
}

impl OrderForm {
    /// What files of this form end with.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv | Self::Agora => "csv",
            Self::Xlsx => "xlsx",
            Self::Xml | Self::AgoraXml => "xml",
            Self::Json | Self::AgoraJson => "json",
        }
    }
}

choices! {
    /// For whom a CSV order is written.
    OrderFileProfile {
        /// For a program.
        Machine = "machine",
        /// For French Excel.
        ExcelFr = "excel-fr",
    }
    Machine
}

/// A way to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryOption {
    /// The manufacturer's code.
    pub code: String,
    /// What it means.
    pub title: Localised,
}

/// How one orders from a manufacturer. The default asks for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderProfile {
    /// Whether prices, availability and dates are asked for before the order is sent.
    pub has_estimate_step: bool,
    /// Whether somebody must accept the terms of sale for each order.
    pub are_terms_required: bool,
    /// What must be said of an order.
    pub mandatory: Vec<OrderDatum>,
    /// How it delivers; any text when empty.
    pub delivery_options: Vec<DeliveryOption>,
    /// Whether an order may go to another address than that of the delivery account.
    pub takes_one_off_address: bool,
    /// In which form it wants its orders.
    pub form: OrderForm,
    /// For whom a CSV order is written.
    pub profile: OrderFileProfile,
}

impl Default for OrderProfile {
    fn default() -> Self {
        Self {
            has_estimate_step: false,
            are_terms_required: false,
            mandatory: Vec::new(),
            delivery_options: Vec::new(),
            takes_one_off_address: true,
            form: OrderForm::default(),
            profile: OrderFileProfile::default(),
        }
    }
}

impl OrderProfile {
    /// Fills the defaults in; `path` and `text` are only for errors.
    pub(super) fn new(path: &str, text: &str, file: OrderFile) -> Result<Self> {
        let usual = Self::default();
        let mut delivery_options: Vec<DeliveryOption> = Vec::new();
        for option in file.delivery_options {
            if option.code.trim().is_empty() || delivery_options.iter().any(|each| each.code == option.code) {
                return Err(invalid(
                    path,
                    line_of(text, "delivery-options"),
                    format_args!("code = \"{}\"", option.code),
                ));
            }
            let title = Localised { fr: option.title.fr, en: option.title.en };
            delivery_options.push(DeliveryOption { code: option.code, title });
        }
        Ok(Self {
            has_estimate_step: file.estimate_step,
            are_terms_required: file.terms_required,
            mandatory: file.mandatory,
            delivery_options,
            takes_one_off_address: file.one_off_address.unwrap_or(usual.takes_one_off_address),
            form: file.form,
            profile: file.profile,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Code, Error};

    use super::super::Manufacturer;
    use super::*;

    fn read(order: &str) -> std::result::Result<OrderProfile, Error> {
        Manufacturer::parse("manufacturer/x.toml", &format!("id = 7\nname = 'X'\n[order]\n{order}\n"))
            .map(|manufacturer| manufacturer.order)
    }

    #[test]
    fn what_is_not_said_asks_for_nothing() {
        assert_eq!(read("").unwrap(), OrderProfile::default());
        let profile = read(
            "estimate-step = true\nmandatory = ['delivery_account']\nform = 'agora-xml'\none-off-address = false\n\
             delivery-options = [{ code = 'EXP', title = { fr = 'Express', en = 'Express' } }]",
        )
        .unwrap();
        assert!(profile.has_estimate_step && !profile.takes_one_off_address);
        assert_eq!((profile.mandatory, profile.form), (vec![OrderDatum::DeliveryAccount], OrderForm::AgoraXml));
        assert_eq!(profile.delivery_options[0].code, "EXP");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let misspelt = read("estimate-stp = true").unwrap_err();
        assert_eq!(misspelt.code, Code::FormatKeyUnknown);
        assert_eq!(misspelt.arguments.get("suggestion"), Some("estimate-step"));
        assert_eq!(read("form = 'pdf'").unwrap_err().code, Code::FormatInvalid);
        let twice = "{ code = 'A', title = { fr = 'a', en = 'a' } }";
        assert_eq!(read(&format!("delivery-options = [{twice}, {twice}]")).unwrap_err().code, Code::FormatInvalid);
    }

    #[test]
    fn every_datum_has_the_name_that_formats_give_it() {
        for name in ["delivery_account", "customer_order_number", "delivery_option", "desired_delivery_date", "comment"]
        {
            assert_eq!(read(&format!("mandatory = ['{name}']")).unwrap().mandatory[0].name(), name);
        }
        for form in OrderForm::ALL {
            assert_eq!(read(&format!("form = '{}'", form.name())).unwrap().form, *form);
        }
    }
}
