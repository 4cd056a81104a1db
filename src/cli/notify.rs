//! `notify`: what has happened is told to those whom the settings name.
//!
//! What enters: a workspace, its settings. What leaves: mails and calls, what went wrong on standard error, on request a list
//! of notifications on standard output. What is refused: an address that cannot be one, a test on a way that is not set.

use std::borrow::Cow;

use bordereau::diagnostic::{Exit, Result};
use bordereau::ledger::{EventBook as _, Notification, NotificationStatus};
use bordereau::model::{EventKind, Recipient};
use bordereau::notification::{self, NotifyOutcome, NotifyRequest};
use bordereau::report::escape;
use bordereau::report::listing::{Column, Listing, Word};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::command::{Builder, Page};
use super::mistakes::invalid;
use super::{Session, clock, listing, out, signals, texts};

/// What can be typed.
pub(crate) fn command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_NOTIFY,
        usage: texts::USAGE_NOTIFY,
        examples: Some(texts::EXAMPLES_NOTIFY),
        after: Some(texts::AFTER_NOTIFY),
        exit_codes: false,
    };
    let statuses: Vec<_> = NotificationStatus::ALL.iter().map(|status| status.name()).collect();
    let arguments = [
        builder.flag("dry-run", texts::HELP_NOTIFY_DRY_RUN),
        builder.flag("again", texts::HELP_NOTIFY_AGAIN).conflicts_with("dry-run"),
        builder.flag("list", texts::HELP_NOTIFY_LIST).conflicts_with_all(["dry-run", "again"]),
        builder
            .option("status", texts::VALUE_STATUS, texts::HELP_NOTIFY_STATUS)
            .value_parser(PossibleValuesParser::new(statuses))
            .ignore_case(true)
            .hide_possible_values(true)
            .value_delimiter(',')
            .action(ArgAction::Append)
            .requires("list"),
        builder
            .option("test", texts::VALUE_RECIPIENT, texts::HELP_NOTIFY_TEST)
            .conflicts_with_all(["dry-run", "again", "list", "limit", "json"]),
    ];
    let said = |text| move |argument: Arg| argument.help(builder.word(text));
    listing::command(builder, builder.command("notify", page, arguments))
        .mut_arg("limit", said(texts::HELP_NOTIFY_LIMIT))
        .mut_arg("json", said(texts::HELP_NOTIFY_JSON))
}

/// Tells what has happened.
pub(crate) fn run(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let stop = signals::listen(session.language);
    let request = NotifyRequest {
        limit: matches.get_one::<usize>("limit").map(|limit| *limit as u64),
        language: session.language,
        registry: &registry,
        now: &clock::now,
        stop: &stop,
    };
    if let Some(typed) = matches.get_one::<String>("test") {
        let recipient = Recipient::parse(typed).or_else(|| Recipient::mail(typed));
        let recipient = recipient.ok_or_else(|| invalid("--test", typed, Some("atelier@example.org, webhook")))?;
        notification::test(&workspace, &recipient, &request)?;
        let recipient = escape(&recipient.to_string());
        out::talk(&(texts::NOTIFY_TESTED.with(session.language, &[("recipient", &recipient)]) + "\n"));
        return Ok(Exit::Accepted);
    }
    if matches.get_flag("list") {
        let statuses = matches.get_many::<String>("status").unwrap_or_default();
        let statuses: Vec<_> = statuses.filter_map(|name| NotificationStatus::from_name(name)).collect();
        show(workspace.ledger().notifications(&statuses)?, matches, session)?;
        return Ok(Exit::Accepted);
    }
    if matches.get_flag("dry-run") {
        let foreseen = notification::foresee(&workspace, &request)?;
        let count = foreseen.len().to_string();
        if !foreseen.is_empty() || wants_list(matches) {
            show(foreseen, matches, session)?;
        }
        out::talk(&(texts::NOTIFY_FORESEEN.with(session.language, &[("count", &count)]) + "\n"));
        return Ok(Exit::Accepted);
    }
    if matches.get_flag("again") {
        workspace.ledger_mut().reopen_notifications()?;
    }
    let outcome = notification::notify(&mut workspace, &request)?;
    let exit = tell(&outcome, session);
    if wants_list(matches) {
        show(outcome.tried, matches, session)?;
    }
    Ok(exit)
}

/// Whether somebody wants to read what was done.
fn wants_list(matches: &ArgMatches) -> bool {
    listing::FORMS.into_iter().any(|form| matches.get_flag(form)) || matches.contains_id("out")
}

/// Says what was done; tells how the run ends.
fn tell(outcome: &NotifyOutcome, session: &Session) -> Exit {
    outcome.errors.iter().for_each(|error| session.say(error));
    let language = session.language;
    let count = |status| outcome.tried.iter().filter(|each| each.status == status).count().to_string();
    let line = if outcome.tried.is_empty() && outcome.waiting == 0 {
        texts::NOTIFY_NOTHING.get(language).to_owned()
    } else {
        let arguments = [
            ("delivered", count(NotificationStatus::Delivered)),
            ("refused", count(NotificationStatus::Refused)),
            ("waiting", outcome.waiting.to_string()),
        ];
        texts::NOTIFY_DONE.with(language, &arguments.each_ref().map(|(name, value)| (*name, value.as_str())))
    };
    out::talk(&(line + "\n"));
    if let Some(next) = outcome.next {
        let moment = next.to_string().replace('T', " ").replace('Z', " UTC");
        out::talk(&(texts::NOTIFY_NEXT.with(language, &[("moment", &moment)]) + "\n"));
    }
    let waits = if outcome.waiting > 0 { Exit::TryLater } else { Exit::Accepted };
    outcome.errors.iter().map(bordereau::diagnostic::Error::exit).fold(waits, Exit::worst)
}

/// Lists notifications.
fn show(notifications: Vec<Notification>, matches: &ArgMatches, session: &Session) -> Result<()> {
    type Of = Column<Notification>;

    let columns = [
        Of::number("event", texts::NOTIFICATION_EVENT, |each| Some(each.event.id.0).filter(|number| *number > 0)),
        Of::word("kind", texts::NOTIFICATION_KIND, |each| Some(kind_word(each.event.facts.kind()))),
        Of::text("subject", texts::NOTIFICATION_SUBJECT, |each| Some(Cow::from(&each.event.subject))),
        Of::moment("at", texts::NOTIFICATION_AT, |each| Some(each.event.at)),
        Of::text("recipient", texts::NOTIFICATION_RECIPIENT, |each| Some(Cow::from(each.recipient.to_string()))),
        Of::word("status", texts::NOTIFICATION_STATUS, |each| Some(status_word(each.status))),
        Of::number("attempts", texts::NOTIFICATION_ATTEMPTS, |each| Some(each.attempts.cast_signed())),
        Of::moment("next_attempt", texts::NOTIFICATION_NEXT, |each| each.next_attempt),
        Of::moment("delivered_at", texts::NOTIFICATION_DELIVERED_AT, |each| each.delivered_at).unusual(),
        Of::text("last_error", texts::NOTIFICATION_ERROR, |each| Some(Cow::from(&each.last_error))),
        Of::text("key", texts::NOTIFICATION_KEY, |each| Some(Cow::from(&each.event.key))).whole().unusual(),
    ];
    listing::show(Listing::new("notifications", columns, notifications), "notify", matches, session)
}

/// How far a notification is, in the words of people.
const fn status_word(status: NotificationStatus) -> Word {
    let text = match status {
        NotificationStatus::Open => texts::NOTIFICATION_OPEN,
        NotificationStatus::Delivered => texts::NOTIFICATION_DELIVERED,
        NotificationStatus::Refused => texts::NOTIFICATION_REFUSED,
    };
    Word { name: status.name(), text }
}

/// What happened, in the words of people.
const fn kind_word(kind: EventKind) -> Word {
    let text = match kind {
        EventKind::NewWorkOrder => texts::EVENT_NEW_WORK_ORDER,
        EventKind::DeadlineNear => texts::EVENT_DEADLINE_NEAR,
        EventKind::DepositRejected => texts::EVENT_DEPOSIT_REJECTED,
        EventKind::OrderResponse => texts::EVENT_ORDER_RESPONSE,
    };
    Word { name: kind.name(), text }
}
