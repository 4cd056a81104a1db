//! `morning`: the sheet of the morning.
//!
//! What enters: a workspace, perhaps another beginning of the night. What leaves: the sheet as text, as a page, as JSON, by mail.
//! What is refused: a beginning that is no day or moment, or lies in the future; `--mail` when nobody is named.

use std::io::Write as _;
use std::path::PathBuf;

use bordereau::diagnostic::{Error, Exit, Result};
use bordereau::format::Registry;
use bordereau::model::{Day, DayTime, Moment, TimeOfDay};
use bordereau::notification::{self, NotifyRequest};
use bordereau::pipeline::write_file;
use bordereau::report::{MorningObject, MorningSheet, escape, morning_html, render_morning};
use bordereau::workspace::Workspace;
use clap::{ArgMatches, Command, value_parser};

use super::command::{Builder, Page};
use super::mistakes::invalid;
use super::{Session, clock, out, signals, texts, values};

/// How wide the sheet is where nobody says how wide the terminal is.
const WIDTH: usize = 80;

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_MORNING,
        usage: texts::USAGE_MORNING,
        examples: Some(texts::EXAMPLES_MORNING),
        after: Some(texts::AFTER_MORNING),
        exit_codes: false,
    };
    let arguments = [
        builder.option("since", texts::VALUE_MOMENT, texts::HELP_MORNING_SINCE),
        builder.flag("last-night", texts::HELP_MORNING_LAST_NIGHT).conflicts_with("since"),
        builder.option("html", texts::VALUE_FILE, texts::HELP_MORNING_HTML).value_parser(value_parser!(PathBuf)),
        builder.flag("mail", texts::HELP_MORNING_MAIL),
        builder.json(),
    ];
    builder.command("morning", page, arguments)
}

/// Shows the sheet, writes it, sends it.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let workspace = session.needed_workspace(&registry)?;
    let now = clock::now()?;
    let since = matches.get_one::<String>("since").map(|text| moment(text, now, &registry)).transpose()?;
    let sheet = workspace.morning_sheet(since, now, &registry)?;
    let language = session.language;
    let path = matches.get_one::<PathBuf>("html");
    let (is_json, is_mailed) = (matches.get_flag("json"), matches.get_flag("mail"));
    if let Some(path) = path {
        let page = morning_html(&sheet, language);
        if path.as_os_str() == "-" {
            out::data(&page)?;
        } else {
            write_file(path, workspace.is_synced(), |file| file.write_all(page.as_bytes()))?;
        }
    }
    if is_json {
        out::json("morning", MorningObject::of(&sheet))?;
    } else if path.is_none() && !is_mailed {
        out::data(&render_morning(&sheet, out::width().unwrap_or(WIDTH), language))?;
    }
    if is_mailed { mail(&workspace, &sheet, &registry, session) } else { Ok(Exit::Accepted) }
}

/// Sends the sheet to those whom the settings name.
fn mail(workspace: &Workspace, sheet: &MorningSheet, registry: &Registry, session: &Session) -> Result<Exit> {
    let stop = signals::listen(session.language);
    let request = NotifyRequest { limit: None, language: session.language, registry, now: &clock::now, stop: &stop };
    let announced = notification::announce_morning(workspace, sheet, &request)?;
    announced.errors.iter().for_each(|error| session.say(error));
    for recipient in &announced.delivered {
        let recipient = escape(&recipient.to_string());
        out::talk(&(texts::MORNING_SENT.with(session.language, &[("recipient", &recipient)]) + "\n"));
    }
    Ok(announced.errors.iter().map(Error::exit).fold(Exit::Accepted, Exit::worst))
}

/// A day, a time of it by our own clocks, or a moment.
fn moment(text: &str, now: Moment, registry: &Registry) -> Result<Moment> {
    const FORMS: &str = "2026-03-03, 03/03/2026, 2026-03-03T18:00";
    let refused = || invalid("--since", text, Some(FORMS));
    let zone = registry.clocks()?;
    let of_day = |day: Day, time| zone.moment(day, time);
    let local = || {
        let at = DayTime::parse_iso(text.as_bytes())?;
        let (hour, minute) = at.time();
        of_day(at.day(), TimeOfDay::new(hour.into(), minute.into(), 0)?)
    };
    let day = || of_day(values::day("--since", text).ok()?, TimeOfDay::default());
    let found = Moment::parse(text).or_else(local).or_else(day).ok_or_else(refused)?;
    if found > now { Err(refused()) } else { Ok(found) }
}
