//! What became of the quantity of an order line, and what follows from it.

use super::{Day, LineStatus, LogisticCode, OrderStatus, words};

/// The quantity of an order line, told apart by what became of it. The status of the line follows from it, and that of
/// the order from all of its lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineProgress {
    /// How many were ordered.
    pub ordered: u64,
    /// How many the manufacturer will deliver, when it has said so.
    pub confirmed: Option<u64>,
    /// Whether the manufacturer has said that it has none now.
    pub is_unavailable: bool,
    /// How many left the manufacturer, all shipments together.
    pub shipped: u64,
    /// How many came; never more than were shipped.
    pub received: u64,
    /// How many will never come.
    pub cancelled: u64,
}

impl LineProgress {
    /// Of a line of which nothing is known but how many were ordered.
    pub fn new(ordered: u64) -> Self {
        Self { ordered, ..Self::default() }
    }

    /// How many are still to come: ordered = received + outstanding + cancelled.
    pub const fn outstanding(&self) -> u64 {
        self.ordered.saturating_sub(self.received).saturating_sub(self.cancelled)
    }

    /// How many the manufacturer still has to send.
    pub const fn unshipped(&self) -> u64 {
        self.ordered.saturating_sub(self.shipped).saturating_sub(self.cancelled)
    }

    /// How far the line is.
    pub fn status(&self) -> LineStatus {
        if self.cancelled == self.ordered {
            LineStatus::Cancelled
        } else if self.outstanding() == 0 {
            LineStatus::Received
        } else if self.received > 0 {
            LineStatus::Backorder
        } else if self.unshipped() == 0 {
            LineStatus::Shipped
        } else if self.shipped > 0 {
            LineStatus::Backorder
        } else if self.is_unavailable {
            LineStatus::Unavailable
        } else {
            match self.confirmed {
                None => LineStatus::Open,
                Some(confirmed) if confirmed + self.cancelled < self.ordered => LineStatus::Backorder,
                Some(_) => LineStatus::Confirmed,
            }
        }
    }

    /// How far an order is that was handed over, by its lines.
    pub fn order_status(lines: &[Self]) -> OrderStatus {
        let all = |holds: fn(&Self) -> bool| lines.iter().all(holds);
        let any = |holds: fn(&Self) -> bool| lines.iter().any(holds);
        if all(|line| line.cancelled == line.ordered) {
            OrderStatus::Cancelled
        } else if all(|line| line.outstanding() == 0) {
            OrderStatus::Received
        } else if all(|line| line.unshipped() == 0) {
            OrderStatus::Shipped
        } else if any(|line| line.shipped > 0) {
            OrderStatus::PartlyShipped
        } else if any(|line| line.confirmed.is_some() || line.is_unavailable || line.cancelled > 0) {
            OrderStatus::Confirmed
        } else {
            OrderStatus::Sent
        }
    }

    /// The line after so many parts came.
    #[must_use]
    pub fn receive(self, quantity: u64) -> Option<Self> {
        let received =
            self.received.checked_add(quantity).filter(|_| quantity > 0 && quantity <= self.outstanding())?;
        Some(Self { received, shipped: self.shipped.max(received), ..self })
    }

    /// The line after all that is not on its way was called off.
    #[must_use]
    pub fn cancel(self) -> Self {
        Self { cancelled: self.cancelled + self.unshipped(), ..self }
    }

    /// The line after the manufacturer has answered.
    pub fn answer(self, answer: &Answer) -> Result<Self, AnswerFault> {
        let mut line = self;
        if let Some(confirmed) = answer.confirmed {
            if confirmed > line.ordered {
                return Err(AnswerFault::TooMany { ordered: line.ordered });
            }
            line.confirmed = Some(confirmed);
            line.is_unavailable &= confirmed == 0;
        }
        match answer.verdict {
            None => {}
            Some(Verdict::Confirmed) => {
                line.confirmed = line.confirmed.or(Some(line.ordered - line.cancelled));
                line.is_unavailable = false;
            }
            Some(Verdict::Unavailable) => line.is_unavailable = true,
            Some(Verdict::Cancelled | Verdict::Rejected) => {
                if line.unshipped() == 0 && line.cancelled < line.ordered {
                    return Err(AnswerFault::OnItsWay);
                }
                line = line.cancel();
            }
            Some(Verdict::Shipped) => {
                let most = line.ordered - line.cancelled;
                let shipped = answer.shipped.unwrap_or(
                    line.confirmed.filter(|confirmed| *confirmed > 0).map_or(most, |confirmed| confirmed.min(most)),
                );
                line.shipped = line.shipped.max(shipped);
            }
        }
        if let Some(shipped) = answer.shipped {
            if shipped + line.cancelled > line.ordered {
                return Err(AnswerFault::TooMany { ordered: line.ordered - line.cancelled });
            }
            line.shipped = line.shipped.max(shipped);
        }
        if line.shipped > 0 {
            line.is_unavailable = false;
        }
        Ok(line)
    }
}

words! {
    /// What a manufacturer says of a line.
    Verdict {
        /// It will be delivered.
        Confirmed = "confirmed",
        /// There is none now.
        Unavailable = "unavailable",
        /// It is called off.
        Cancelled = "cancelled",
        /// It is refused.
        Rejected = "rejected",
        /// It is on its way.
        Shipped = "shipped",
    }
}

impl From<LogisticCode> for Verdict {
    fn from(code: LogisticCode) -> Self {
        match code {
            LogisticCode::Unavailable => Self::Unavailable,
            LogisticCode::Cancelled => Self::Cancelled,
            LogisticCode::Shipped => Self::Shipped,
        }
    }
}

/// What a manufacturer says of a line, read and not yet believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// How many will be delivered.
    pub confirmed: Option<u64>,
    /// When.
    pub promised: Option<Day>,
    /// What would be delivered in its place. It is never taken by itself.
    pub replacement: Option<String>,
    /// What is said of the line as a whole.
    pub verdict: Option<Verdict>,
    /// How many were shipped, all shipments together.
    pub shipped: Option<u64>,
    /// What else is said, word by word.
    pub message: String,
}

/// Why an answer cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFault {
    /// It speaks of more parts than are to come.
    TooMany {
        /// How many could be.
        ordered: u64,
    },
    /// What it calls off is on its way or there already.
    OnItsWay,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(confirmed: Option<u64>, shipped: u64, received: u64, cancelled: u64) -> LineProgress {
        LineProgress { ordered: 5, confirmed, is_unavailable: false, shipped, received, cancelled }
    }

    #[test]
    fn the_status_of_a_line_follows_from_its_quantities() {
        for (line, status) in [
            (line(None, 0, 0, 0), LineStatus::Open),
            (line(Some(5), 0, 0, 0), LineStatus::Confirmed),
            (line(Some(3), 0, 0, 0), LineStatus::Backorder),
            (line(Some(3), 0, 0, 2), LineStatus::Confirmed),
            (LineProgress { is_unavailable: true, ..line(None, 0, 0, 0) }, LineStatus::Unavailable),
            (line(Some(5), 2, 0, 0), LineStatus::Backorder),
            (line(Some(5), 5, 0, 0), LineStatus::Shipped),
            (line(None, 3, 0, 2), LineStatus::Shipped),
            (line(None, 5, 3, 0), LineStatus::Backorder),
            (line(None, 5, 5, 0), LineStatus::Received),
            (line(None, 3, 3, 2), LineStatus::Received),
            (line(None, 0, 0, 5), LineStatus::Cancelled),
        ] {
            assert_eq!(line.status(), status, "{line:?}");
            assert_eq!(line.ordered, line.received + line.outstanding() + line.cancelled);
        }
    }

    #[test]
    fn the_status_of_an_order_follows_from_its_lines() {
        let open = line(None, 0, 0, 0);
        for (lines, status) in [
            (vec![open, open], OrderStatus::Sent),
            (vec![line(Some(0), 0, 0, 0), open], OrderStatus::Confirmed),
            (vec![line(None, 0, 0, 5), open], OrderStatus::Confirmed),
            (vec![line(None, 2, 0, 0), open], OrderStatus::PartlyShipped),
            (vec![line(None, 5, 0, 0), line(None, 0, 0, 5)], OrderStatus::Shipped),
            (vec![line(None, 5, 5, 0), line(None, 0, 0, 5)], OrderStatus::Received),
            (vec![line(None, 0, 0, 5), line(None, 0, 0, 5)], OrderStatus::Cancelled),
        ] {
            assert_eq!(LineProgress::order_status(&lines), status, "{lines:?}");
        }
    }

    #[test]
    fn an_answer_is_believed_as_far_as_it_can_be_true() {
        let open = line(None, 0, 0, 0);
        let said = |verdict, shipped| Answer { verdict, shipped, ..Answer::default() };
        assert_eq!(open.answer(&said(Some(Verdict::Shipped), None)).unwrap().shipped, 5);
        let some = Answer { confirmed: Some(3), verdict: Some(Verdict::Shipped), ..Answer::default() };
        assert_eq!(open.answer(&some).unwrap().status(), LineStatus::Backorder);
        assert_eq!(open.answer(&said(None, Some(6))), Err(AnswerFault::TooMany { ordered: 5 }));
        let more = Answer { confirmed: Some(6), ..Answer::default() };
        assert_eq!(open.answer(&more), Err(AnswerFault::TooMany { ordered: 5 }));
        let sent = open.answer(&said(None, Some(5))).unwrap();
        assert_eq!(sent.answer(&said(Some(Verdict::Cancelled), None)), Err(AnswerFault::OnItsWay));
        let rest = line(None, 2, 2, 0).answer(&said(Some(Verdict::Cancelled), None)).unwrap();
        assert_eq!((rest.status(), rest.cancelled), (LineStatus::Received, 3));
        let none = open.answer(&said(Some(Verdict::Unavailable), None)).unwrap();
        assert_eq!(none.status(), LineStatus::Unavailable);
        assert_eq!(none.answer(&said(Some(Verdict::Confirmed), None)).unwrap().status(), LineStatus::Confirmed);
    }

    #[test]
    fn no_more_comes_than_was_ordered() {
        let open = line(None, 0, 0, 0);
        assert_eq!(open.receive(6), None);
        assert_eq!(open.receive(0), None);
        let some = open.receive(2).unwrap();
        assert_eq!((some.status(), some.outstanding(), some.shipped), (LineStatus::Backorder, 3, 2));
        assert_eq!(some.cancel().status(), LineStatus::Received);
        assert_eq!(some.receive(u64::MAX), None);
    }
}
