//! A draft of a work order is judged: what no work order can do without is there, and what it names is known.

use std::collections::BTreeSet;

use crate::diagnostic::{Arguments, Code, Diagnostic};
use crate::format::Registry;
use crate::map::WorkOrderDraft;
use crate::model::{CloseKind, ManufacturerId, WorkOrder, WorkOrderField, WorkOrderStatus};

/// What is known of manufacturers and their repair types.
pub struct WorkOrderTerms<'r> {
    registry: &'r Registry,
    /// Repair types by manufacturer.
    types: BTreeSet<(u64, u64)>,
}

impl<'r> WorkOrderTerms<'r> {
    /// What `formats/reference/repair_types.csv` and the files of the manufacturers say.
    pub fn of(registry: &'r Registry) -> Self {
        let mut types = BTreeSet::new();
        if let Some(table) = registry.reference("repair_types")
            && let (Some(manufacturer), Some(kind)) =
                (table.column("manufacturer_id"), table.column("intervention_type_id"))
        {
            let number = |text: &String| text.parse().ok();
            types
                .extend(table.rows().iter().filter_map(|row| Some((number(&row[manufacturer])?, number(&row[kind])?))));
        }
        Self { registry, types }
    }

    /// Whether a manufacturer has that repair type; one whose types nobody listed may have any that others have.
    fn has_type(&self, manufacturer: ManufacturerId, kind: u64) -> bool {
        let id = u64::from(manufacturer.0);
        if self.types.range((id, 0)..=(id, u64::MAX)).next().is_some() {
            self.types.contains(&(id, kind))
        } else {
            self.types.iter().any(|(_, other)| *other == kind)
        }
    }

    /// Judges a draft: the work order, unless something refuses it, and all that is to be said.
    pub fn judge(&self, draft: WorkOrderDraft) -> (Option<WorkOrder>, Vec<Diagnostic>) {
        let WorkOrderDraft { line, mut content, mut diagnostics, .. } = draft;
        let mut say = |code, value: String, arguments: Arguments| {
            diagnostics.push(Diagnostic::new(code, line, None, value, arguments));
        };
        for (field, id) in
            [(WorkOrderField::ManufacturerId, content.manufacturer), (WorkOrderField::OemId, content.oem)]
        {
            let Some(id) = id else { continue };
            match self.registry.manufacturer_name(id) {
                Some(name) if field == WorkOrderField::ManufacturerId => {
                    name.clone_into(&mut content.manufacturer_name);
                }
                Some(_) => {}
                None => {
                    let arguments = Arguments::none().with("found", id).with("field", field);
                    say(Code::ManufacturerIdUnknown, id.to_string(), arguments);
                }
            }
        }
        if let (Some(manufacturer), Some(kind)) = (content.manufacturer, content.intervention.id)
            && !self.has_type(manufacturer, kind)
        {
            say(Code::RepairTypeUnknown, kind.to_string(), Arguments::none().with("found", kind));
        }
        if content.close_kind.is_some() && content.status.is_some_and(|status| status != WorkOrderStatus::Closed) {
            let arguments = Arguments::none()
                .with("field", WorkOrderField::Status)
                .with("expected", WorkOrderStatus::Closed)
                .with("found", content.close_kind.map_or("", CloseKind::name));
            say(Code::WorkOrderValueInvalid, String::new(), arguments);
        }
        if content.parts.iter().any(|part| part.reference.is_empty()) {
            let arguments = Arguments::none().with("field", "SuggestedParts.SuggestedPartRef");
            say(Code::WorkOrderFieldMissing, String::new(), arguments);
        }
        let id = content.id;
        // A value that could not be read is not missing.
        let unread: Vec<_> =
            diagnostics.iter().filter_map(|fault| fault.arguments.get("field")).map(str::to_owned).collect();
        let order = WorkOrder::new(content).map_err(|missing| {
            for field in missing {
                if !unread.iter().any(|each| each == field.name()) {
                    let (code, value) = (Code::WorkOrderFieldMissing, String::new());
                    let arguments = Arguments::none().with("field", field);
                    diagnostics.push(Diagnostic::new(code, line, None, value, arguments));
                }
            }
        });
        if let Some(id) = id {
            for said in &mut diagnostics {
                said.arguments = std::mem::take(&mut said.arguments).with("mandate", id);
            }
        }
        let is_refused = diagnostics.iter().any(Diagnostic::is_error);
        (order.ok().filter(|_| !is_refused), diagnostics)
    }
}
