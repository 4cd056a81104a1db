//! What became of the records of a file, in numbers that must add up.

/// Why a record of the file is no line of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IgnoredReason {
    /// Nothing on the line.
    Blank,
    /// A title or a note above the heading.
    Preamble,
    /// A sum or a note below the last line.
    Footer,
    /// A line that begins with `#`.
    Comment,
    /// The heading once more, as at the top of printed pages.
    Heading,
    /// A line of another table in the file.
    OtherTable,
    /// A record of a type that is no line.
    OtherRecord,
    /// A row of a corrected report whose line is in a basket already.
    AlreadyTaken,
}

impl IgnoredReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Blank,
        Self::Preamble,
        Self::Footer,
        Self::Comment,
        Self::Heading,
        Self::OtherTable,
        Self::OtherRecord,
        Self::AlreadyTaken,
    ];

    /// The name in `summary.json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Preamble => "preamble",
            Self::Footer => "footer",
            Self::Comment => "comment",
            Self::Heading => "heading",
            Self::OtherTable => "other_table",
            Self::OtherRecord => "other_record",
            Self::AlreadyTaken => "already_taken",
        }
    }
}

/// How many records were read and what became of them (invariant I3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records without a fault of their own.
    pub valid: u64,
    /// Records with at least one fault of their own.
    pub faulty: u64,
    /// Records that joined a basket.
    pub accepted: u64,
    /// Records that did not: faulty ones, and innocent ones of a refused order or file.
    pub rejected: u64,
    /// Records that are no order line, by [`IgnoredReason`].
    pub ignored: [u64; IgnoredReason::ALL.len()],
    /// Accepted records that carry a warning.
    pub warned: u64,
    /// Rejected entries of a deposit that are kept as drafts.
    pub drafts: u64,
}

impl Counts {
    /// Order lines judged: valid and faulty ones.
    pub const fn lines(&self) -> u64 {
        self.valid + self.faulty
    }

    /// Every record but the heading.
    pub fn read(&self) -> u64 {
        self.lines() + self.ignored()
    }

    /// Records that are no order line.
    pub fn ignored(&self) -> u64 {
        self.ignored.iter().sum()
    }

    /// Whether read = accepted + rejected + ignored.
    pub fn add_up(&self) -> bool {
        self.read() == self.accepted + self.rejected + self.ignored()
    }

    /// Takes the counts of a further part of the file in.
    pub fn add(&mut self, other: &Self) {
        self.valid += other.valid;
        self.faulty += other.faulty;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.warned += other.warned;
        self.drafts += other.drafts;
        for (mine, theirs) in self.ignored.iter_mut().zip(other.ignored) {
            *mine += theirs;
        }
    }
}
