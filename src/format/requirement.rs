//! What has to be given in a deposit.
//!
//! What enters: rules of a table, one by one. What leaves: [`Requirements`], met at one look at the fields that hold something,
//! or looked at rule by rule. Nothing is refused.

use super::{FieldId, FieldSet};
use crate::diagnostic::Severity;

/// Something that has to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// One of these fields must be filled; the first gives the fault its name and place.
    pub fields: Vec<FieldId>,
    /// What it costs when none is.
    pub severity: Severity,
    /// Only where this field holds this text.
    pub when: Option<(FieldId, String)>,
}

/// What has to be given in a kind of deposit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirements {
    pub(super) rules: Vec<Requirement>,
    /// Fields that are asked for by themselves.
    each: FieldSet,
    /// Fields of which one is asked for.
    groups: Vec<FieldSet>,
}

impl Requirements {
    /// Puts together what the rules ask for.
    pub(super) fn sum_up(&mut self) {
        let (alone, groups): (Vec<_>, Vec<_>) = self.rules.iter().partition(|rule| rule.fields.len() == 1);
        self.each = alone.iter().flat_map(|rule| rule.fields.iter().copied()).collect();
        self.groups = groups.iter().map(|rule| rule.fields.iter().copied().collect()).collect();
    }

    /// Whether nothing is missing, whatever the rules depend on; `filled` are the fields that hold something.
    #[inline]
    pub fn are_met(&self, filled: &FieldSet) -> bool {
        filled.has_all(&self.each) && self.groups.iter().all(|group| filled.has_any(group))
    }

    /// The rules one by one.
    pub fn rules(&self) -> &[Requirement] {
        &self.rules
    }
}
