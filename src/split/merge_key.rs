//! In which fields lines must be equal to be one basket line.

use crate::ledger::{Need, stable_hash};
use crate::model::{Day, Field, ManufacturerId};

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

    /// The number under which a workspace finds a line that waits and is equal in the key: which fields belong to it, and
    /// what stands in them.
    pub fn number(self, manufacturer: ManufacturerId, reference: &str, need: &Need<'_>, day: Option<Day>) -> i64 {
        let part = |wanted, text: &str| if wanted { [b"=", text.as_bytes()].concat() } else { Vec::new() };
        let day = day.filter(|_| self.desired_delivery_date).map_or(0, Day::number);
        stable_hash(&[
            &manufacturer.0.to_le_bytes(),
            reference.as_bytes(),
            &part(self.delivery_account, need.delivery_account),
            &part(self.customer_order_number, need.customer_order_number),
            &part(self.work_order, need.work_order),
            &part(self.countermark, need.countermark),
            &[u8::from(self.desired_delivery_date)],
            &day.to_le_bytes(),
        ])
    }

    /// Account and number as far as they belong to the key.
    #[inline]
    pub(super) fn of_order<'t>(self, account: &'t [u8], number: &'t [u8]) -> (&'t [u8], &'t [u8]) {
        (if self.delivery_account { account } else { b"" }, if self.customer_order_number { number } else { b"" })
    }
}
