//! `catalogue show`: everything that is known of a reference.
//!
//! What enters: a reference and a catalogue. What leaves: the parts that bear it, at every manufacturer, each with the
//! chain of its replacements. What is refused: a reference that nobody knows, with the one that was probably meant.

use bordereau::catalogue::{Catalogue, Part, PartId, Status};
use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::format::Registry;
use bordereau::model::{Language, Money};
use bordereau::report::escape;
use bordereau::report::listing::Word;
use bordereau::report::text::Text;
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::command::{Builder, Page};
use super::{Session, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CATALOGUE_SHOW,
        usage: texts::USAGE_CATALOGUE_SHOW,
        examples: Some(texts::EXAMPLES_CATALOGUE_SHOW),
        after: Some(texts::AFTER_CATALOGUE_SHOW),
        exit_codes: false,
    };
    let reference = builder.positional("reference", texts::VALUE_REFERENCE, texts::HELP_REFERENCE).required(true);
    builder.command("show", page, [reference, builder.catalogue(), builder.json()])
}

/// Shows the reference.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let reference = matches.get_one::<String>("reference").map(String::as_str).unwrap_or_default();
    let registry = session.registry()?;
    let catalogue = super::catalogue::open(matches, session, &registry)?;
    let first = catalogue.find_text(reference);
    let parts: Vec<_> = first.into_iter().flat_map(|first| catalogue.bearers(first)).collect();
    let suggestion = if parts.is_empty() { catalogue.suggest(reference, registry.longest_reference()) } else { None };
    let suggestion = suggestion.map(|part| catalogue.part(part).reference);
    if matches.get_flag("json") {
        let parts = parts.iter().map(|part| PartObject::new(&catalogue, *part, &registry)).collect();
        out::json("catalogue-part", Object { reference, suggestion, parts })?;
    } else {
        let pages: Vec<_> = parts.iter().map(|part| page(&catalogue, *part, &registry, session.language)).collect();
        out::data(&pages.join("\n"))?;
    }
    if parts.is_empty() {
        let arguments = Arguments::none();
        let arguments = match suggestion {
            Some(suggestion) => arguments.with("suggestion", suggestion),
            None => arguments,
        };
        session.say(&Error::new(Code::RefUnknown, arguments));
        return Ok(Exit::Partial);
    }
    Ok(Exit::Accepted)
}

/// The parts that replace one another after this one, and whether they go round in a circle.
fn chain(catalogue: &Catalogue, part: PartId) -> (Vec<PartId>, bool) {
    let mut chain = vec![part];
    while let Some(next) = chain.last().and_then(|last| catalogue.replacement(*last)) {
        let circle = chain.contains(&next);
        chain.push(next);
        if circle {
            return (chain, true);
        }
    }
    (chain, false)
}

/// One part for people.
fn page(catalogue: &Catalogue, id: PartId, registry: &Registry, language: Language) -> String {
    let part = catalogue.part(id);
    let name = |part: &Part<'_>| format!("{}  {}", escape(part.reference), escape(part.label));
    let (chain, circle) = chain(catalogue, id);
    let replaced = texts::PART_REPLACED_BY.get(language);
    let mut rows = facts(&part, registry, language);
    rows.extend(chain[1..].iter().map(|next| (replaced, name(&catalogue.part(*next)))));
    if circle {
        rows.push(("", texts::PART_REPLACEMENT_CIRCLE.get(language).to_owned()));
    } else if let Some(unknown) = chain.last().and_then(|last| catalogue.part(*last).replacement) {
        rows.push((replaced, format!("{} ({})", escape(unknown), texts::PART_REPLACEMENT_UNKNOWN.get(language))));
    }
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let lines = rows.iter().map(|(name, value)| format!("  {name:width$}  {value}\n"));
    std::iter::once(name(&part) + "\n").chain(lines).collect()
}

/// What is known of a part: names and values.
fn facts(part: &Part<'_>, registry: &Registry, language: Language) -> Vec<(&'static str, String)> {
    let answer = |is_yes| Word::answer(is_yes).text.get(language).to_owned();
    let name = registry.manufacturer_name(part.manufacturer).map(|name| format!(" ({})", escape(name)));
    let name = name.unwrap_or_default();
    let rows: [(Text, Option<String>); 10] = [
        (texts::PART_MANUFACTURER, Some(format!("{}{name}", part.manufacturer))),
        (texts::PART_PRICE, Some(money(part.unit_price, language))),
        (texts::PART_PRICE_DATE, part.price_date.map(|day| day.to_string())),
        (texts::PART_AVAILABLE, Some(answer(part.available))),
        (texts::PART_DISCONTINUED, (part.status == Status::Discontinued).then(|| answer(true))),
        (texts::PART_PACK, part.pack_quantity.map(|number| number.to_string())),
        (texts::PART_MINIMUM, part.minimum_quantity.map(|number| number.to_string())),
        (texts::PART_CORE_DEPOSIT, part.core_deposit.map(|amount| money(amount, language))),
        (texts::PART_ECO_CONTRIBUTION, part.eco_contribution.map(|amount| money(amount, language))),
        (texts::PART_EAN, part.ean.map(escape)),
    ];
    rows.into_iter().filter_map(|(name, value)| Some((name.get(language), value?))).collect()
}

/// An amount for people.
pub(crate) fn money(amount: Money, language: Language) -> String {
    let mut text = Vec::new();
    amount.write(&mut text, if language == Language::French { b',' } else { b'.' });
    String::from_utf8_lossy(&text).into_owned()
}

#[derive(Serialize)]
struct Object<'c> {
    reference: &'c str,
    suggestion: Option<&'c str>,
    parts: Vec<PartObject<'c>>,
}

#[derive(Serialize)]
struct PartObject<'c> {
    manufacturer: u32,
    manufacturer_name: Option<&'c str>,
    reference: &'c str,
    label: &'c str,
    unit_price: String,
    price_date: Option<String>,
    available: bool,
    status: &'static str,
    replacement: Option<&'c str>,
    replacement_chain: Vec<&'c str>,
    replacement_circle: bool,
    pack_quantity: Option<u32>,
    minimum_quantity: Option<u32>,
    core_deposit: Option<String>,
    eco_contribution: Option<String>,
    ean: Option<&'c str>,
}

impl<'c> PartObject<'c> {
    fn new(catalogue: &'c Catalogue, id: PartId, registry: &'c Registry) -> Self {
        let part = catalogue.part(id);
        let (chain, circle) = chain(catalogue, id);
        Self {
            manufacturer: part.manufacturer.0,
            manufacturer_name: registry.manufacturer_name(part.manufacturer),
            reference: part.reference,
            label: part.label,
            unit_price: part.unit_price.to_string(),
            price_date: part.price_date.map(|day| day.to_string()),
            available: part.available,
            status: part.status.name(),
            replacement: part.replacement,
            replacement_chain: chain[1..].iter().map(|part| catalogue.part(*part).reference).collect(),
            replacement_circle: circle,
            pack_quantity: part.pack_quantity,
            minimum_quantity: part.minimum_quantity,
            core_deposit: part.core_deposit.map(|amount| amount.to_string()),
            eco_contribution: part.eco_contribution.map(|amount| amount.to_string()),
            ean: part.ean,
        }
    }
}
