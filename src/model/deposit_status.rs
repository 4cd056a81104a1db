//! How far a deposit is, and how far each claim and each repair file.

use super::words;

words! {
    /// How far a deposited file is.
    DepositStatus {
        /// It is kept and was not read yet.
        Received = "RECEIVED",
        /// It is being read; after a power cut it stays so until somebody has it read again.
        Processing = "PROCESSING",
        /// Everything in it was created.
        Done = "DONE",
        /// Some of it was created, some waits for its correction.
        Partial = "PARTIAL",
        /// Nothing of it was created.
        Rejected = "REJECTED",
        /// It was deposited before.
        Duplicate = "DUPLICATE",
        /// What was wrong with it came in with later deposits: nothing is left to be corrected.
        Superseded = "SUPERSEDED",
    }
}

impl DepositStatus {
    /// Whether it was never read to its end, so that it may be read again.
    pub const fn is_unfinished(self) -> bool {
        matches!(self, Self::Received | Self::Processing)
    }

    /// What a deposit is after it was read: how many of its entries were created without a fault, how many were not, and how
    /// many of the latter later deposits brought in.
    pub const fn of(accepted: u64, rejected: u64, corrected: u64) -> Self {
        if rejected == 0 {
            if accepted == 0 { Self::Rejected } else { Self::Done }
        } else if corrected >= rejected {
            Self::Superseded
        } else if accepted + corrected == 0 {
            Self::Rejected
        } else {
            Self::Partial
        }
    }
}

words! {
    /// How far a warranty claim is, in the words of the platform.
    ClaimStatus {
        /// It has errors and cannot be transmitted.
        NotValid = "NOTVALID",
        /// It can be transmitted.
        Valid = "VALID",
        /// It was transmitted; the manufacturer has not answered.
        Waiting = "WAITING",
        /// The manufacturer wants it corrected.
        NotConform = "NOTCONFORM",
        /// The manufacturer examines it further.
        Arbitration = "ARBITRATION",
        /// The manufacturer will pay it.
        Accepted = "ACCEPTED",
        /// Accepted and closed.
        ClosedAccepted = "CLOSEDACCEPTED",
        /// The manufacturer will not pay it.
        Refused = "REFUSED",
        /// Nobody will pay it: it was taken back.
        Cancelled = "CANCELLED",
    }
}

impl ClaimStatus {
    /// What it may become.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::NotValid => &[Self::Valid, Self::Cancelled],
            Self::Valid => &[Self::NotValid, Self::Waiting, Self::Cancelled],
            Self::Waiting => &[
                Self::NotConform,
                Self::Arbitration,
                Self::Accepted,
                Self::ClosedAccepted,
                Self::Refused,
                Self::Cancelled,
                // The platform checks once more what it is handed.
                Self::NotValid,
            ],
            Self::NotConform => &[Self::NotValid, Self::Valid, Self::Refused, Self::Cancelled],
            Self::Arbitration => {
                &[Self::NotConform, Self::Accepted, Self::ClosedAccepted, Self::Refused, Self::Cancelled]
            }
            Self::Accepted => &[Self::ClosedAccepted, Self::Cancelled],
            Self::ClosedAccepted | Self::Refused | Self::Cancelled => &[],
        }
    }

    /// Whether it may become that at once.
    pub fn may_become(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    /// Whether what it says may be changed: it is here, or came back to be corrected.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::NotValid | Self::Valid | Self::NotConform)
    }

    /// Whether the manufacturer will pay it.
    pub const fn is_approved(self) -> bool {
        matches!(self, Self::Accepted | Self::ClosedAccepted)
    }
}

words! {
    /// How far a repair file is.
    RepairState {
        /// Nobody has an appointment yet.
        ToPlan = "TO_PLAN",
        /// There is an appointment.
        Planned = "PLANNED",
        /// The appliance is being repaired.
        InProgress = "IN_PROGRESS",
        /// Parts are awaited.
        WaitingParts = "WAITING_PARTS",
        /// Closed, and a warranty claim was made of it.
        ClosedWithClaim = "CLOSED_WITH_CLAIM",
        /// Closed without a warranty claim, for a reason.
        ClosedWithoutClaim = "CLOSED_WITHOUT_CLAIM",
    }
}

impl RepairState {
    /// Whether it is closed, so that nothing of it changes any more.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::ClosedWithClaim | Self::ClosedWithoutClaim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deposit_is_what_its_counts_say() {
        for ((accepted, rejected, corrected), status) in [
            ((3, 0, 0), DepositStatus::Done),
            ((0, 0, 0), DepositStatus::Rejected),
            ((0, 2, 0), DepositStatus::Rejected),
            ((1, 2, 0), DepositStatus::Partial),
            ((0, 2, 1), DepositStatus::Partial),
            ((1, 2, 2), DepositStatus::Superseded),
            ((0, 2, 2), DepositStatus::Superseded),
        ] {
            assert_eq!(DepositStatus::of(accepted, rejected, corrected), status, "{accepted} {rejected} {corrected}");
        }
    }

    /// Every pair of statuses, allowed and refused.
    #[test]
    fn claims_move_only_as_the_table_says() {
        use ClaimStatus::{
            Accepted, Arbitration, Cancelled, ClosedAccepted, NotConform, NotValid, Refused, Valid, Waiting,
        };
        let allowed = [
            (NotValid, Valid),
            (NotValid, Cancelled),
            (Valid, NotValid),
            (Valid, Waiting),
            (Valid, Cancelled),
            (Waiting, NotConform),
            (Waiting, Arbitration),
            (Waiting, Accepted),
            (Waiting, ClosedAccepted),
            (Waiting, Refused),
            (Waiting, Cancelled),
            (Waiting, NotValid),
            (NotConform, NotValid),
            (NotConform, Valid),
            (NotConform, Refused),
            (NotConform, Cancelled),
            (Arbitration, NotConform),
            (Arbitration, Accepted),
            (Arbitration, ClosedAccepted),
            (Arbitration, Refused),
            (Arbitration, Cancelled),
            (Accepted, ClosedAccepted),
            (Accepted, Cancelled),
        ];
        for from in ClaimStatus::ALL {
            for to in ClaimStatus::ALL {
                assert_eq!(from.may_become(*to), allowed.contains(&(*from, *to)), "{from:?} {to:?}");
            }
        }
    }
}
