//! Where parts are delivered when it is not the customer's own account.

use serde::{Deserialize, Serialize};

/// A postal address. What is not given is empty.
#[doc(alias = "adresse de livraison")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// The person or company.
    pub name: String,
    /// Street and number.
    pub address1: String,
    /// A further line.
    pub address2: String,
    /// A further line.
    pub address3: String,
    /// The postal code.
    pub zip: String,
    /// The town.
    pub town: String,
    /// The country by its three digits of ISO 3166-1, such as `250`.
    pub country: String,
    /// The telephone number.
    pub phone: String,
}
