//! The fields that a column of an order file can hold.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A target field of an order line (`docs/reading.md`, mapping).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The part's reference at its manufacturer.
    Reference,
    /// How many are ordered.
    Quantity,
    /// The part's name as the customer wrote it; informative.
    Label,
    /// The customer's own order number.
    CustomerOrderNumber,
    /// The work order (`ordre de mission`) the part is for.
    WorkOrder,
    /// The need a line is bought for (`contremarque`).
    Countermark,
    /// Free text of the line.
    Comment,
    /// The account the parts are delivered to.
    DeliveryAccount,
    /// A delivery address as text; informative.
    DeliveryAddress,
    /// The day the customer wishes delivery.
    DesiredDeliveryDate,
    /// The manufacturer, by id, name or alias.
    Manufacturer,
    /// The brand; informative.
    Brand,
    /// The price as the customer knows it; informative, the catalogue's counts.
    UnitPrice,
}

impl Field {
    /// Every field, in the order in which formats and reports name them.
    pub const ALL: [Self; 13] = [
        Self::Reference,
        Self::Quantity,
        Self::Label,
        Self::CustomerOrderNumber,
        Self::WorkOrder,
        Self::Countermark,
        Self::Comment,
        Self::DeliveryAccount,
        Self::DeliveryAddress,
        Self::DesiredDeliveryDate,
        Self::Manufacturer,
        Self::Brand,
        Self::UnitPrice,
    ];

    /// How many fields there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The field's place in [`Field::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The name used in formats, in `--map` and in reports, such as `customer_order_number`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Quantity => "quantity",
            Self::Label => "label",
            Self::CustomerOrderNumber => "customer_order_number",
            Self::WorkOrder => "work_order",
            Self::Countermark => "countermark",
            Self::Comment => "comment",
            Self::DeliveryAccount => "delivery_account",
            Self::DeliveryAddress => "delivery_address",
            Self::DesiredDeliveryDate => "desired_delivery_date",
            Self::Manufacturer => "manufacturer",
            Self::Brand => "brand",
            Self::UnitPrice => "unit_price",
        }
    }

    /// The field of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_agree_everywhere() {
        for (place, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field.index(), place);
            assert_eq!(Field::from_name(field.name()), Some(field));
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
        }
    }
}
