//! What somebody would like to order: lines of a basket, and what they say besides.

use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::ledger::{
    BasketBook as _, ImportBook as _, LineFilter, OrderBook as _, OrderEntry, OrderHead, OrderTerms, WaitingLine,
};
use crate::model::{Address, Day, ManufacturerId, Money, OrderStatus};
use crate::workspace::Workspace;

/// What somebody says of an address; what is not said stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AddressWish {
    /// Nothing.
    #[default]
    AsItIs,
    /// That of the account.
    OfTheAccount,
    /// This one.
    Other(Address),
}

/// What somebody says of an order besides its lines; what is not said stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// The account it goes to.
    pub delivery_account: Option<String>,
    /// The customer's own order number.
    pub customer_order_number: Option<String>,
    /// How it is delivered.
    pub delivery_option: Option<String>,
    /// The wished day, or none.
    pub desired_delivery_date: Option<Option<Day>>,
    /// The comment.
    pub comment: Option<String>,
    /// Where it goes.
    pub address: AddressWish,
    /// Whether the terms of sale are accepted.
    pub accepts_terms: bool,
}

impl Wishes {
    /// The terms with what was said put in.
    fn over(&self, terms: OrderTerms) -> OrderTerms {
        let said = |wish: &Option<String>, before: String| wish.clone().unwrap_or(before);
        OrderTerms {
            delivery_account: said(&self.delivery_account, terms.delivery_account),
            customer_order_number: said(&self.customer_order_number, terms.customer_order_number),
            delivery_option: said(&self.delivery_option, terms.delivery_option),
            desired_delivery_date: self.desired_delivery_date.unwrap_or(terms.desired_delivery_date),
            comment: said(&self.comment, terms.comment),
            address: match &self.address {
                AddressWish::AsItIs => terms.address,
                AddressWish::OfTheAccount => None,
                AddressWish::Other(address) => Some(address.clone()),
            },
            are_terms_accepted: terms.are_terms_accepted || self.accepts_terms,
        }
    }
}

/// A line that somebody would like to order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedLine {
    /// Its place in the order, from 1.
    pub number: u32,
    /// The line of the basket.
    pub basket_line: i64,
    /// The part.
    pub reference: String,
    /// Its name.
    pub label: String,
    /// How many.
    pub quantity: u64,
    /// What one cost when somebody last looked: in the basket, or in the draft.
    pub known_price: Money,
    /// What one costs in this order.
    pub unit_price: Money,
    /// The account that the line names.
    pub delivery_account: String,
    /// The customer's order that the line names.
    pub customer_order_number: String,
    /// The wished day that the line names.
    pub desired_delivery_date: Option<Day>,
}

/// An order that somebody would like to make, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The draft that it is of, when the ledger has one.
    pub order: Option<OrderEntry>,
    /// Whose parts are ordered.
    pub manufacturer: ManufacturerId,
    /// The lines.
    pub lines: Vec<ProposedLine>,
    /// What is said besides.
    pub terms: OrderTerms,
}

impl Workspace {
    /// An order of lines that wait in a basket. What nobody says is taken from the lines, from the file that they came in,
    /// and from the settings of the workspace.
    pub fn propose(&self, manufacturer: ManufacturerId, lines: &LineFilter, wishes: &Wishes) -> Result<Proposal> {
        let meant = LineFilter { manufacturer: Some(manufacturer), ..lines.clone() };
        let mut waiting = Vec::new();
        self.ledger.waiting_lines(&meant, &mut |line| {
            waiting.push(line);
            Ok(())
        })?;
        // A number that was typed alone means one line; a range means those that are there.
        let alone = lines.lines.iter().filter(|range| range.start() == range.end()).map(|range| *range.start());
        let missing: Vec<_> = alone.filter(|number| !waiting.iter().any(|line| line.id.0 == *number)).collect();
        if !missing.is_empty() {
            let missing: Vec<_> = missing.iter().map(ToString::to_string).collect();
            return Err(Error::new(Code::LineNotWaiting, Arguments::none().with("unknown", missing.join(", "))));
        }
        let lines: Vec<_> = (1..).zip(waiting).map(|(number, line)| proposed(number, line)).collect();
        let heads = self.ledger.order_heads(manufacturer)?;
        let terms = self.usual_terms(&lines, &heads);
        Ok(Proposal { order: None, manufacturer, lines, terms: wishes.over(terms) })
    }

    /// A draft of the ledger, to be checked again.
    pub fn reopen(&self, number: &str, wishes: &Wishes) -> Result<Proposal> {
        let order = self.order(number)?;
        if !order.status.is_ours() {
            let arguments = Arguments::none().with("number", &order.number).with("status", order.status.name());
            return Err(Error::new(Code::TransitionNotAllowed, arguments.with("wanted", OrderStatus::Sent.name())));
        }
        let lines = self.ledger.order_lines(order.id)?.into_iter().map(|line| ProposedLine {
            number: line.number,
            basket_line: line.basket_line.unwrap_or_default(),
            reference: line.reference,
            label: line.label,
            quantity: line.progress.ordered,
            known_price: line.unit_price,
            unit_price: line.unit_price,
            delivery_account: line.delivery_account,
            customer_order_number: line.customer_order_number,
            desired_delivery_date: line.desired_delivery_date,
        });
        let lines = lines.collect();
        let terms = wishes.over(order.terms.clone());
        Ok(Proposal { manufacturer: order.manufacturer, lines, terms, order: Some(order) })
    }

    /// What is said of an order when nobody says anything.
    fn usual_terms(&self, lines: &[ProposedLine], heads: &[OrderHead]) -> OrderTerms {
        let number = shared(lines.iter().map(|line| line.customer_order_number.as_str())).unwrap_or_default();
        let account = shared(lines.iter().map(|line| line.delivery_account.as_str()));
        // The newest file that names the order counts.
        let named = |head: &&OrderHead| !number.is_empty() && head.customer_order_number == number;
        let head = heads.iter().find(named).cloned().unwrap_or_default();
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        let first = self.account.delivery_accounts.first().cloned();
        let account = match account {
            // Lines for several accounts keep their own.
            None => None,
            Some("") => filled(head.delivery_account).or(first),
            Some(account) => Some(account.to_owned()),
        };
        let day = shared(lines.iter().map(|line| line.desired_delivery_date)).flatten();
        OrderTerms {
            delivery_account: account.unwrap_or_default(),
            customer_order_number: number.to_owned(),
            delivery_option: head.delivery_option,
            desired_delivery_date: day.or(head.desired_delivery_date),
            comment: head.comment,
            address: serde_json::from_str(&head.address).ok(),
            are_terms_accepted: false,
        }
    }
}

fn proposed(number: u32, line: WaitingLine) -> ProposedLine {
    ProposedLine {
        number,
        basket_line: line.id.0,
        reference: line.reference,
        label: line.label,
        quantity: line.quantity,
        known_price: line.unit_price,
        unit_price: line.unit_price,
        delivery_account: line.delivery_account,
        customer_order_number: line.customer_order_number,
        desired_delivery_date: line.desired_delivery_date,
    }
}

/// The value that all have; `None` when they differ.
fn shared<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}
