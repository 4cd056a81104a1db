//! STAGE 4: order lines become baskets, one per manufacturer.
//!
//! What enters: checked [`OrderLine`]s, in the order of the file.
//! What leaves: a [`Basket`] per manufacturer: lines equal in the merge key are one line whose quantities are added up,
//! in order of first appearance, with the first line's comment.
//! What is refused: a basket beyond what its places can number ([`Full`]); nothing is merged wrongly or dropped.

mod basket;
mod merge_key;
mod orders;
mod parcel;

pub use basket::{Basket, BasketLine, Baskets, Full, Nearby};
pub use merge_key::MergeKey;
pub use parcel::{Parcel, ParcelLine};

#[cfg(test)]
mod tests;
