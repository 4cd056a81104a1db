//! `formats list`, `formats manufacturers` and `formats show`; `formats check` has its own file.
//!
//! What enters: nothing, or a name. What leaves: what is known, on standard output.
//! What is refused: a name that nobody knows.

use std::borrow::Cow;

use bordereau::diagnostic::{Exit, Result};
use bordereau::format::{ExportFormat, Format, Localised, Manufacturer};
use bordereau::model::Language;
use bordereau::report::listing::{Column, Listing, Word};
use clap::{ArgMatches, Command};

use super::command::{Builder, Page};
use super::{Session, formats_check, listing, out, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_FORMATS,
        usage: texts::USAGE_FORMATS,
        examples: Some(texts::EXAMPLES_FORMATS),
        after: None,
        exit_codes: false,
    };
    let list = Page {
        about: texts::ABOUT_FORMATS_LIST,
        usage: texts::USAGE_FORMATS_LIST,
        examples: Some(texts::EXAMPLES_FORMATS_LIST),
        after: None,
        exit_codes: false,
    };
    let manufacturers = Page {
        about: texts::ABOUT_FORMATS_MANUFACTURERS,
        usage: texts::USAGE_FORMATS_MANUFACTURERS,
        examples: Some(texts::EXAMPLES_FORMATS_MANUFACTURERS),
        after: None,
        exit_codes: false,
    };
    let show = Page {
        about: texts::ABOUT_FORMATS_SHOW,
        usage: texts::USAGE_FORMATS_SHOW,
        examples: Some(texts::EXAMPLES_FORMATS_SHOW),
        after: None,
        exit_codes: false,
    };
    let name = builder.positional("name", texts::VALUE_NAME, texts::HELP_FORMAT_NAME).required(true);
    let commands = [
        listing::command(builder, builder.command("list", list, [])),
        listing::command(builder, builder.command("manufacturers", manufacturers, [])),
        builder.command("show", show, [name]),
        formats_check::command(builder),
    ];
    builder.group("formats", page, commands)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("list", matches)) => list(matches, session),
        Some(("manufacturers", matches)) => manufacturers(matches, session),
        Some(("show", matches)) => show(matches, session),
        Some(("check", matches)) => formats_check::run(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

/// A format in the list: of files that are read, or of lists that are written.
struct Entry<'r> {
    name: &'r str,
    title: &'r Localised,
    purpose: Word,
    supplier: Option<&'r str>,
}

impl<'r> From<&'r Format> for Entry<'r> {
    fn from(format: &'r Format) -> Self {
        let purpose = Word { name: "import", text: texts::FORMAT_IMPORT };
        Self { name: &format.name, title: &format.title, purpose, supplier: format.supplier.as_deref() }
    }
}

impl<'r> From<&'r ExportFormat> for Entry<'r> {
    fn from(format: &'r ExportFormat) -> Self {
        let purpose = Word { name: "export", text: texts::FORMAT_EXPORT };
        Self { name: &format.name, title: &format.title, purpose, supplier: None }
    }
}

fn list(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of<'r> = Column<Entry<'r>>;

    let registry = session.registry()?;
    let rows: Vec<_> = registry.formats().map(Entry::from).chain(registry.export_formats().map(Entry::from)).collect();
    let is_french = session.language == Language::French;
    let columns = [
        Of::text("name", texts::FORMAT_NAME, |entry| Some(entry.name.into())),
        Of::text("title_fr", texts::FORMAT_TITLE_FR, |entry| Some(entry.title.fr.as_str().into())).usual_if(is_french),
        Of::text("title_en", texts::FORMAT_TITLE_EN, |entry| Some(entry.title.en.as_str().into())).usual_if(!is_french),
        Of::word("use", texts::FORMAT_USE, |entry| Some(entry.purpose)),
        Of::text("supplier", texts::FORMAT_SUPPLIER, |entry| entry.supplier.map(Cow::from)),
    ];
    listing::show(Listing::new("formats", columns, rows), "formats list", matches, session)?;
    Ok(Exit::Accepted)
}

fn manufacturers(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    type Of<'r> = Column<&'r Manufacturer>;

    let registry = session.registry()?;
    let rows: Vec<_> = registry.manufacturers().iter().collect();
    let columns = [
        Of::number("id", texts::MANUFACTURER_ID, |each| Some(i64::from(each.id.0))),
        Of::text("name", texts::MANUFACTURER_NAME, |each| Some(each.name.as_str().into())),
        Of::text("aliases", texts::MANUFACTURER_ALIASES, |each| {
            let others = each.aliases.iter().filter(|alias| **alias != each.name);
            Some(others.map(String::as_str).collect::<Vec<_>>().join(", ").into())
        }),
    ];
    listing::show(Listing::new("manufacturers", columns, rows), "formats manufacturers", matches, session)?;
    Ok(Exit::Accepted)
}

fn show(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let name = matches.get_one::<String>("name").map(String::as_str).unwrap_or_default();
    out::data(registry.source(name)?)?;
    Ok(Exit::Accepted)
}
