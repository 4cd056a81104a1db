//! `order show`, and the pages and objects of orders.
//!
//! What enters: an order of the ledger, or one that is about to be made. What leaves: all that is known of it, as text on
//! standard output or as JSON. What is refused: nothing.

use bordereau::diagnostic::{Diagnostic, Exit, Result};
use bordereau::format::Registry;
use bordereau::ledger::{Estimate, OrderBook as _, OrderEntry, OrderLineEntry};
use bordereau::model::{Address, Language, Money};
use bordereau::report::escape;
use bordereau::report::text::{self as report_text, Text};
use bordereau::workspace::Workspace;
use bordereau::workspace::order::{Proposal, SentOrder};
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::columns::{fact_lines, table};
use super::command::{Builder, Page};
use super::order::{line_word, manufacturer_name, money, number, typed_order};
use super::order_change::RefusedObject;
use super::order_create::tell_order;
use super::order_paper::{address_text, facts};
use super::{Session, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_ORDER_SHOW,
        usage: texts::USAGE_ORDER_SHOW,
        examples: Some(texts::EXAMPLES_ORDER_SHOW),
        after: None,
        exit_codes: false,
    };
    builder.command("show", page, [number(builder), builder.json()])
}

/// Shows an order.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let order = typed_order(matches, &workspace)?;
    tell_order(&workspace, &registry, &order, matches, session)?;
    Ok(Exit::Accepted)
}

/// An order of the ledger for people.
pub(crate) fn order_page(
    workspace: &Workspace,
    registry: &Registry,
    order: &OrderEntry,
    language: Language,
) -> Result<String> {
    let lines = workspace.ledger().order_lines(order.id)?;
    let known: Vec<_> =
        facts(workspace, registry, order).map(|(name, value)| (name.get(language), value(language))).collect();
    let mut text = format!("{}\n{}\n", order.number, fact_lines(&known));
    let headings = [
        texts::COLUMN_LINE,
        texts::COLUMN_REFERENCE,
        texts::COLUMN_LABEL,
        texts::COLUMN_STATUS,
        texts::COLUMN_ORDERED,
        texts::COLUMN_CAME,
        texts::COLUMN_OUTSTANDING,
        texts::COLUMN_PRICE,
        texts::COLUMN_PROMISED,
        texts::COLUMN_REPLACEMENT,
    ];
    let mut rows = vec![headings.map(|heading| heading.get(language).to_owned()).to_vec()];
    rows.extend(lines.iter().map(|line| {
        let progress = &line.progress;
        vec![
            line.number.to_string(),
            escape(&line.reference),
            escape(&line.label),
            line_word(progress.status()).text.get(language).to_owned(),
            progress.ordered.to_string(),
            progress.received.to_string(),
            progress.outstanding().to_string(),
            money(line.unit_price, language),
            line.promised_date.map(|day| day.to_string()).unwrap_or_default(),
            escape(&line.replacement),
        ]
    }));
    text += &table(&rows, &[0, 4, 5, 6, 7]);
    text += &total(order.lines, order.quantity, order.amount, &order.currency, language);
    for line in lines.iter().filter(|line| !line.note.is_empty()) {
        let said = [("line", line.number.to_string()), ("note", escape(&line.note))];
        let said = said.each_ref().map(|(name, value)| (*name, value.as_str()));
        text.extend(["  ", &texts::ORDER_NOTE.with(language, &said), "\n"]);
    }
    for receipt in workspace.ledger().receipts(order.id)? {
        let came: Vec<_> = receipt.delivery.lines.iter().map(|(line, quantity)| format!("{line}={quantity}")).collect();
        let day = receipt.received_at.day().map(|day| day.to_string()).unwrap_or_default();
        let said = [("note", &*escape(&receipt.delivery.note)), ("day", &day), ("lines", &came.join(", "))];
        text.extend(["  ", &texts::ORDER_DELIVERY.with(language, &said), "\n"]);
    }
    Ok(text)
}

fn total(lines: u64, quantity: u64, amount: Money, currency: &str, language: Language) -> String {
    let said = [
        ("lines", lines.to_string()),
        ("quantity", quantity.to_string()),
        ("amount", money(amount, language)),
        ("currency", currency.to_owned()),
    ];
    let said = said.each_ref().map(|(name, value)| (*name, value.as_str()));
    format!("  {}\n", texts::ORDER_SUM.with(language, &said))
}

/// An order that is about to be made, for people: the page of the check and of the estimate.
pub(crate) fn proposal_page(
    proposal: &Proposal,
    estimate: Option<&Estimate>,
    registry: &Registry,
    language: Language,
) -> String {
    let terms = &proposal.terms;
    let word = |text: Text| text.get(language);
    let answer = |yes| if yes { word(report_text::YES) } else { word(report_text::NO) }.to_owned();
    let number = proposal.order.as_ref().map(|order| order.number.clone());
    let known = [
        (word(texts::COLUMN_ORDER), number.unwrap_or_default()),
        (word(texts::COLUMN_MANUFACTURER), manufacturer_name(registry, proposal.manufacturer)),
        (word(texts::COLUMN_ACCOUNT), terms.delivery_account.clone()),
        (word(texts::FACT_ADDRESS), terms.address.as_ref().map(address_text).unwrap_or_default()),
        (word(texts::COLUMN_CUSTOMER_ORDER), terms.customer_order_number.clone()),
        (word(texts::FACT_OPTION), terms.delivery_option.clone()),
        (word(texts::FACT_WISHED), terms.desired_delivery_date.map(|day| day.to_string()).unwrap_or_default()),
        (word(texts::FACT_COMMENT), terms.comment.clone()),
        (word(texts::FACT_TERMS), if terms.are_terms_accepted { answer(true) } else { String::new() }),
    ];
    let mut headings = vec![
        texts::COLUMN_LINE,
        texts::COLUMN_BASKET_LINE,
        texts::COLUMN_REFERENCE,
        texts::COLUMN_LABEL,
        texts::COLUMN_QUANTITY,
        texts::COLUMN_PRICE,
        texts::COLUMN_AMOUNT,
    ];
    if estimate.is_some() {
        headings.extend([texts::COLUMN_AVAILABLE, texts::COLUMN_CAN_COME, texts::COLUMN_PROMISED]);
    }
    let mut rows = vec![headings.into_iter().map(|heading| word(heading).to_owned()).collect::<Vec<_>>()];
    for (place, line) in proposal.lines.iter().enumerate() {
        let changed = line.unit_price != line.known_price;
        let price = money(line.unit_price, language);
        let price = if changed { format!("{} → {price}", money(line.known_price, language)) } else { price };
        let amount = line.unit_price.times(line.quantity);
        let mut row = vec![
            line.number.to_string(),
            line.basket_line.to_string(),
            escape(&line.reference),
            escape(&line.label),
            line.quantity.to_string(),
            price,
            amount.map(|amount| money(amount, language)).unwrap_or_default(),
        ];
        if let Some(said) = estimate.and_then(|estimate| estimate.lines.get(place)) {
            row.push(said.is_available.map(answer).unwrap_or_default());
            row.push(said.quantity.map(|quantity| quantity.to_string()).unwrap_or_default());
            row.push(said.date.map(|day| day.to_string()).unwrap_or_default());
        }
        rows.push(row);
    }
    let mut amounts = proposal.lines.iter().map(|line| line.unit_price.times(line.quantity));
    let amount = amounts.try_fold(Money::ZERO, |sum, amount| sum.plus(amount?)).unwrap_or_default();
    let quantity = proposal.lines.iter().map(|line| line.quantity).sum();
    let mut text = fact_lines(&known) + "\n" + &table(&rows, &[0, 1, 4, 5, 6, 8]);
    text += &total(proposal.lines.len() as u64, quantity, amount, bordereau::model::DEFAULT_CURRENCY, language);
    if let Some(estimate) = estimate {
        let source = if estimate.source.is_empty() { word(texts::ESTIMATE_CATALOGUE) } else { &estimate.source };
        let said = [("source", &*escape(source)), ("fees", &money(estimate.fees, language))];
        text.extend(["  ", &texts::ESTIMATE_FROM.with(language, &said), "\n"]);
    }
    text + "\n"
}

/// An order of the ledger for programs.
pub(crate) fn tell_json(workspace: &Workspace, registry: &Registry, order: &OrderEntry) -> Result<()> {
    let lines = workspace.ledger().order_lines(order.id)?;
    let receipts = workspace.ledger().receipts(order.id)?;
    let events = workspace.ledger().order_events(&order.number)?;
    out::json(
        "order",
        OrderObject {
            head: HeadObject::new(order),
            manufacturer_name: registry.manufacturer_name(order.manufacturer),
            order_lines: lines.iter().map(LineObject::new).collect(),
            receipts: receipts
                .iter()
                .map(|receipt| ReceiptObject {
                    delivery_note: &receipt.delivery.note,
                    countermark: &receipt.delivery.countermark,
                    received_at: receipt.received_at.to_string(),
                    received_by: &receipt.received_by,
                    lines: receipt
                        .delivery
                        .lines
                        .iter()
                        .map(|(line, quantity)| CameObject { line: *line, quantity: *quantity })
                        .collect(),
                })
                .collect(),
            events: events
                .iter()
                .map(|event| EventObject {
                    at: event.at.to_string(),
                    by: &event.by,
                    what: &event.what,
                    detail: &event.detail,
                })
                .collect(),
        },
    )
}

#[derive(Serialize)]
struct OrderObject<'o> {
    #[serde(flatten)]
    head: HeadObject<'o>,
    manufacturer_name: Option<&'o str>,
    order_lines: Vec<LineObject<'o>>,
    receipts: Vec<ReceiptObject<'o>>,
    events: Vec<EventObject<'o>>,
}

#[derive(Serialize)]
struct HeadObject<'o> {
    number: &'o str,
    status: &'static str,
    manufacturer: u32,
    created_at: String,
    created_by: &'o str,
    sent_at: Option<String>,
    delivery_account: &'o str,
    customer_order_number: &'o str,
    delivery_option: &'o str,
    desired_delivery_date: Option<String>,
    comment: &'o str,
    address: Option<&'o Address>,
    terms_accepted_at: Option<String>,
    currency: &'o str,
    manufacturer_reference: &'o str,
    fees: String,
    lines: u64,
    quantity: u64,
    amount: String,
}

impl<'o> HeadObject<'o> {
    fn new(order: &'o OrderEntry) -> Self {
        let terms = &order.terms;
        Self {
            number: &order.number,
            status: order.status.name(),
            manufacturer: order.manufacturer.0,
            created_at: order.created_at.to_string(),
            created_by: &order.created_by,
            sent_at: order.sent_at.map(|moment| moment.to_string()),
            delivery_account: &terms.delivery_account,
            customer_order_number: &terms.customer_order_number,
            delivery_option: &terms.delivery_option,
            desired_delivery_date: terms.desired_delivery_date.map(|day| day.to_string()),
            comment: &terms.comment,
            address: terms.address.as_ref(),
            terms_accepted_at: order.terms_accepted_at.map(|moment| moment.to_string()),
            currency: &order.currency,
            manufacturer_reference: &order.manufacturer_reference,
            fees: order.fees.to_string(),
            lines: order.lines,
            quantity: order.quantity,
            amount: order.amount.to_string(),
        }
    }
}

#[derive(Serialize)]
struct LineObject<'o> {
    number: u32,
    reference: &'o str,
    label: &'o str,
    status: &'static str,
    unit_price: String,
    ordered: u64,
    confirmed: Option<u64>,
    shipped: u64,
    received: u64,
    cancelled: u64,
    outstanding: u64,
    available: Option<bool>,
    estimated: Option<u64>,
    promised_date: Option<String>,
    replacement: &'o str,
    note: &'o str,
    customer_order_number: &'o str,
    work_order: &'o str,
    countermark: &'o str,
    comment: &'o str,
}

impl<'o> LineObject<'o> {
    fn new(line: &'o OrderLineEntry) -> Self {
        let progress = &line.progress;
        Self {
            number: line.number,
            reference: &line.reference,
            label: &line.label,
            status: progress.status().name(),
            unit_price: line.unit_price.to_string(),
            ordered: progress.ordered,
            confirmed: progress.confirmed,
            shipped: progress.shipped,
            received: progress.received,
            cancelled: progress.cancelled,
            outstanding: progress.outstanding(),
            available: line.is_available,
            estimated: line.estimated_quantity,
            promised_date: line.promised_date.map(|day| day.to_string()),
            replacement: &line.replacement,
            note: &line.note,
            customer_order_number: &line.customer_order_number,
            work_order: &line.work_order,
            countermark: &line.countermark,
            comment: &line.comment,
        }
    }
}

#[derive(Serialize)]
struct ReceiptObject<'o> {
    delivery_note: &'o str,
    countermark: &'o str,
    received_at: String,
    received_by: &'o str,
    lines: Vec<CameObject>,
}

#[derive(Serialize)]
struct CameObject {
    line: u32,
    quantity: u64,
}

#[derive(Serialize)]
struct EventObject<'o> {
    at: String,
    by: &'o str,
    what: &'o str,
    detail: &'o str,
}

/// What became of an order that was to be made, for programs.
#[derive(Serialize)]
pub(crate) struct CreatedObject<'o> {
    #[serde(flatten)]
    head: Option<HeadObject<'o>>,
    document: Option<String>,
    ready: bool,
    findings: Vec<RefusedObject<'o>>,
    planned_lines: Vec<PlannedObject<'o>>,
    planned_fees: Option<String>,
}

/// A line of an order that was not made, for programs.
#[derive(Serialize)]
struct PlannedObject<'o> {
    number: u32,
    basket_line: i64,
    reference: &'o str,
    quantity: u64,
    known_price: String,
    unit_price: String,
    available: Option<bool>,
    estimated: Option<u64>,
    promised_date: Option<String>,
}

impl<'o> CreatedObject<'o> {
    /// It is in the ledger.
    pub(crate) fn kept(
        order: &'o OrderEntry,
        sent: Option<&SentOrder>,
        found: &'o [Diagnostic],
        language: Language,
    ) -> Self {
        let document = sent.map(|sent| sent.document.display().to_string());
        Self { head: Some(HeadObject::new(order)), document, ..Self::new(found, language) }
    }

    /// It is not, whether it could be or not.
    pub(crate) fn planned(
        proposal: &'o Proposal,
        estimate: Option<&'o Estimate>,
        found: &'o [Diagnostic],
        language: Language,
    ) -> Self {
        let planned = proposal.lines.iter().enumerate().map(|(place, line)| {
            let said = estimate.and_then(|estimate| estimate.lines.get(place));
            PlannedObject {
                number: line.number,
                basket_line: line.basket_line,
                reference: &line.reference,
                quantity: line.quantity,
                known_price: line.known_price.to_string(),
                unit_price: line.unit_price.to_string(),
                available: said.and_then(|said| said.is_available),
                estimated: said.and_then(|said| said.quantity),
                promised_date: said.and_then(|said| said.date).map(|day| day.to_string()),
            }
        });
        let planned_fees = estimate.map(|estimate| estimate.fees.to_string());
        Self { planned_lines: planned.collect(), planned_fees, ..Self::new(found, language) }
    }

    fn new(found: &'o [Diagnostic], language: Language) -> Self {
        Self {
            head: None,
            document: None,
            ready: !found.iter().any(Diagnostic::is_error),
            findings: found.iter().map(|fault| RefusedObject::new(fault, language)).collect(),
            planned_lines: Vec::new(),
            planned_fees: None,
        }
    }
}
