//! What an Agora order file says besides its lines (`docs/agora-order.md`).

use super::{Address, Day, ManufacturerId, Moment};

/// The header of an Agora order file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgoraHeader {
    /// The version as written, such as `1` or `1.2`.
    pub version: String,
    /// The sender's own name for the file; with the customer code it tells a file that comes twice.
    pub file_reference: String,
    /// When the sender made it.
    pub created_at: Moment,
    /// Whose orders it holds; empty for those of whoever hands it in.
    pub customer_code: String,
    /// The currency of its amounts by ISO 4217.
    pub currency: String,
    /// Free text.
    pub comment: String,
}

/// What an Agora order file says of one order besides its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderHead {
    /// The customer's own number of the order.
    pub customer_order_number: String,
    /// For whom it is.
    pub manufacturer: ManufacturerId,
    /// The account the parts are delivered to, unless a line says otherwise.
    pub delivery_account: String,
    /// How they are delivered: a code of the manufacturer.
    pub delivery_option: String,
    /// The day the customer wishes delivery, unless a line says otherwise.
    pub desired_delivery_date: Option<Day>,
    /// Free text.
    pub comment: String,
    /// Where the parts go, when it is not the account's own address.
    pub address: Option<Address>,
}

/// The header and the heads of the orders of one Agora order file, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgoraContents {
    /// What is said of the file.
    pub header: AgoraHeader,
    /// What is said of its orders; those that were refused are none.
    pub heads: Vec<OrderHead>,
}
