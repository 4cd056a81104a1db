//! `catalogue find`: parts by a piece of their reference, words of their label, or their bar code.
//!
//! What enters: a text, filters, a catalogue. What leaves: a list of parts, the likeliest first.
//! What is refused: a manufacturer that nobody knows. That nothing is found is the result, told by the exit code.

use std::borrow::Cow;

use bordereau::catalogue::{Catalogue, Part, Search, Status};
use bordereau::diagnostic::{Arguments, Code, Error, Exit, Result};
use bordereau::format::{Registry, Resolution, nearest};
use bordereau::model::ManufacturerId;
use bordereau::report::escape;
use bordereau::report::listing::{Column, Listing, Word};
use clap::{ArgAction, ArgMatches, Command};

use super::catalogue::open;
use super::command::{Builder, Page};
use super::{Session, listing, out, texts};

/// A terminal that is narrower shows the first columns only.
const WIDE: usize = 120;

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CATALOGUE_FIND,
        usage: texts::USAGE_CATALOGUE_FIND,
        examples: Some(texts::EXAMPLES_CATALOGUE_FIND),
        after: Some(texts::AFTER_CATALOGUE_FIND),
        exit_codes: false,
    };
    let arguments = [
        builder.positional("text", texts::VALUE_TEXT, texts::HELP_FIND_TEXT).action(ArgAction::Append),
        builder.catalogue(),
        builder
            .option("manufacturer", texts::VALUE_MANUFACTURER, texts::HELP_FIND_MANUFACTURER)
            .action(ArgAction::Append),
        builder.flag("available", texts::HELP_FIND_AVAILABLE),
        builder.flag("discontinued", texts::HELP_FIND_DISCONTINUED),
        builder.flag("replaced", texts::HELP_FIND_REPLACED),
    ];
    listing::command(builder, builder.command("find", page, arguments))
}

/// A part that was found.
struct Found<'c> {
    part: Part<'c>,
    manufacturer: Option<&'c str>,
}

/// Finds parts.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let catalogue = open(matches, session, &registry)?;
    let words: Vec<_> = matches.get_many::<String>("text").into_iter().flatten().map(String::as_str).collect();
    let text = Some(words.join(" ")).filter(|_| !words.is_empty());
    let search = Search {
        text,
        manufacturers: manufacturers(matches, &registry, &catalogue)?,
        is_available: matches.get_flag("available"),
        is_discontinued: matches.get_flag("discontinued"),
        is_replaced: matches.get_flag("replaced"),
    };
    let found = catalogue.search(&search).into_iter().map(|id| {
        let part = catalogue.part(id);
        Found { manufacturer: registry.manufacturer_name(part.manufacturer), part }
    });
    let list = Listing::new("catalogue-parts", columns(out::width()), found.collect());
    let is_empty = list.is_empty();
    listing::show(list, "catalogue find", matches, session)?;
    if !is_empty {
        return Ok(Exit::Accepted);
    }
    if let Some(reference) = search.text.as_deref().and_then(|text| nearest_reference(text, &catalogue, &registry)) {
        let said = texts::FIND_NEAREST.with(session.language, &[("reference", &escape(reference))]);
        out::talk(&format!("{said}\n"));
    }
    Ok(Exit::Partial)
}

/// Whose parts are wanted; a name of several manufacturers means all of them.
fn manufacturers(matches: &ArgMatches, registry: &Registry, catalogue: &Catalogue) -> Result<Vec<ManufacturerId>> {
    let mut wanted = Vec::new();
    for name in matches.get_many::<String>("manufacturer").into_iter().flatten() {
        // A catalogue may know numbers that nobody has given a name.
        let known = ManufacturerId::parse(name.trim().as_bytes()).filter(|id| catalogue.manufacturers().contains(id));
        match (known, registry.manufacturer(name)) {
            (Some(id), _) | (None, Resolution::One(id)) => wanted.push(id),
            (None, Resolution::Several(ids)) => wanted.extend(ids),
            (None, Resolution::None { suggestion }) => {
                let arguments = Arguments::none().with("name", name);
                let arguments =
                    suggestion.into_iter().fold(arguments, |arguments, near| arguments.with("suggestion", near));
                return Err(Error::new(Code::SupplierUnknown, arguments));
            }
        }
    }
    Ok(wanted)
}

/// The reference that was probably meant, if the text looks like one.
fn nearest_reference<'c>(text: &str, catalogue: &'c Catalogue, registry: &Registry) -> Option<&'c str> {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let slip = catalogue.suggest(text, registry.longest_reference()).map(|part| catalogue.part(part).reference);
    slip.or_else(|| nearest(text, catalogue.parts().map(|part| catalogue.part(part).reference)))
}

/// What can be shown of a part.
fn columns<'c>(width: Option<usize>) -> [Column<Found<'c>>; 14] {
    type Of<'c> = Column<Found<'c>>;

    let is_wide = width.is_none_or(|width| width >= WIDE);
    [
        Of::number("manufacturer_id", texts::FIND_MANUFACTURER_ID, |found| Some(found.part.manufacturer.0.into()))
            .unusual(),
        Of::text("manufacturer_name", texts::PART_MANUFACTURER, |found| {
            Some(found.manufacturer.map_or_else(|| found.part.manufacturer.to_string().into(), Cow::from))
        }),
        Of::text("reference", texts::FIND_REFERENCE, |found| Some(found.part.reference.into())).whole(),
        Of::text("label", texts::FIND_LABEL, |found| Some(found.part.label.into())),
        Of::money("unit_price", texts::FIND_PRICE, |found| Some(found.part.unit_price)),
        Of::flag("available", texts::FIND_AVAILABLE, |found| Some(found.part.available)),
        Of::text("replacement", texts::PART_REPLACED_BY, |found| found.part.replacement.map(Cow::from)).whole(),
        Of::text("ean", texts::PART_EAN, |found| found.part.ean.map(Cow::from)).whole().usual_if(is_wide),
        Of::number("pack_quantity", texts::FIND_PACK, |found| found.part.pack_quantity.map(i64::from))
            .usual_if(is_wide),
        Of::number("minimum_quantity", texts::FIND_MINIMUM, |found| found.part.minimum_quantity.map(i64::from))
            .usual_if(is_wide),
        Of::word("status", texts::FIND_STATUS, |found| Some(status_word(found.part.status))).unusual(),
        Of::money("core_deposit", texts::PART_CORE_DEPOSIT, |found| found.part.core_deposit).unusual(),
        Of::money("eco_contribution", texts::PART_ECO_CONTRIBUTION, |found| found.part.eco_contribution).unusual(),
        Of::day("price_date", texts::PART_PRICE_DATE, |found| found.part.price_date).unusual(),
    ]
}

fn status_word(status: Status) -> Word {
    let text = match status {
        Status::Active => texts::STATUS_ACTIVE,
        Status::Discontinued => texts::PART_DISCONTINUED,
    };
    Word { name: status.name(), text }
}
