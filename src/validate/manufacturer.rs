//! Whose line it is, when the file says so itself.

use super::{Findings, Terms};
use crate::diagnostic::{Arguments, Code};
use crate::format::Resolution;
use crate::model::{Field, ManufacturerId};

/// What the line's own manufacturer column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// Nothing.
    Silent,
    /// This manufacturer.
    Named(ManufacturerId),
    /// Something that names nobody for sure; that is noted already.
    Unclear,
}

/// The manufacturer that the line's own column names.
///
/// Under a chosen supplier, a line that names another one refuses the whole file: its code is of the scope of files.
/// A name that several manufacturers bear is never guessed.
#[inline]
pub(super) fn check(findings: &mut Findings<'_>, terms: &Terms<'_>) -> Own {
    if findings.reader.mapping().column(Field::Manufacturer).is_none() {
        return Own::Silent;
    }
    let text = findings.reader.cell(findings.draft.record, Field::Manufacturer).text(findings.reader.charset());
    if text.trim().is_empty() {
        return Own::Silent;
    }
    match terms.registry.manufacturer(&text) {
        Resolution::One(id) => match terms.supplier {
            Some(supplier) if supplier != id => {
                findings.cell(
                    Field::Manufacturer,
                    Code::SeveralSuppliers,
                    Arguments::none().with("suppliers", names(terms, vec![supplier, id])),
                );
                Own::Unclear
            }
            _ => Own::Named(id),
        },
        Resolution::Several(ids) if terms.supplier.is_some_and(|supplier| ids.contains(&supplier)) => Own::Silent,
        Resolution::Several(ids) => {
            findings.cell(
                Field::Manufacturer,
                Code::ManufacturerAmbiguous,
                Arguments::none().with("candidates", names(terms, ids)),
            );
            Own::Unclear
        }
        Resolution::None { suggestion } => {
            let arguments =
                suggestion.into_iter().fold(Arguments::none(), |arguments, near| arguments.with("suggestion", near));
            findings.cell(Field::Manufacturer, Code::ManufacturerUnknown, arguments);
            Own::Unclear
        }
    }
}

/// A manufacturer as messages name it: id and name, or the bare id of one that is only in the catalogue.
pub(super) fn name(terms: &Terms<'_>, id: ManufacturerId) -> String {
    terms.registry.manufacturer_title(id)
}

/// Several manufacturers by ascending id.
pub(super) fn names(terms: &Terms<'_>, mut ids: Vec<ManufacturerId>) -> String {
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter().map(|id| name(terms, id)).collect::<Vec<_>>().join(", ")
}
