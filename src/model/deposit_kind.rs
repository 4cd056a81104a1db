//! What a deposit holds.

/// The two kinds of records that are deposited in bulk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DepositKind {
    /// Warranty claims (ISG).
    #[doc(alias = "ISG")]
    Claims,
    /// Repair files (dossiers d'intervention).
    #[doc(alias = "dossier_intervention")]
    Repairs,
}

impl DepositKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Claims, Self::Repairs];

    /// The name in formats, on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::Repairs => "repairs",
        }
    }

    /// What one record of it is called in tables of rules.
    pub const fn record_name(self) -> &'static str {
        match self {
            Self::Claims => "claim",
            Self::Repairs => "repair",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}
