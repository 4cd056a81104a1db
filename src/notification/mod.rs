//! CONDUCT of notifications: events of a workspace are handed over to a mail server or to a program that listens.
//!
//! What enters: a [`Workspace`] whose settings say who is told of what, and a clock. What leaves: mails and calls, each with
//! the key of its event, and in the ledger how far each notification is. What is refused: settings that name nobody; a
//! secret that is not there.
//!
//! The only module that talks to a network. A notification is handed over at least once: whoever is told twice, because a
//! run ended between handing over and noting, is told with the same key. Two runs at once share the work: each notification
//! is claimed before it is handed over, and a claim ends by itself.

mod mail;
mod secret;
mod webhook;

use std::thread::sleep;
use std::time::Duration;

use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::{NotificationSettings, Registry};
use crate::ledger::{
    AttemptEnd, Claim, Event, EventBook as _, EventId, NewEvent, Notification, NotificationId, NotificationStatus,
};
use crate::model::{Channel, Language, Moment, Recipient};
use crate::pipeline::Stop;
use crate::report::{Announcement, MorningSheet};
use crate::workspace::Workspace;

/// What happened longer ago is no news: nobody is told of it who was not told before.
const NEWS_DAYS: u32 = 14;

/// How many seconds a claim lasts: longer than all that one attempt may wait.
const CLAIM: i64 = 30 * 60;

/// Waits before the short retries of one run.
const RETRIES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

/// After how many seconds the next run may try again, by the number of attempts before it; the last one for all that follow.
/// Less than a night, so that a call every night always finds what is open.
const WAITS: [i64; 7] = [60, 5 * 60, 15 * 60, 3600, 3 * 3600, 6 * 3600, 12 * 3600];

/// What a run needs besides the workspace.
pub struct NotifyRequest<'r> {
    /// How many notifications are handed over at most.
    pub limit: Option<u64>,
    /// The language of mails where the settings name none.
    pub language: Language,
    /// The names of manufacturers.
    pub registry: &'r Registry,
    /// What time it is.
    pub now: &'r dyn Fn() -> Result<Moment>,
    /// Whether to stop.
    pub stop: &'r Stop,
}

/// What a run did.
#[derive(Debug, Default)]
pub struct NotifyOutcome {
    /// The notifications that were handed over or that could not be, in their order.
    pub tried: Vec<Notification>,
    /// What went wrong, once for each way on which nothing goes.
    pub errors: Vec<Error>,
    /// How many are open still, because they wait for a later attempt.
    pub waiting: u64,
    /// When the first of them may be tried.
    pub next: Option<Moment>,
}

/// Why something was not handed over.
enum Failure {
    /// It never will be.
    Refused(String),
    /// The other side says: later.
    Postponed(String),
    /// Nobody is there, or not in time.
    Unreachable(String),
    /// Nothing will be, until somebody mends the settings: who we are is not believed.
    LoginRefused(String),
}

impl Failure {
    /// Whether a second attempt after a moment may go well.
    const fn is_brief(&self) -> bool {
        matches!(self, Self::Postponed(_) | Self::Unreachable(_))
    }
}

/// The other side of a channel.
trait Peer {
    /// Hands something over.
    fn hand_over(&self, to: &Recipient, what: &Announcement, now: Moment) -> std::result::Result<(), Failure>;

    /// What it is called in messages.
    fn name(&self) -> String;
}

/// The other sides that the settings name.
struct Peers {
    mail: Option<mail::MailPeer>,
    webhook: Option<webhook::WebhookPeer>,
}

impl Peers {
    fn of(workspace: &Workspace) -> Result<Self> {
        let settings = &workspace.account().notification;
        let root = workspace.root();
        Ok(Self {
            mail: settings.smtp.as_ref().map(|server| mail::MailPeer::new(server, root)).transpose()?,
            webhook: settings.webhook.as_ref().map(|hook| webhook::WebhookPeer::new(hook, root)).transpose()?,
        })
    }

    fn on(&self, channel: Channel) -> Option<&dyn Peer> {
        match channel {
            Channel::Mail => self.mail.as_ref().map(|peer| peer as &dyn Peer),
            Channel::Webhook => self.webhook.as_ref().map(|peer| peer as &dyn Peer),
        }
    }
}

/// Hands over what is open, the oldest first.
pub fn notify(workspace: &mut Workspace, request: &NotifyRequest<'_>) -> Result<NotifyOutcome> {
    needs_rules(workspace)?;
    let peers = Peers::of(workspace)?;
    let now = (request.now)()?;
    for event in near_deadlines(workspace, now)? {
        workspace.ledger_mut().note_event(&event)?;
    }
    workspace.write_events()?;
    let account = workspace.account().clone();
    workspace.ledger_mut().route_events(&|event| recipients(&account.notification, event, now))?;
    let mut run = Run { workspace, request, peers: &peers, language: language(&account.notification, request) };
    let mut outcome = run.hand_over()?;
    let open = workspace.ledger().notifications(&[NotificationStatus::Open])?;
    outcome.waiting = open.iter().filter(|each| each.next_attempt.is_some()).count() as u64;
    outcome.next = open.iter().filter_map(|each| each.next_attempt).min();
    Ok(outcome)
}

/// What [`notify`] would hand over now. Nothing is changed; what is told of the first time has no number yet.
pub fn foresee(workspace: &Workspace, request: &NotifyRequest<'_>) -> Result<Vec<Notification>> {
    needs_rules(workspace)?;
    let now = (request.now)()?;
    let settings = &workspace.account().notification;
    let is_due = |each: &Notification| each.next_attempt.is_none_or(|next| next <= now);
    let mut due = workspace.ledger().notifications(&[NotificationStatus::Open])?;
    due.retain(is_due);
    let near = near_deadlines(workspace, now)?.into_iter().map(|event| Event {
        id: EventId::default(),
        key: event.key,
        at: event.stamp.at,
        by: event.stamp.by,
        subject: event.subject,
        facts: event.facts,
    });
    for event in workspace.ledger().unrouted_events()?.into_iter().chain(near) {
        due.extend(recipients(settings, &event, now).into_iter().map(|recipient| Notification {
            id: NotificationId::default(),
            event: event.clone(),
            recipient,
            status: NotificationStatus::Open,
            attempts: 0,
            next_attempt: None,
            delivered_at: None,
            last_error: String::new(),
        }));
    }
    due.truncate(request.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX));
    Ok(due)
}

/// Sends something to a recipient that shows that it arrives.
pub fn test(workspace: &Workspace, to: &Recipient, request: &NotifyRequest<'_>) -> Result<()> {
    let peers = Peers::of(workspace)?;
    let Some(peer) = peers.on(to.channel()) else { return Err(not_set(to.channel())) };
    let account = workspace.account();
    let now = (request.now)()?;
    let what = Announcement::test(now, &account.code, language(&account.notification, request));
    peer.hand_over(to, &what, now).map_err(|failure| complaint(&failure, peer, to))
}

/// What became of something that was told to several at once.
#[derive(Debug, Default)]
pub struct Announced {
    /// Who has it.
    pub delivered: Vec<Recipient>,
    /// Why others have not.
    pub errors: Vec<Error>,
}

/// Hands the sheet of a morning over to those whom the settings name. Nothing of it is kept: tomorrow there is another one.
pub fn announce_morning(workspace: &Workspace, sheet: &MorningSheet, request: &NotifyRequest<'_>) -> Result<Announced> {
    let account = workspace.account();
    if account.morning.to.is_empty() {
        return Err(Error::new(Code::NotifyNotSet, Arguments::none().with("key", "[morning] to")));
    }
    let peers = Peers::of(workspace)?;
    let what = Announcement::morning(sheet, language(&account.notification, request));
    let mut announced = Announced::default();
    for to in &account.morning.to {
        let Some(peer) = peers.on(to.channel()) else { return Err(not_set(to.channel())) };
        match insist(peer, to, &what, request)? {
            Ok(()) => announced.delivered.push(to.clone()),
            Err(failure) => announced.errors.push(complaint(&failure, peer, to)),
        }
    }
    Ok(announced)
}

/// Tries to hand something over, with short retries.
fn insist(
    peer: &dyn Peer,
    to: &Recipient,
    what: &Announcement,
    request: &NotifyRequest<'_>,
) -> Result<std::result::Result<(), Failure>> {
    let mut waits = RETRIES.iter();
    loop {
        let Err(failure) = peer.hand_over(to, what, (request.now)()?) else { return Ok(Ok(())) };
        let Some(wait) = waits.next().filter(|_| failure.is_brief()) else { return Ok(Err(failure)) };
        sleep(*wait);
        request.stop.check()?;
    }
}

fn language(settings: &NotificationSettings, request: &NotifyRequest<'_>) -> Language {
    settings.language.unwrap_or(request.language)
}

fn needs_rules(workspace: &Workspace) -> Result<()> {
    if workspace.account().notification.rules.is_empty() {
        return Err(Error::new(Code::NotifyNotSet, Arguments::none().with("key", "[[notify.rules]]")));
    }
    Ok(())
}

fn not_set(channel: Channel) -> Error {
    let key = match channel {
        Channel::Mail => "[notify.smtp]",
        Channel::Webhook => "[notify.webhook]",
    };
    Error::new(Code::NotifyNotSet, Arguments::none().with("key", key))
}

/// Work orders whose deadline has come near, or has passed not long ago, and nobody was told.
fn near_deadlines(workspace: &Workspace, now: Moment) -> Result<Vec<NewEvent>> {
    let soon = workspace.account().work_orders.soon();
    workspace.ledger().near_deadlines(now.days_before(NEWS_DAYS), later(now, soon), now)
}

/// Who is told of an event for the first time now.
fn recipients(settings: &NotificationSettings, event: &Event, now: Moment) -> Vec<Recipient> {
    if is_news(event, now) { settings.recipients(event.facts.kind(), &event.by) } else { Vec::new() }
}

fn is_news(event: &Event, now: Moment) -> bool {
    event.at >= now.days_before(NEWS_DAYS)
}

/// When a notification is tried again that was tried so often.
fn next_attempt(now: Moment, attempts: u64) -> Moment {
    let last = WAITS.len() - 1;
    let place = usize::try_from(attempts.saturating_sub(1)).map_or(last, |place| place.min(last));
    later(now, WAITS[place])
}

fn later(now: Moment, seconds: i64) -> Moment {
    Moment::from_seconds(now.seconds().saturating_add(seconds)).unwrap_or(now)
}

/// What is said of a failure.
fn complaint(failure: &Failure, peer: &dyn Peer, to: &Recipient) -> Error {
    let arguments = Arguments::none().with("server", peer.name());
    let (code, arguments) = match failure {
        Failure::Refused(cause) => (Code::NotificationRefused, arguments.with("recipient", to).with("cause", cause)),
        Failure::Postponed(cause) => {
            (Code::NotificationPostponed, arguments.with("recipient", to).with("cause", cause))
        }
        Failure::Unreachable(cause) => (Code::ServerUnreachable, arguments.with("cause", cause)),
        Failure::LoginRefused(cause) => (Code::ServerLoginRefused, arguments.with("cause", cause)),
    };
    Error::new(code, arguments)
}

/// A run that hands over.
struct Run<'r> {
    workspace: &'r mut Workspace,
    request: &'r NotifyRequest<'r>,
    peers: &'r Peers,
    language: Language,
}

impl Run<'_> {
    fn hand_over(&mut self) -> Result<NotifyOutcome> {
        let mut outcome = NotifyOutcome::default();
        let mut channels: Vec<_> =
            Channel::ALL.iter().copied().filter(|channel| self.peers.on(*channel).is_some()).collect();
        let mut after = NotificationId::default();
        let limit = self.request.limit.unwrap_or(u64::MAX);
        while (outcome.tried.len() as u64) < limit {
            self.request.stop.check()?;
            let now = (self.request.now)()?;
            let claim = Claim { after, now, until: later(now, CLAIM), channels: &channels };
            let Some(notification) = self.workspace.ledger_mut().claim_notification(&claim)? else { break };
            after = notification.id;
            let channel = notification.recipient.channel();
            let Some(peer) = self.peers.on(channel) else { break };
            let (end, error) = self.attempt(peer, &notification)?;
            if matches!(end, AttemptEnd::Blocked(..)) {
                channels.retain(|each| *each != channel);
            }
            self.workspace.ledger_mut().end_attempt(notification.id, &end)?;
            outcome.errors.extend(error);
            outcome.tried.push(ended(notification, &end));
        }
        Ok(outcome)
    }

    /// Tries to hand a notification over, with short retries; tells how it ended.
    fn attempt(&self, peer: &dyn Peer, notification: &Notification) -> Result<(AttemptEnd, Option<Error>)> {
        let account = &self.workspace.account().code;
        let what = Announcement::of(&notification.event, account, self.request.registry, self.language);
        let to = &notification.recipient;
        let tried = insist(peer, to, &what, self.request)?;
        let now = (self.request.now)()?;
        Ok(match tried {
            Ok(()) => (AttemptEnd::Delivered(now), None),
            Err(failure) => {
                let error = complaint(&failure, peer, to);
                (end(failure, notification, now), Some(error))
            }
        })
    }
}

/// How an attempt ends that failed. What is no news any more is given up.
fn end(failure: Failure, notification: &Notification, now: Moment) -> AttemptEnd {
    let next = next_attempt(now, notification.attempts);
    let is_news = is_news(&notification.event, now);
    match failure {
        Failure::Postponed(cause) if is_news => AttemptEnd::Postponed(cause, next),
        Failure::Refused(cause) | Failure::Postponed(cause) => AttemptEnd::Refused(cause),
        // Whatever waits behind it fares no better.
        Failure::Unreachable(cause) | Failure::LoginRefused(cause) => AttemptEnd::Blocked(cause, next),
    }
}

/// The notification as the ledger keeps it now.
fn ended(notification: Notification, end: &AttemptEnd) -> Notification {
    match end {
        AttemptEnd::Delivered(at) => Notification {
            status: NotificationStatus::Delivered,
            delivered_at: Some(*at),
            next_attempt: None,
            last_error: String::new(),
            ..notification
        },
        AttemptEnd::Refused(cause) => Notification {
            status: NotificationStatus::Refused,
            next_attempt: None,
            last_error: cause.clone(),
            ..notification
        },
        AttemptEnd::Postponed(cause, next) | AttemptEnd::Blocked(cause, next) => {
            Notification { next_attempt: Some(*next), last_error: cause.clone(), ..notification }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_every_night_finds_what_is_open() {
        let now = Moment::parse("2026-03-04T02:00:00Z").unwrap();
        let waits: Vec<_> = (1..=9).map(|attempts| next_attempt(now, attempts).seconds() - now.seconds()).collect();
        assert!(waits.is_sorted() && waits[0] == 60 && waits.iter().all(|wait| *wait < 24 * 3600), "{waits:?}");
        assert_eq!(next_attempt(now, u64::MAX).seconds() - now.seconds(), 12 * 3600);
    }
}
