//! An order as a file for its manufacturer, in any of its forms.
//!
//! What enters: an [`OrderDocument`], an [`OrderForm`], a [`Profile`] for CSV. What leaves: the file; the same document
//! always gives the same bytes. What is refused: an order whose total leaves the range of money, one with more lines than
//! a sheet has rows, and what a failing disk says: as an [`io::Error`].

mod agora;
mod agora_json;
mod agora_text;
mod agora_xml;
mod csv;
mod json;
mod rows;
mod xlsx;
mod xml;

#[cfg(test)]
mod tests;

pub use agora::write_agora;

use std::io::{self, Write};

use super::csv::Profile;
use crate::model::OrderDocument;

/// How an order is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderForm {
    /// A heading and a row for each line.
    Csv,
    /// The same as a workbook.
    Xlsx,
    /// Our own order XML (`docs/order-1.xsd`).
    Xml,
    /// One object.
    Json,
    /// An Agora order file as text.
    AgoraText,
    /// An Agora order file as XML.
    AgoraXml,
    /// An Agora order file as JSON.
    AgoraJson,
}

impl OrderForm {
    /// Every form.
    pub const ALL: [Self; 7] =
        [Self::Csv, Self::Xlsx, Self::Xml, Self::Json, Self::AgoraText, Self::AgoraXml, Self::AgoraJson];

    /// The name, as options and formats give it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xml => "xml",
            Self::Json => "json",
            Self::AgoraText => "agora",
            Self::AgoraXml => "agora-xml",
            Self::AgoraJson => "agora-json",
        }
    }

    /// The form of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// What the names of such files end in, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Xml | Self::AgoraXml => "xml",
            Self::Json | Self::AgoraJson => "json",
            Self::AgoraText => "txt",
        }
    }

    /// Whether it is an Agora order file, which can hold several orders.
    pub const fn is_agora(self) -> bool {
        matches!(self, Self::AgoraText | Self::AgoraXml | Self::AgoraJson)
    }
}

/// Writes an order. `profile` counts for CSV alone. An Agora order file is written as one of its own, named by the number of
/// the order.
pub fn write_order(document: &OrderDocument, form: OrderForm, profile: Profile, out: &mut dyn Write) -> io::Result<()> {
    match form {
        OrderForm::Csv => csv::write(document, profile, out),
        OrderForm::Xlsx => xlsx::write(document, out),
        OrderForm::Xml => xml::write(document, out),
        OrderForm::Json => json::write(document, out),
        OrderForm::AgoraText | OrderForm::AgoraXml | OrderForm::AgoraJson => {
            write_agora(&agora::header(document), std::slice::from_ref(document), form, out)
        }
    }
}

/// What cannot be written, whatever the disk.
fn impossible(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
