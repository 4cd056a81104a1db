//! How far an order is, and how far each of its lines.

use super::words;

words! {
    /// How far an order is.
    OrderStatus {
        /// Its lines are chosen; nothing was sent.
        Draft = "DRAFT",
        /// The manufacturer's prices and dates are known; nothing was sent.
        Estimated = "ESTIMATED",
        /// Handed to the manufacturer.
        Sent = "SENT",
        /// The manufacturer has answered.
        Confirmed = "CONFIRMED",
        /// Some parts are on their way.
        PartlyShipped = "PARTLY_SHIPPED",
        /// Every part that is still to come is on its way.
        Shipped = "SHIPPED",
        /// Every part is there.
        Received = "RECEIVED",
        /// The manufacturer wants nothing of it.
        Rejected = "REJECTED",
        /// Nothing of it will come.
        Cancelled = "CANCELLED",
    }
}

impl OrderStatus {
    /// What it may become.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Estimated, Self::Sent, Self::Cancelled],
            Self::Estimated => &[Self::Sent, Self::Cancelled],
            Self::Sent => &[Self::Confirmed, Self::Rejected, Self::Cancelled],
            Self::Confirmed => &[Self::PartlyShipped, Self::Shipped, Self::Cancelled],
            Self::PartlyShipped => &[Self::Shipped, Self::Cancelled],
            Self::Shipped => &[Self::Received],
            Self::Received | Self::Rejected | Self::Cancelled => &[],
        }
    }

    /// Whether it may become that at once.
    pub fn may_become(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    /// The statuses that it goes through to reach a goal, the goal last: who tells that parts came, tells that they
    /// were sent. Empty when it is there already, `None` when it never gets there.
    pub fn way_to(self, goal: Self) -> Option<Vec<Self>> {
        if self == goal {
            return Some(Vec::new());
        }
        let mut ways = vec![vec![self]];
        while !ways.is_empty() {
            let mut longer = Vec::new();
            for way in &ways {
                for next in way.last().map_or(&[][..], |last| last.next()) {
                    let way: Vec<_> = way.iter().copied().chain([*next]).collect();
                    if *next == goal {
                        return Some(way[1..].to_vec());
                    }
                    longer.push(way);
                }
            }
            ways = longer;
        }
        None
    }

    /// Whether it may still be changed, because nobody but us knows it.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Draft | Self::Estimated)
    }

    /// Whether parts may still come.
    pub const fn is_awaited(self) -> bool {
        matches!(self, Self::Sent | Self::Confirmed | Self::PartlyShipped | Self::Shipped)
    }
}

words! {
    /// How far a line of an order is.
    LineStatus {
        /// Nobody has said anything yet.
        Open = "OPEN",
        /// The manufacturer will deliver all of it.
        Confirmed = "CONFIRMED",
        /// The manufacturer has none now.
        Unavailable = "UNAVAILABLE",
        /// A part of it is still to come.
        Backorder = "BACKORDER",
        /// All of it is on its way.
        Shipped = "SHIPPED",
        /// All that was to come is there.
        Received = "RECEIVED",
        /// Nothing of it will come.
        Cancelled = "CANCELLED",
    }
}

/// What the platform says of spare parts by a number (`formats/reference/logistic_statuses.csv`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogisticCode {
    /// 202: the part cannot be had.
    Unavailable,
    /// 207: the order of the part is cancelled.
    Cancelled,
    /// 208: the parts are on their way.
    Shipped,
}

impl LogisticCode {
    /// The code of a number.
    pub const fn from_number(number: u16) -> Option<Self> {
        match number {
            202 => Some(Self::Unavailable),
            207 => Some(Self::Cancelled),
            208 => Some(Self::Shipped),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OrderStatus::{
        Cancelled, Confirmed, Draft, Estimated, PartlyShipped, Received, Rejected, Sent, Shipped,
    };
    use super::*;

    #[test]
    fn every_pair_of_statuses_is_allowed_or_refused() {
        const ALLOWED: [(OrderStatus, OrderStatus); 14] = [
            (Draft, Estimated),
            (Draft, Sent),
            (Draft, Cancelled),
            (Estimated, Sent),
            (Estimated, Cancelled),
            (Sent, Confirmed),
            (Sent, Rejected),
            (Sent, Cancelled),
            (Confirmed, PartlyShipped),
            (Confirmed, Shipped),
            (Confirmed, Cancelled),
            (PartlyShipped, Shipped),
            (PartlyShipped, Cancelled),
            (Shipped, Received),
        ];
        for from in OrderStatus::ALL {
            for to in OrderStatus::ALL {
                assert_eq!(from.may_become(*to), ALLOWED.contains(&(*from, *to)), "{from:?} → {to:?}");
            }
        }
    }

    #[test]
    fn a_way_is_made_of_allowed_steps_or_there_is_none() {
        assert_eq!(Sent.way_to(Received), Some(vec![Confirmed, Shipped, Received]));
        assert_eq!(Sent.way_to(PartlyShipped), Some(vec![Confirmed, PartlyShipped]));
        assert_eq!(Shipped.way_to(Shipped), Some(Vec::new()));
        assert_eq!(Shipped.way_to(Cancelled), None);
        assert_eq!(Received.way_to(Sent), None);
        for from in OrderStatus::ALL {
            for to in OrderStatus::ALL {
                let Some(way) = from.way_to(*to) else { continue };
                let steps: Vec<_> = [*from].into_iter().chain(way).collect();
                assert!(steps.windows(2).all(|step| step[0].may_become(step[1])), "{steps:?}");
            }
        }
    }

    #[test]
    fn names_come_back() {
        for status in OrderStatus::ALL {
            assert_eq!(OrderStatus::from_name(status.name()), Some(*status));
        }
        assert_eq!(LogisticCode::from_number(208), Some(LogisticCode::Shipped));
        assert_eq!(LogisticCode::from_number(999), None);
    }
}
