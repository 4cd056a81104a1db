//! `formats list` and `formats show`; `formats check` has its own file.
//!
//! What enters: nothing, or a name. What leaves: what is known, on standard output.
//! What is refused: a name that nobody knows.

use bordereau::diagnostic::{Exit, Result};
use bordereau::format::{Format, Registry};
use bordereau::model::Language;
use bordereau::report::escape;
use clap::{ArgMatches, Command};
use serde::Serialize;

use super::command::{Builder, Page};
use super::{Session, formats_check, out, texts};

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
        examples: None,
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
        builder.command("list", list, [builder.json()]),
        builder.command("show", show, [name]),
        formats_check::command(builder),
    ];
    builder.group("formats", page, commands)
}

/// Does what was typed.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    match matches.subcommand() {
        Some(("list", matches)) => list(matches, session),
        Some(("show", matches)) => show(matches, session),
        Some(("check", matches)) => formats_check::run(matches, session),
        // clap refuses a command line without a known command.
        _ => Ok(Exit::Usage),
    }
}

fn list(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    if matches.get_flag("json") {
        out::json("formats", Object::new(&registry))?;
    } else {
        out::data(&page(&registry, session.language))?;
    }
    Ok(Exit::Accepted)
}

fn show(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let name = matches.get_one::<String>("name").map(String::as_str).unwrap_or_default();
    let format = registry.format(name)?;
    out::data(registry.source(&format.name).unwrap_or_default())?;
    Ok(Exit::Accepted)
}

/// Formats and manufacturers for people.
fn page(registry: &Registry, language: Language) -> String {
    let title = |format: &Format| match language {
        Language::French => escape(&format.title.fr),
        Language::English => escape(&format.title.en),
    };
    let width = registry.formats().map(|format| format.name.chars().count()).max().unwrap_or(0);
    let formats = registry.formats().map(|format| {
        let supplier = format.supplier.as_deref().map(|supplier| {
            format!(" ({})", texts::FORMATS_SUPPLIER.with(language, &[("supplier", &escape(supplier))]))
        });
        format!("  {:width$}  {}{}", escape(&format.name), title(format), supplier.unwrap_or_default())
    });
    let manufacturers = registry.manufacturers().iter().map(|each| {
        let aliases: Vec<_> =
            each.aliases.iter().filter(|alias| **alias != each.name).map(|alias| escape(alias)).collect();
        let aliases = if aliases.is_empty() { String::new() } else { format!(" ({})", aliases.join(", ")) };
        format!("  {:>5}  {}{aliases}", each.id.to_string(), escape(&each.name))
    });
    let mut lines = vec![texts::FORMATS_TITLE.get(language).to_owned()];
    lines.extend(formats);
    lines.extend([String::new(), texts::MANUFACTURERS_TITLE.get(language).to_owned()]);
    lines.extend(manufacturers);
    lines.join("\n") + "\n"
}

#[derive(Serialize)]
struct Object<'r> {
    formats: Vec<FormatObject<'r>>,
    manufacturers: Vec<ManufacturerObject<'r>>,
}

#[derive(Serialize)]
struct FormatObject<'r> {
    name: &'r str,
    title: TitleObject<'r>,
    supplier: Option<&'r str>,
}

#[derive(Serialize)]
struct TitleObject<'r> {
    fr: &'r str,
    en: &'r str,
}

#[derive(Serialize)]
struct ManufacturerObject<'r> {
    id: u32,
    name: &'r str,
    aliases: &'r [String],
}

impl<'r> Object<'r> {
    fn new(registry: &'r Registry) -> Self {
        let formats = registry.formats().map(|format| FormatObject {
            name: &format.name,
            title: TitleObject { fr: &format.title.fr, en: &format.title.en },
            supplier: format.supplier.as_deref(),
        });
        let manufacturers = registry.manufacturers().iter().map(|each| ManufacturerObject {
            id: each.id.0,
            name: &each.name,
            aliases: &each.aliases,
        });
        Self { formats: formats.collect(), manufacturers: manufacturers.collect() }
    }
}
