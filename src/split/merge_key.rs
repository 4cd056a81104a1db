//! In which fields lines must be equal to be one basket line.

use crate::model::Field;

/// The merge key of a format; the reference always belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a set of fields, asked for by name")]
pub struct MergeKey {
    /// `delivery_account`.
    pub delivery_account: bool,
    /// `customer_order_number`.
    pub customer_order_number: bool,
    /// `work_order`.
    pub work_order: bool,
    /// `countermark`.
    pub countermark: bool,
    /// `desired_delivery_date`.
    pub desired_delivery_date: bool,
}

impl MergeKey {
    /// The key made of these fields.
    pub fn of(fields: &[Field]) -> Self {
        let has = |field| fields.contains(&field);
        Self {
            delivery_account: has(Field::DeliveryAccount),
            customer_order_number: has(Field::CustomerOrderNumber),
            work_order: has(Field::WorkOrder),
            countermark: has(Field::Countermark),
            desired_delivery_date: has(Field::DesiredDeliveryDate),
        }
    }

    /// Account and number as far as they belong to the key.
    #[inline]
    pub(super) fn of_order<'t>(self, account: &'t [u8], number: &'t [u8]) -> (&'t [u8], &'t [u8]) {
        (if self.delivery_account { account } else { b"" }, if self.customer_order_number { number } else { b"" })
    }
}
