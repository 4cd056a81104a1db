//! The life of a work order: what it may become and by what.

use std::fmt;

use crate::model::Moment;

/// The state of a work order.
#[doc(alias = "statut")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkOrderStatus {
    /// Arrived, and nobody has answered.
    New,
    /// Accepted; a repair file exists.
    Accepted,
    /// Refused.
    Refused,
    /// An appointment is set.
    Planned,
    /// The repair has begun.
    InProgress,
    /// Its repair file is closed, in one of two ways ([`CloseKind`]).
    Closed,
}

impl WorkOrderStatus {
    /// Every status, in the order of a life.
    pub const ALL: [Self; 6] =
        [Self::New, Self::Accepted, Self::Refused, Self::Planned, Self::InProgress, Self::Closed];

    /// The name that the platform uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Accepted => "ACCEPTED",
            Self::Refused => "REFUSED",
            Self::Planned => "PLANNED",
            Self::InProgress => "INPROGRESS",
            Self::Closed => "CLOSED",
        }
    }

    /// The status of that name; case does not count.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name().eq_ignore_ascii_case(name))
    }

    /// What brings it from this status to another; `None` when nothing may.
    pub fn trigger(self, to: Self) -> Option<Trigger> {
        TRANSITIONS.iter().find(|(from, into, _)| (*from, *into) == (self, to)).map(|(_, _, trigger)| *trigger)
    }

    /// Whether a work order that is `self` by now may have been `earlier` before: the way leads here without a new
    /// choice of the manufacturer.
    pub fn follows(self, earlier: Self) -> bool {
        let forward = |from: Self| {
            Self::ALL.into_iter().filter(move |to| !matches!(from.trigger(*to), None | Some(Trigger::Reassign)))
        };
        self == earlier || forward(earlier).any(|next| self.follows(next))
    }

    /// Whether it may become another. Nothing becomes what it is already, and what is closed stays closed.
    pub fn may_become(self, to: Self) -> bool {
        self.trigger(to).is_some()
    }
}

impl fmt::Display for WorkOrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What changes the status of a work order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// The service centre accepts it, or the program does for it.
    Accept,
    /// The service centre refuses it.
    Refuse,
    /// An appointment is set in its repair file (status code 102).
    Appointment,
    /// The first status code of the repair itself (300 to 406).
    Repair,
    /// Its repair file is closed.
    Close,
    /// The manufacturer chooses another service centre, whose work order is new again.
    Reassign,
}

/// Every change that is allowed.
pub const TRANSITIONS: [(WorkOrderStatus, WorkOrderStatus, Trigger); 12] = {
    use WorkOrderStatus::{Accepted, Closed, InProgress, New, Planned, Refused};
    [
        (New, Accepted, Trigger::Accept),
        (New, Refused, Trigger::Refuse),
        (Accepted, Planned, Trigger::Appointment),
        (Accepted, InProgress, Trigger::Repair),
        (Planned, InProgress, Trigger::Repair),
        (Accepted, Closed, Trigger::Close),
        (Planned, Closed, Trigger::Close),
        (InProgress, Closed, Trigger::Close),
        (Refused, New, Trigger::Reassign),
        (Accepted, New, Trigger::Reassign),
        (InProgress, New, Trigger::Reassign),
        (Planned, New, Trigger::Reassign),
    ]
};

/// How a repair file was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CloseKind {
    /// With a warranty claim (`clos avec ISG`).
    WithClaim,
    /// Without one (`clos sans ISG`).
    WithoutClaim,
}

impl CloseKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::WithClaim, Self::WithoutClaim];

    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WithClaim => "WithClaim",
            Self::WithoutClaim => "WithoutClaim",
        }
    }

    /// The kind of that name; case does not count.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for CloseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How urgent an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeadlineClass {
    /// There is no deadline, or no answer is owed any more.
    None,
    /// There is time.
    Ok,
    /// Little time is left.
    DueSoon,
    /// The deadline has passed; that refuses nothing by itself.
    Overdue,
}

impl DeadlineClass {
    /// How many seconds before its deadline an answer is due soon: 4 hours.
    pub const SOON: i64 = 4 * 3600;

    /// Every class, the most urgent last.
    pub const ALL: [Self; 4] = [Self::None, Self::Ok, Self::DueSoon, Self::Overdue];

    /// The class of that name; case does not count, nor which dash is used.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.replace('-', "_");
        Self::ALL.into_iter().find(|class| class.name().eq_ignore_ascii_case(&name))
    }

    /// The class of a deadline at a moment; `soon` is in seconds. An answer is owed as long as a work order is new.
    pub fn of(status: WorkOrderStatus, deadline: Option<Moment>, now: Moment, soon: i64) -> Self {
        let Some(deadline) = deadline.filter(|_| status == WorkOrderStatus::New) else { return Self::None };
        match deadline.seconds() - now.seconds() {
            ..0 => Self::Overdue,
            left if left < soon => Self::DueSoon,
            _ => Self::Ok,
        }
    }

    /// The name for programs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Ok => "ok",
            Self::DueSoon => "due_soon",
            Self::Overdue => "overdue",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_statuses() {
        // Rows are what it is, columns what it shall become, both in the order of `ALL`.
        const ALLOWED: [&str; 6] = [
            "-ar---", // NEW
            "n--pic", // ACCEPTED
            "n-----", // REFUSED
            "n---ic", // PLANNED
            "n----c", // INPROGRESS
            "------", // CLOSED
        ];
        for (from, row) in WorkOrderStatus::ALL.into_iter().zip(ALLOWED) {
            for (to, sign) in WorkOrderStatus::ALL.into_iter().zip(row.chars()) {
                let wanted = match sign {
                    'a' => Some(Trigger::Accept),
                    'r' => Some(Trigger::Refuse),
                    'p' => Some(Trigger::Appointment),
                    'i' => Some(Trigger::Repair),
                    'c' => Some(Trigger::Close),
                    'n' => Some(Trigger::Reassign),
                    _ => None,
                };
                assert_eq!(from.trigger(to), wanted, "{from} → {to}");
                assert_eq!(from.may_become(to), wanted.is_some());
            }
        }
    }

    #[test]
    fn names_are_those_of_the_platform() {
        for status in WorkOrderStatus::ALL {
            assert_eq!(WorkOrderStatus::from_name(&status.to_string()), Some(status));
        }
        assert_eq!(WorkOrderStatus::from_name("InProgress"), Some(WorkOrderStatus::InProgress));
        assert_eq!(WorkOrderStatus::from_name("DONE"), None);
        assert_eq!(CloseKind::from_name("withclaim"), Some(CloseKind::WithClaim));
    }

    #[test]
    fn the_class_of_a_deadline_follows_the_moment() {
        let at = |text: &str| Moment::parse(text).unwrap();
        let deadline = Some(at("2026-03-04T12:00:00Z"));
        let class = |now: &str| DeadlineClass::of(WorkOrderStatus::New, deadline, at(now), DeadlineClass::SOON);
        assert_eq!(class("2026-03-04T08:00:00Z"), DeadlineClass::Ok);
        assert_eq!(class("2026-03-04T08:00:01Z"), DeadlineClass::DueSoon);
        assert_eq!(class("2026-03-04T12:00:00Z"), DeadlineClass::DueSoon);
        assert_eq!(class("2026-03-04T12:00:01Z"), DeadlineClass::Overdue);
        let now = at("2026-03-05T00:00:00Z");
        assert_eq!(DeadlineClass::of(WorkOrderStatus::New, None, now, 1), DeadlineClass::None);
        assert_eq!(DeadlineClass::of(WorkOrderStatus::Accepted, deadline, now, 1), DeadlineClass::None);
    }
}
