//! `invoice`: draft invoices of manufacturers, and the service centre's own invoices for them.
//!
//! What enters: the monthly list of approved claims. What leaves: which claims are approved, missing, unknown or contradict what
//! is known; with the centre's invoice number the answer to the platform. What is refused: a number that is recorded already.

use std::path::PathBuf;

use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::ledger::{ApprovedClaim, EntryId, InvoiceBook as _, InvoiceEntry, Matched};
use bordereau::model::{Day, Language};
use bordereau::report::escape;
use bordereau::report::listing::{Column, Listing, Word};
use bordereau::workspace::{InvoiceLine, MatchedInvoice, Workspace};
use clap::{ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::entry::state_word;
use super::mistakes::invalid;
use super::order::{manufacturer_name, money, text};
use super::{Session, clock, convert, listing, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_INVOICE,
        usage: texts::USAGE_INVOICE,
        examples: Some(texts::EXAMPLES_INVOICE),
        after: None,
        exit_codes: false,
    };
    builder.group("invoice", page, [match_command(builder), list_command(builder), show_command(builder)])
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("match", matches)) => run_match(matches, session),
        Some(("list", matches)) => list(matches, session),
        Some(("show", matches)) => show(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

fn match_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_INVOICE_MATCH,
        usage: texts::USAGE_INVOICE_MATCH,
        examples: Some(texts::EXAMPLES_INVOICE_MATCH),
        after: Some(texts::AFTER_INVOICE_MATCH),
        exit_codes: true,
    };
    let file = builder.positional("file", texts::VALUE_FILE, texts::HELP_INVOICE_FILE);
    let arguments = [
        file.value_parser(value_parser!(PathBuf)).required(true),
        builder.option("draft", texts::VALUE_NUMBER_TEXT, texts::HELP_INVOICE_DRAFT).required(true),
        builder.option("manufacturer", texts::VALUE_NAME, texts::HELP_INVOICE_MANUFACTURER).short('m'),
        builder.option("month", texts::VALUE_MONTH, texts::HELP_INVOICE_MONTH),
        builder.option("invoice", texts::VALUE_NUMBER_TEXT, texts::HELP_INVOICE_NUMBER),
    ];
    let arguments = arguments.into_iter().chain(convert::table_arguments(builder));
    listing::command(builder, builder.command("match", page, arguments))
}

/// Compares a list with what is known, and records the invoice for it.
fn run_match(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let filled = |option: &str, name| match text(matches, name).map(str::trim) {
        Some("") => Err(invalid(option, "", None)),
        typed => Ok(typed),
    };
    let (number, invoice) = (filled("--draft", "draft")?.unwrap_or_default(), filled("--invoice", "invoice")?);
    let until = text(matches, "month").map(month_end).transpose()?;
    let settings = convert::settings(matches, "delimiter")?;
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let manufacturer = text(matches, "manufacturer").map(|name| registry.one_manufacturer(name)).transpose()?;
    let source = convert::source(matches);
    let draft = Workspace::read_draft_invoice(&source, number, manufacturer, until, &settings, &registry)?;
    let compared = match invoice {
        Some(invoice) => workspace.keep_invoice(draft, invoice, &registry, &clock::stamp()?)?,
        None => workspace.match_invoice(draft)?,
    };
    let (said, exit) = (page(&compared, invoice, session.language), exit(&compared));
    listing::show(lines(compared.lines), "invoice match", matches, session)?;
    out::talk(&said);
    Ok(exit)
}

/// The last day of `2026-02` or `02/2026`.
fn month_end(text: &str) -> Result<Day> {
    let read = || {
        let (year, month) = match (text.split_once('-'), text.split_once('/')) {
            (Some((year, month)), None) | (None, Some((month, year))) => (year.trim(), month.trim()),
            _ => return None,
        };
        let (year, month) = (year.parse().ok()?, month.parse().ok()?);
        (28..=31).rev().find_map(|day| Day::new(year, month, day))
    };
    read().ok_or_else(|| invalid("--month", text, Some("2026-02, 02/2026")))
}

/// What became of a line, in the words of people.
fn outcome_word(matched: Option<Matched>) -> Word {
    match matched {
        Some(Matched::Taken) => Word { name: "APPROVED", text: texts::INVOICE_APPROVED },
        Some(Matched::Known) => Word { name: "KNOWN", text: texts::INVOICE_KNOWN_ALREADY },
        Some(Matched::Unknown) => Word { name: "UNKNOWN", text: texts::ANSWER_UNKNOWN },
        Some(Matched::Contradicts) => Word { name: "CONTRADICTS", text: texts::ANSWER_CONTRADICTS },
        None => Word { name: "MISSING", text: texts::INVOICE_MISSING },
    }
}

fn lines(lines: Vec<InvoiceLine>) -> Listing<InvoiceLine> {
    type Of = Column<InvoiceLine>;

    let columns = [
        Of::number("line", texts::COLUMN_LINE, |row| i64::try_from(row.line?).ok()),
        Of::word("outcome", texts::COLUMN_OUTCOME, |row| Some(outcome_word(row.matched))),
        Of::number("number", texts::COLUMN_ENTRY, |row| Some(row.entry.as_ref()?.id.0)),
        Of::text("report_number", texts::COLUMN_REPORT, |row| Some(row.report_number.as_str().into())).whole(),
        Of::text("claim_id", texts::COLUMN_CLAIM_NUMBER, |row| Some(row.claim_number.as_str().into())).whole(),
        Of::word("status", texts::COLUMN_STATUS, |row| state_word(row.entry.as_ref()?)),
        Of::money("amount", texts::COLUMN_AMOUNT, |row| row.amount),
        Of::text("currency", texts::COLUMN_CURRENCY, |row| Some(row.currency.as_str().into())),
        Of::moment("transmitted_at", texts::COLUMN_TRANSMITTED, |row| row.entry.as_ref()?.transmitted_at).unusual(),
    ];
    Listing::new("invoice-match", columns, lines)
}

fn page(matched: &MatchedInvoice, invoice: Option<&str>, language: Language) -> String {
    let count = |outcome| matched.count(outcome).to_string();
    let counts = [
        ("draft", escape(&matched.draft.number)),
        ("approved", count(Some(Matched::Taken))),
        ("missing", count(None)),
        ("unknown", count(Some(Matched::Unknown))),
        ("contradicting", count(Some(Matched::Contradicts))),
        ("known", count(Some(Matched::Known))),
    ];
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    let mut text = texts::INVOICE_COUNTS.with(language, &counts) + "\n";
    if let Some((sum, currency)) = matched.approved() {
        let said = [("amount", &*money(sum, language)), ("currency", currency)];
        text += &(texts::INVOICE_SUM.with(language, &said) + "\n");
    }
    if let Some(invoice) = invoice {
        text += &(texts::INVOICE_RECORDED.with(language, &[("invoice", &escape(invoice))]) + "\n");
    }
    text
}

fn exit(matched: &MatchedInvoice) -> Exit {
    if matched.has_findings() { Exit::Partial } else { Exit::Accepted }
}

fn list_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_INVOICE_LIST,
        usage: texts::USAGE_INVOICE_LIST,
        examples: Some(texts::EXAMPLES_INVOICE_LIST),
        after: None,
        exit_codes: false,
    };
    listing::command(builder, builder.command("list", page, []))
}

/// An invoice with the name of its manufacturer.
struct Row {
    invoice: InvoiceEntry,
    manufacturer: String,
    amounts: String,
}

fn list(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<Row>;

    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let rows = workspace.ledger().invoices()?.into_iter().map(|invoice| Row {
        manufacturer: invoice.manufacturer.map(|id| manufacturer_name(&registry, id)).unwrap_or_default(),
        amounts: amounts(&invoice),
        invoice,
    });
    let columns = [
        Of::text("invoice", texts::COLUMN_INVOICE, |row| Some(row.invoice.invoice.as_str().into())).whole(),
        Of::text("draft_invoice", texts::COLUMN_DRAFT_INVOICE, |row| Some(row.invoice.draft.as_str().into())).whole(),
        Of::text("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.manufacturer.as_str().into())),
        Of::number("claims", texts::COLUMN_CLAIMS, |row| i64::try_from(row.invoice.claims).ok()),
        Of::number("approved", texts::COLUMN_APPROVED, |row| i64::try_from(row.invoice.approved).ok()),
        Of::text("amounts", texts::COLUMN_AMOUNT, |row| Some(row.amounts.as_str().into())).whole(),
        Of::moment("created_at", texts::COLUMN_CREATED, |row| Some(row.invoice.kept_at)),
        Of::text("created_by", texts::COLUMN_BY, |row| Some(row.invoice.kept_by.as_str().into())).unusual(),
        Of::text("file", texts::COLUMN_FILE, |row| Some(row.invoice.file.as_str().into())).unusual(),
    ];
    listing::show(Listing::new("invoices", columns, rows.collect()), "invoice list", matches, session)?;
    Ok(Exit::Accepted)
}

/// `120.50 EUR`, one for each currency.
fn amounts(invoice: &InvoiceEntry) -> String {
    invoice.amounts.iter().map(|(currency, amount)| format!("{amount} {currency}")).collect::<Vec<_>>().join(" + ")
}

fn show_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_INVOICE_SHOW,
        usage: texts::USAGE_INVOICE_SHOW,
        examples: Some(texts::EXAMPLES_INVOICE_SHOW),
        after: None,
        exit_codes: false,
    };
    let number = builder.positional("number", texts::VALUE_NUMBER_TEXT, texts::HELP_INVOICE_WHICH).required(true);
    listing::command(builder, builder.command("show", page, [number]))
}

/// A claim of an invoice.
struct ClaimRow {
    claim: ApprovedClaim,
    matched: Matched,
    entry: Option<EntryId>,
}

/// Shows the claims of an invoice, by its number or by that of its draft.
fn show(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of = Column<ClaimRow>;

    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let invoice = found(&workspace, text(matches, "number").unwrap_or_default())?;
    let rows = workspace.ledger().approved_claims(&invoice.draft)?.into_iter();
    let rows = rows.map(|(claim, matched, entry)| ClaimRow { claim, matched, entry });
    let columns = [
        Of::number("line", texts::COLUMN_LINE, |row| i64::try_from(row.claim.line).ok()),
        Of::word("outcome", texts::COLUMN_OUTCOME, |row| Some(outcome_word(Some(row.matched)))),
        Of::number("number", texts::COLUMN_ENTRY, |row| row.entry.map(|id| id.0)),
        Of::text("report_number", texts::COLUMN_REPORT, |row| Some(row.claim.report_number.as_str().into())).whole(),
        Of::text("claim_id", texts::COLUMN_CLAIM_NUMBER, |row| Some(row.claim.claim_number.as_str().into())).whole(),
        Of::money("amount", texts::COLUMN_AMOUNT, |row| Some(row.claim.amount)),
        Of::text("currency", texts::COLUMN_CURRENCY, |row| Some(row.claim.currency.as_str().into())),
    ];
    let said = [
        ("invoice", escape(&invoice.invoice)),
        ("draft", escape(&invoice.draft)),
        ("moment", invoice.kept_at.to_string()),
        ("amounts", amounts(&invoice)),
    ];
    let said = said.each_ref().map(|(name, value)| (*name, value.as_str()));
    listing::show(Listing::new("invoice", columns, rows.collect()), "invoice show", matches, session)?;
    out::talk(&(texts::INVOICE_TITLE.with(session.language, &said) + "\n"));
    Ok(Exit::Accepted)
}

fn found(workspace: &Workspace, number: &str) -> Result<InvoiceEntry> {
    let number = number.trim();
    let mut invoices = workspace.ledger().invoices()?.into_iter();
    let found = invoices.find(|invoice| invoice.invoice == number || invoice.draft == number);
    found.ok_or_else(|| Error::new(Code::InvoiceUnknown, Arguments::none().with("number", number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_with_its_last_day() {
        for (text, day) in [("2026-02", "2026-02-28"), ("02/2028", "2028-02-29"), ("2026-12", "2026-12-31")] {
            assert_eq!(month_end(text).unwrap().to_string(), day);
        }
        for text in ["", "2026", "2026-13", "02-2026", "2026/02", "février"] {
            assert!(month_end(text).is_err(), "{text}");
        }
    }
}
