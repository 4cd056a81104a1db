//! `basket edit`, `basket move` and `basket remove`: lines that wait are changed, all that are meant or none.
//!
//! What enters: which lines, and what is wished. What leaves: each line that changes with what stood there and what stands
//! there now, and a summary on standard error.
//! What is refused: lines that do not wait, a manufacturer who does not have the part; then nothing is changed.

use std::borrow::Cow;

use bordereau::catalogue::Catalogue;
use bordereau::diagnostic::{Exit, Result};
use bordereau::ledger::WaitingLine;
use bordereau::report::listing::{Column, Listing, Word};
use bordereau::report::{escape, text};
use bordereau::workspace::{AmendedLine, Amendment, LineEdit, Obstacle, Workspace};
use clap::{Arg, ArgMatches, Command};

use super::super::ask::{Ask as _, Choice, Item, Terminal};
use super::super::command::Builder;
use super::super::mistakes::missing;
use super::super::{Session, clock, out, texts};
use super::{Known, missing_one, page, quantity, refused, selecting, selection, totals, word};

/// What `edit` can be asked for; one at least.
const WISHES: [&str; 4] = ["quantity", "comment", "refresh-prices", "take-replacement"];

fn common(builder: Builder) -> [Arg; 2] {
    [builder.flag("dry-run", texts::HELP_DRY_RUN), builder.json()]
}

/// What can be typed after `edit`.
pub(super) fn command(builder: Builder) -> Command {
    let after = Some(texts::AFTER_BASKET_EDIT);
    let page = page(texts::ABOUT_BASKET_EDIT, texts::USAGE_BASKET_EDIT, texts::EXAMPLES_BASKET_EDIT, after);
    let arguments = [
        builder.option("quantity", texts::VALUE_NUMBER, texts::HELP_BASKET_EDIT_QUANTITY),
        builder.option("comment", texts::VALUE_TEXT, texts::HELP_BASKET_EDIT_COMMENT),
        builder.flag("refresh-prices", texts::HELP_BASKET_REFRESH_PRICES),
        builder.flag("take-replacement", texts::HELP_BASKET_TAKE_REPLACEMENT),
    ];
    let command = builder.command("edit", page, arguments).args(common(builder));
    selecting(builder, command)
}

/// What can be typed after `move`.
pub(super) fn move_command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_BASKET_MOVE, texts::USAGE_BASKET_MOVE, texts::EXAMPLES_BASKET_MOVE, None);
    let to = builder.option("to", texts::VALUE_MANUFACTURER, texts::HELP_BASKET_TO).required(true);
    selecting(builder, builder.command("move", page, [to]).args(common(builder)))
}

/// What can be typed after `remove`.
pub(super) fn remove_command(builder: Builder) -> Command {
    let page = page(texts::ABOUT_BASKET_REMOVE, texts::USAGE_BASKET_REMOVE, texts::EXAMPLES_BASKET_REMOVE, None);
    let yes = builder.flag("yes", texts::HELP_BASKET_YES);
    selecting(builder, builder.command("remove", page, [yes]).args(common(builder)))
}

/// Edits lines.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let edit = LineEdit {
        quantity: match word(matches, "quantity").map(|text| quantity(text, &registry)).transpose() {
            Ok(quantity) => quantity,
            Err(error) => return refused(error, session),
        },
        comment: word(matches, "comment").map(|text| text.trim().to_owned()),
        refresh_prices: matches.get_flag("refresh-prices"),
        take_replacement: matches.get_flag("take-replacement"),
    };
    if edit == LineEdit::default() {
        return Err(missing_one(&WISHES));
    }
    let mut workspace = session.needed_workspace(&registry)?;
    let needs_catalogue = edit.refresh_prices || edit.take_replacement;
    let catalogue = if needs_catalogue { workspace.catalogue()?.catalogue } else { Catalogue::default() };
    let filter = selection(matches, &Known { registry: &registry, workspace: &workspace, catalogue: None })?;
    let amendment = workspace.edit_lines(workspace.select_lines(&filter)?, &edit, &catalogue);
    finish(&mut workspace, &amendment, Shown::of_edit(&edit), matches, session)
}

/// Moves lines to the basket of another manufacturer.
pub(super) fn run_move(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let opened = workspace.catalogue()?;
    let known = Known { registry: &registry, workspace: &workspace, catalogue: Some(&opened) };
    let to = known.manufacturer(word(matches, "to").unwrap_or_default())?;
    let lines = workspace.select_lines(&selection(matches, &known)?)?;
    match workspace.move_lines(lines, to, &opened.catalogue, &registry) {
        Ok(amendment) => {
            finish(&mut workspace, &amendment, Shown { part: true, price: true, ..Shown::default() }, matches, session)
        }
        Err(error) => refused(error, session),
    }
}

/// Takes lines out of their baskets.
pub(super) fn run_remove(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let filter = selection(matches, &Known { registry: &registry, workspace: &workspace, catalogue: None })?;
    let lines = workspace.select_lines(&filter)?;
    if matches.get_flag("all") && !matches.get_flag("dry-run") && !is_sure(&lines, matches, session)? {
        return Ok(Exit::Accepted);
    }
    finish(&mut workspace, &Amendment::removing(lines), Shown::default(), matches, session)
}

/// Whether every basket is really to be emptied: somebody says so, now or on the command line.
fn is_sure(lines: &[WaitingLine], matches: &ArgMatches, session: &Session) -> Result<bool> {
    if lines.is_empty() || matches.get_flag("yes") {
        return Ok(true);
    }
    let language = session.language;
    let Ok(mut terminal) = Terminal::of("basket remove", language) else { return Err(missing("--yes")) };
    let choice = Choice {
        title: texts::BASKET_REMOVE_ALL.with(language, &[("lines", &lines.len().to_string())]),
        options: vec![Item::plain(text::NO.get(language)), Item::plain(text::YES.get(language))],
        first: 0,
        under: &|_| Vec::new(),
    };
    Ok(terminal.choose(&choice)? == Some(1))
}

/// Which columns people want to see.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a set of columns, asked for by name")]
struct Shown {
    quantity: bool,
    comment: bool,
    price: bool,
    part: bool,
}

impl Shown {
    fn of_edit(edit: &LineEdit) -> Self {
        Self {
            quantity: edit.quantity.is_some(),
            comment: edit.comment.is_some(),
            price: edit.refresh_prices || edit.take_replacement,
            part: edit.take_replacement,
        }
    }
}

/// Carries an amendment out, unless it is only tried, and tells what became of the lines.
fn finish(
    workspace: &mut Workspace,
    amendment: &Amendment<'_>,
    shown: Shown,
    matches: &ArgMatches,
    session: &Session,
) -> Result<Exit> {
    let language = session.language;
    let is_tried = matches.get_flag("dry-run");
    if !is_tried {
        workspace.carry_out(amendment, &clock::stamp()?)?;
    }
    let list = listing(amendment, shown);
    if matches.get_flag("json") {
        out::stream(|out| list.write_json(out))?;
    } else if !list.is_empty() {
        out::stream(|out| list.write_table(out, out::width(), language))?;
    }
    let (before, after) = amendment.totals();
    let counts = [("changed", amendment.changed().to_string()), ("meant", amendment.lines.len().to_string())];
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    let mut said = vec![texts::BASKET_CHANGED.with(language, &counts)];
    if before != after {
        let (before, after) = (totals(before, language), totals(after, language));
        said.push(texts::BASKET_FROM_TO.with(language, &[("before", &before), ("after", &after)]));
    }
    said.extend(is_tried.then(|| texts::BASKET_NOTHING_WRITTEN.get(language).to_owned()));
    out::talk(&said.iter().map(|line| escape(line) + "\n").collect::<String>());
    let is_hindered = amendment.lines.iter().any(|amended| amended.obstacle.is_some());
    Ok(if is_hindered { Exit::Partial } else { Exit::Accepted })
}

/// The lines that change, and those that something stands against.
fn listing<'r>(amendment: &'r Amendment<'r>, shown: Shown) -> Listing<&'r AmendedLine<'r>> {
    type Of<'r> = Column<&'r AmendedLine<'r>>;

    let rows: Vec<_> =
        amendment.lines.iter().filter(|amended| !amended.changes.is_empty() || amended.obstacle.is_some()).collect();
    let is_hindered = rows.iter().any(|amended| amended.obstacle.is_some());
    let columns = [
        Of::number("line", texts::COLUMN_LINE, |row| Some(row.line.id.0)),
        Of::number("manufacturer", texts::COLUMN_MANUFACTURER, |row| Some(row.line.manufacturer.0.into())),
        Of::text("reference", texts::COLUMN_REFERENCE, |row| Some(Cow::Borrowed(&row.line.reference))),
        Of::text("label", texts::COLUMN_LABEL, |row| Some(Cow::Borrowed(&row.line.label))),
        Of::number("new_manufacturer", texts::COLUMN_NEW_MANUFACTURER, |row| Some(row.part().0.0.into()))
            .usual_if(shown.part),
        Of::text("new_reference", texts::COLUMN_NEW_REFERENCE, |row| Some(Cow::Borrowed(row.part().1)))
            .usual_if(shown.part),
        Of::number("quantity", texts::COLUMN_QUANTITY, |row| i64::try_from(row.line.quantity).ok()),
        Of::number("new_quantity", texts::COLUMN_NEW_QUANTITY, |row| i64::try_from(row.quantity()).ok())
            .usual_if(shown.quantity),
        Of::money("unit_price", texts::COLUMN_UNIT_PRICE, |row| Some(row.line.unit_price)),
        Of::money("new_unit_price", texts::COLUMN_NEW_PRICE, |row| Some(row.unit_price())).usual_if(shown.price),
        Of::text("comment", texts::COLUMN_COMMENT, |row| Some(Cow::Borrowed(&row.line.comment)))
            .usual_if(shown.comment),
        Of::text("new_comment", texts::COLUMN_NEW_COMMENT, |row| Some(Cow::Borrowed(row.comment())))
            .usual_if(shown.comment),
        Of::flag("removed", texts::COLUMN_REMOVED, |row| Some(row.is_removed())).unusual(),
        Of::word("obstacle", texts::COLUMN_OBSTACLE, |row| row.obstacle.map(obstacle)).usual_if(is_hindered),
    ];
    Listing::new("basket-changes", columns, rows)
}

fn obstacle(obstacle: Obstacle) -> Word {
    match obstacle {
        Obstacle::PartGone => Word { name: "not_in_catalogue", text: texts::LINE_NOT_IN_CATALOGUE },
        Obstacle::NoReplacement => Word { name: "no_replacement", text: texts::LINE_NO_REPLACEMENT },
        Obstacle::NotAuthorised => Word { name: "not_authorised", text: texts::LINE_NOT_AUTHORISED },
    }
}
