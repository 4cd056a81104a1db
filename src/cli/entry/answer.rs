//! `claim answer`: what manufacturers say of claims that were transmitted.
//!
//! What enters: a file of answers. What leaves: what became of each, and the manufacturer's words as they came.
//! What is refused: a file that cannot be read, an answer that is an error; then nothing is taken.

use std::path::PathBuf;

use bordereau::diagnostic::{Diagnostic, Exit, Result};
use bordereau::ledger::{EntryBook as _, EntryId, Matched};
use bordereau::model::Language;
use bordereau::report::escape;
use bordereau::report::listing::{Column, Listing, Word};
use bordereau::workspace::Workspace;
use bordereau::workspace::entry::{AnsweredClaim, ClaimAnswers};
use clap::{ArgMatches, Command, value_parser};

use super::super::command::{Builder, Page};
use super::super::order::findings;
use super::super::{Session, clock, convert, out, texts};
use super::show::remark_line;
use super::{claim_word, state_word};

/// What can be typed.
pub(super) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_CLAIM_ANSWER,
        usage: texts::USAGE_CLAIM_ANSWER,
        examples: Some(texts::EXAMPLES_CLAIM_ANSWER),
        after: Some(texts::AFTER_CLAIM_ANSWER),
        exit_codes: true,
    };
    let file = builder.positional("file", texts::VALUE_FILE, texts::HELP_CLAIM_ANSWER);
    let file = file.value_parser(value_parser!(PathBuf)).required(true);
    let claim = builder.option("claim", texts::VALUE_NUMBER, texts::HELP_ANSWER_CLAIM);
    let claim = claim.value_parser(value_parser!(i64).range(1..));
    let arguments = [file, claim].into_iter().chain(convert::table_arguments(builder));
    let arguments = arguments.chain([builder.flag("dry-run", texts::HELP_DRY_RUN), builder.json()]);
    builder.command("answer", page, arguments)
}

/// Takes answers in.
pub(super) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let settings = convert::settings(matches, "delimiter")?;
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let is_tried = matches.get_flag("dry-run");
    let source = convert::source(matches);
    let claim = matches.get_one::<i64>("claim").copied().map(EntryId);
    let answers = workspace.take_claim_answers(&source, &settings, claim, is_tried, &registry, &clock::stamp()?)?;
    let language = session.language;
    let list = listing(&answers);
    if matches.get_flag("json") {
        out::stream(|out| list.write_json(out))?;
    } else {
        out::stream(|out| list.write_table(out, out::width(), language))?;
    }
    let mut found: Vec<_> = answers.faults.clone();
    found.extend(
        answers
            .claims
            .iter()
            .filter_map(|claim| finding(claim, &workspace, language).transpose())
            .collect::<Result<Vec<_>>>()?,
    );
    found.sort_by_key(|finding| finding.line);
    out::talk(&findings(&found, true, language));
    out::talk(&page(&answers, is_tried, language));
    Ok(answers.exit())
}

/// What became of an answer, in the words of people.
const fn matched_word(matched: Matched) -> Word {
    let text = match matched {
        Matched::Taken => texts::ANSWER_TAKEN,
        Matched::Known => texts::ANSWER_KNOWN,
        Matched::Unknown => texts::ANSWER_UNKNOWN,
        Matched::Contradicts => texts::ANSWER_CONTRADICTS,
    };
    Word { name: matched.name(), text }
}

fn listing(answers: &ClaimAnswers) -> Listing<&AnsweredClaim> {
    type Of<'a> = Column<&'a AnsweredClaim>;

    let columns = [
        Of::number("line", texts::COLUMN_LINE, |row| i64::try_from(row.line).ok()),
        Of::number("number", texts::COLUMN_ENTRY, |row| row.entry.map(|id| id.0)),
        Of::text("report_number", texts::COLUMN_REPORT, |row| Some(row.said.report_number.as_str().into())).whole(),
        Of::text("claim_number", texts::COLUMN_CLAIM_NUMBER, |row| Some(row.said.answer.claim_number.as_str().into()))
            .whole(),
        Of::text("said", texts::COLUMN_ANSWER, |row| Some(row.said.answer.status.as_str().into())).whole(),
        Of::word("outcome", texts::COLUMN_OUTCOME, |row| Some(matched_word(row.matched))),
        Of::number("remarks", texts::COLUMN_REMARKS, |row| i64::try_from(row.said.answer.remarks.len()).ok()),
    ];
    Listing::new("claim-answers", columns, answers.claims.iter().collect())
}

/// What is wrong with an answer, if anything.
fn finding(claim: &AnsweredClaim, workspace: &Workspace, language: Language) -> Result<Option<Diagnostic>> {
    let answer = &claim.said.answer;
    let (Matched::Contradicts, Some(id)) = (claim.matched, claim.entry) else { return Ok(claim.unknown()) };
    let entry = workspace.ledger().entry(id)?;
    let state = entry.as_ref().and_then(state_word).map_or("", |word| word.text.get(language));
    let said = bordereau::model::ClaimStatus::from_name(&answer.status).map(claim_word);
    Ok(claim.contradiction(state, said.map_or(answer.status.as_str(), |word| word.text.get(language))))
}

/// What became of a file of answers.
fn page(answers: &ClaimAnswers, is_tried: bool, language: Language) -> String {
    let mut text = String::new();
    for claim in answers.claims.iter().filter(|claim| !claim.said.answer.remarks.is_empty()) {
        let name = if claim.said.report_number.is_empty() {
            &claim.said.answer.claim_number
        } else {
            &claim.said.report_number
        };
        text += &(texts::ANSWER_REMARKS_OF.with(language, &[("report", &escape(name))]) + "\n");
        text.extend(claim.said.answer.remarks.iter().map(remark_line));
    }
    if !answers.message.is_empty() {
        let said = if answers.is_error { texts::ANSWER_SAYS_ERROR } else { texts::ANSWER_SAYS };
        text += &(said.with(language, &[("message", &escape(&answers.message))]) + "\n");
    }
    let count = |matched| answers.count(matched).to_string();
    let counts = [
        ("file", escape(&answers.file)),
        ("taken", count(Matched::Taken)),
        ("known", count(Matched::Known)),
        ("unknown", count(Matched::Unknown)),
        ("contradicting", count(Matched::Contradicts)),
        ("unreadable", answers.faults.len().to_string()),
    ];
    let counts = counts.each_ref().map(|(name, count)| (*name, count.as_str()));
    let said = if is_tried { texts::ANSWER_TRIED } else { texts::ANSWER_COUNTS };
    text + &said.with(language, &counts) + "\n"
}
