//! An order as it is handed to a manufacturer.

use super::{Address, Day, ManufacturerId, Moment, Money};

/// The currency of orders that name none.
pub const DEFAULT_CURRENCY: &str = "EUR";

/// An order for one manufacturer, complete and settled: what its file, its mail or its message is written from.
#[doc(alias = "commande")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDocument {
    /// Our own number of the order.
    pub number: String,
    /// For whom it is.
    pub manufacturer: ManufacturerId,
    /// The manufacturer's name.
    pub manufacturer_name: String,
    /// When it was made.
    pub created_at: Moment,
    /// The customer's number at the manufacturer.
    pub customer_code: String,
    /// The customer's own number of the order.
    pub customer_order_number: String,
    /// The account the parts are delivered to.
    pub delivery_account: String,
    /// How they are delivered: a code of the manufacturer.
    pub delivery_option: String,
    /// The day the customer wishes delivery.
    pub desired_delivery_date: Option<Day>,
    /// Free text.
    pub comment: String,
    /// Where the parts go, when it is not the account's own address.
    pub address: Option<Address>,
    /// The currency of its amounts by ISO 4217.
    pub currency: String,
    /// What is ordered.
    pub lines: Vec<OrderDocumentLine>,
}

impl OrderDocument {
    /// What all lines come to; `None` when that leaves the range of money.
    pub fn total(&self) -> Option<Money> {
        self.lines.iter().try_fold(Money::ZERO, |sum, line| sum.plus(line.line_total()?))
    }
}

/// A line of an order document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDocumentLine {
    /// Its place in the order, from 1.
    pub number: u32,
    /// The part's reference at its manufacturer.
    pub reference: String,
    /// The part's name.
    pub label: String,
    /// How many are ordered.
    pub quantity: u64,
    /// What one of them costs.
    pub unit_price: Money,
    /// The customer's own number of the order, where lines have their own.
    pub customer_order_number: String,
    /// The work order the part is for.
    pub work_order: String,
    /// The need the line is bought for.
    pub countermark: String,
    /// The day the customer wishes delivery, where it is not the order's.
    pub desired_delivery_date: Option<Day>,
    /// The account the part is delivered to, where it is not the order's.
    pub delivery_account: String,
    /// Free text.
    pub comment: String,
}

impl OrderDocumentLine {
    /// Quantity times unit price; `None` when that leaves the range of money.
    pub fn line_total(&self) -> Option<Money> {
        self.unit_price.times(self.quantity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(quantity: u64, price: i64) -> OrderDocumentLine {
        OrderDocumentLine {
            number: 1,
            reference: "00400001".to_owned(),
            label: String::new(),
            quantity,
            unit_price: Money::from_ten_thousandths(price),
            customer_order_number: String::new(),
            work_order: String::new(),
            countermark: String::new(),
            desired_delivery_date: None,
            delivery_account: String::new(),
            comment: String::new(),
        }
    }

    fn document(lines: Vec<OrderDocumentLine>) -> OrderDocument {
        OrderDocument {
            number: "C-1".to_owned(),
            manufacturer: ManufacturerId(4),
            manufacturer_name: String::new(),
            created_at: Moment::from_seconds(0).unwrap(),
            customer_code: String::new(),
            customer_order_number: String::new(),
            delivery_account: String::new(),
            delivery_option: String::new(),
            desired_delivery_date: None,
            comment: String::new(),
            address: None,
            currency: DEFAULT_CURRENCY.to_owned(),
            lines,
        }
    }

    #[test]
    fn totals_are_exact_or_none() {
        assert_eq!(document(vec![line(3, 1_250), line(2, 1)]).total(), Some(Money::from_ten_thousandths(3_752)));
        assert_eq!(document(Vec::new()).total(), Some(Money::ZERO));
        assert_eq!(document(vec![line(1, i64::MAX), line(1, 1)]).total(), None);
        assert_eq!(line(2, i64::MAX).line_total(), None);
    }
}
