//! The identity of a manufacturer.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The number under which the platform knows a manufacturer (`formats/reference/manufacturers.csv`).
#[doc(alias = "constructeur")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ManufacturerId(pub u32);

impl ManufacturerId {
    /// Reads an id: digits only, no sign, no leading zero.
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.is_empty() || text.len() > 9 || (text[0] == b'0' && text.len() > 1) {
            return None;
        }
        text.iter().try_fold(0_u32, |number, c| c.is_ascii_digit().then(|| number * 10 + u32::from(c - b'0'))).map(Self)
    }
}

impl fmt::Display for ManufacturerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
