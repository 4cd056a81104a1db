//! `order create` and `order confirm`: lines of a basket become an order, step by step.
//!
//! What enters: which lines, what is said of the order, in which form it goes. What leaves: the page of the check and of the
//! estimate on standard error, the number of the order on standard output; in the workspace a draft, or the order and its
//! document. What is refused: an order in which the check finds something wrong; all of it is told.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use bordereau::diagnostic::{Diagnostic, Exit, Result};
use bordereau::format::Registry;
use bordereau::ledger::{LineFilter, OrderEntry, Stamp};
use bordereau::model::Address;
use bordereau::pipeline::Source;
use bordereau::workspace::Workspace;
use bordereau::workspace::order::{AddressWish, Check, EstimateSource, Proposal, ReadyOrder, SentOrder, Wishes};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::ask::{Ask as _, Choice, Item, Terminal};
use super::basket::line_numbers;
use super::command::{Builder, Page};
use super::order::{FORMS, day, findings, form, number, text};
use super::order_show::{CreatedObject, order_page, proposal_page};
use super::{Session, clock, out, texts};

/// What can be typed to make an order.
pub(crate) fn create_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_ORDER_CREATE,
        usage: texts::USAGE_ORDER_CREATE,
        examples: Some(texts::EXAMPLES_ORDER_CREATE),
        after: Some(texts::AFTER_ORDER_CREATE),
        exit_codes: false,
    };
    let arguments = [
        builder.option("manufacturer", texts::VALUE_NAME, texts::HELP_ORDER_MANUFACTURER).short('m').required(true),
        builder.flag("all", texts::HELP_ORDER_ALL).conflicts_with_all([
            "line",
            "text",
            "for-order",
            "for-work-order",
            "for-account",
        ]),
        builder.option("line", texts::VALUE_LINE_NUMBERS, texts::HELP_BASKET_LINE).action(ArgAction::Append),
        builder.option("text", texts::VALUE_TEXT, texts::HELP_BASKET_TEXT),
        builder.option("for-order", texts::VALUE_NUMBER_TEXT, texts::HELP_BASKET_CUSTOMER_ORDER),
        builder.option("for-work-order", texts::VALUE_NUMBER_TEXT, texts::HELP_BASKET_MISSION_ORDER),
        builder.option("for-countermark", texts::VALUE_TEXT, texts::HELP_BASKET_COUNTERMARK),
        builder.option("for-account", texts::VALUE_ACCOUNT, texts::HELP_BASKET_DELIVERY_ACCOUNT),
        builder.flag("draft", texts::HELP_ORDER_DRAFT).conflicts_with("confirm"),
        builder.flag("confirm", texts::HELP_ORDER_CONFIRM),
    ];
    builder.command("create", page, arguments).args(terms_arguments(builder))
}

/// What can be typed to send a draft.
pub(crate) fn confirm_command(builder: Builder) -> Command {
    let page = Page {
        about: texts::ABOUT_ORDER_CONFIRM,
        usage: texts::USAGE_ORDER_CONFIRM,
        examples: Some(texts::EXAMPLES_ORDER_CONFIRM),
        after: Some(texts::AFTER_ORDER_CONFIRM),
        exit_codes: false,
    };
    builder.command("confirm", page, [number(builder)]).args(terms_arguments(builder))
}

/// What can be said of an order besides its lines.
fn terms_arguments(builder: Builder) -> Vec<Arg> {
    let address = |name, help| builder.option(name, texts::VALUE_TEXT, help).conflicts_with("account-address");
    vec![
        builder.option("delivery-account", texts::VALUE_ACCOUNT, texts::HELP_ORDER_ACCOUNT),
        builder.option("customer-order-number", texts::VALUE_NUMBER_TEXT, texts::HELP_ORDER_CUSTOMER_NUMBER),
        builder.option("delivery-option", texts::VALUE_CODE, texts::HELP_ORDER_OPTION),
        builder.option("desired-date", texts::VALUE_DAY, texts::HELP_ORDER_DATE),
        builder.option("comment", texts::VALUE_TEXT, texts::HELP_ORDER_COMMENT),
        address("address-name", texts::HELP_ADDRESS_NAME),
        address("address-street", texts::HELP_ADDRESS_STREET),
        address("address-more", texts::HELP_ADDRESS_MORE),
        address("address-zip", texts::HELP_ADDRESS_ZIP),
        address("address-town", texts::HELP_ADDRESS_TOWN),
        address("address-country", texts::HELP_ADDRESS_COUNTRY),
        address("address-phone", texts::HELP_ADDRESS_PHONE),
        builder.flag("account-address", texts::HELP_ADDRESS_ACCOUNT),
        builder.flag("accept-terms", texts::HELP_ORDER_TERMS),
        builder.option("estimate", texts::VALUE_FILE, texts::HELP_ORDER_ESTIMATE).value_parser(value_parser!(PathBuf)),
        builder.choice("as", texts::VALUE_FORM, texts::HELP_ORDER_FORM, &FORMS),
        builder.flag("dry-run", texts::HELP_DRY_RUN),
        builder.json(),
    ]
}

fn selection(matches: &ArgMatches) -> Result<LineFilter> {
    let owned = |name| text(matches, name).map(str::to_owned);
    let lines = matches.get_many::<String>("line").unwrap_or_default().map(|text| line_numbers(text));
    Ok(LineFilter {
        lines: lines.collect::<Result<Vec<_>>>()?.concat(),
        customer_order_number: owned("for-order"),
        work_order: owned("for-work-order"),
        countermark: owned("for-countermark"),
        delivery_account: owned("for-account"),
        text: owned("text"),
        ..LineFilter::default()
    })
}

fn wishes(matches: &ArgMatches) -> Result<Wishes> {
    let owned = |name| text(matches, name).map(|text| text.trim().to_owned());
    let wished = match text(matches, "desired-date") {
        None => None,
        Some("none") => Some(None),
        Some(typed) => Some(Some(day("--desired-date", typed)?)),
    };
    Ok(Wishes {
        delivery_account: owned("delivery-account"),
        customer_order_number: owned("customer-order-number"),
        delivery_option: owned("delivery-option"),
        desired_delivery_date: wished,
        comment: owned("comment"),
        address: address(matches),
        accepts_terms: matches.get_flag("accept-terms"),
    })
}

fn address(matches: &ArgMatches) -> AddressWish {
    const OPTIONS: [&str; 7] = [
        "address-name",
        "address-street",
        "address-more",
        "address-zip",
        "address-town",
        "address-country",
        "address-phone",
    ];
    if matches.get_flag("account-address") {
        return AddressWish::OfTheAccount;
    }
    if OPTIONS.iter().all(|option| text(matches, option).is_none()) {
        return AddressWish::AsItIs;
    }
    let [name, address1, address2, zip, town, country, phone] =
        OPTIONS.map(|option| text(matches, option).unwrap_or_default().trim().to_owned());
    AddressWish::Other(Address { name, address1, address2, address3: String::new(), zip, town, country, phone })
}

/// Makes an order.
pub(crate) fn create(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let id = registry.one_manufacturer(text(matches, "manufacturer").unwrap_or_default())?;
    let proposal = workspace.propose(id, &selection(matches)?, &wishes(matches)?)?;
    let way = match (matches.get_flag("draft"), matches.get_flag("confirm")) {
        (true, _) => Way::Draft,
        (_, true) => Way::Confirm,
        _ => Way::Ask,
    };
    Steps { matches, session, registry: &registry, stamp: clock::stamp()? }.go(&mut workspace, proposal, way)
}

/// Sends a draft.
pub(crate) fn confirm(matches: &ArgMatches, session: &Session) -> Result<Exit> {
    let registry = session.registry()?;
    let mut workspace = session.needed_workspace(&registry)?;
    let proposal = workspace.reopen(text(matches, "number").unwrap_or_default(), &wishes(matches)?)?;
    Steps { matches, session, registry: &registry, stamp: clock::stamp()? }.go(&mut workspace, proposal, Way::Confirm)
}

/// How far an order goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It is kept as a draft.
    Draft,
    /// It is sent.
    Confirm,
    /// As somebody at the terminal says; kept as a draft when nobody is there.
    Ask,
}

/// The steps of an order.
struct Steps<'s> {
    matches: &'s ArgMatches,
    session: &'s Session,
    registry: &'s Registry,
    stamp: Stamp,
}

impl Steps<'_> {
    fn go(&self, workspace: &mut Workspace, proposal: Proposal, way: Way) -> Result<Exit> {
        let language = self.session.language;
        let is_rehearsed = self.matches.get_flag("dry-run");
        let check = workspace.check(proposal, self.registry, self.stamp.at.day())?;
        let told = findings(&check.findings, false, language);
        let mut found = check.findings.clone();
        let order = match check.pass(self.registry) {
            Ok(order) => order,
            Err(check) => {
                out::talk(&proposal_page(&check.proposal, None, self.registry, language));
                out::talk(&told);
                return self.faulty(workspace, &check, way, is_rehearsed);
            }
        };
        let source = self.matches.get_one::<PathBuf>("estimate").map(|path| {
            let is_stdin = path.as_os_str() == "-";
            EstimateSource::File(if is_stdin { Source::Stdin } else { Source::File(path.clone()) })
        });
        let ready = workspace.make_ready(order, source.as_ref(), self.registry)?;
        out::talk(&proposal_page(ready.proposal(), ready.estimate(), self.registry, language));
        out::talk(&told);
        out::talk(&findings(&ready.findings, false, language));
        found.extend(ready.findings.iter().cloned());
        if is_rehearsed {
            return self.rehearsed(&ready, &found);
        }
        match way {
            Way::Confirm => self.send(workspace, &ready, &found),
            Way::Draft => self.keep(workspace, &ready, &found),
            Way::Ask => match self.ask()? {
                Answer::Send => self.send(workspace, &ready, &found),
                Answer::Keep => self.keep(workspace, &ready, &found),
                Answer::Leave => {
                    out::talk(&(texts::ORDER_LEFT.get(language).to_owned() + "\n"));
                    Ok(Exit::Accepted)
                }
            },
        }
    }

    /// An order that may not be sent is kept when somebody asks for a draft, or when it is one.
    fn faulty(&self, workspace: &mut Workspace, check: &Check, way: Way, is_rehearsed: bool) -> Result<Exit> {
        if way == Way::Draft && !is_rehearsed && !check.proposal.lines.is_empty() {
            let order = workspace.keep(&check.proposal, &self.stamp)?;
            self.kept(&order, &check.findings)?;
        } else if self.matches.get_flag("json") {
            out::json(
                "order-check",
                CreatedObject::planned(&check.proposal, None, &check.findings, self.session.language),
            )?;
        }
        Ok(Exit::Rejected)
    }

    fn rehearsed(&self, ready: &ReadyOrder, found: &[Diagnostic]) -> Result<Exit> {
        if self.matches.get_flag("json") {
            let language = self.session.language;
            out::json("order-check", CreatedObject::planned(ready.proposal(), ready.estimate(), found, language))?;
        }
        Ok(Exit::Accepted)
    }

    fn keep(&self, workspace: &mut Workspace, ready: &ReadyOrder, found: &[Diagnostic]) -> Result<Exit> {
        let order = workspace.keep_ready(ready, &self.stamp)?;
        self.kept(&order, found)?;
        Ok(Exit::Accepted)
    }

    /// Says that a draft was kept, and what to type next.
    fn kept(&self, order: &OrderEntry, found: &[Diagnostic]) -> Result<()> {
        let said = texts::ORDER_KEPT.with(self.session.language, &[("number", &order.number)]);
        out::talk(&(said.replace("{n}", "\n") + "\n"));
        self.tell(order, None, found)
    }

    fn send(&self, workspace: &mut Workspace, ready: &ReadyOrder, found: &[Diagnostic]) -> Result<Exit> {
        let sent = workspace.confirm(ready, form(self.matches), self.registry, &self.stamp)?;
        let path = sent.document.display().to_string();
        let said = [("number", sent.order.number.as_str()), ("path", &path)];
        out::talk(&(texts::ORDER_SENT_TO.with(self.session.language, &said) + "\n"));
        self.tell(&sent.order, Some(&sent), found)?;
        Ok(Exit::Accepted)
    }

    /// The result for programs: the number, or an object.
    fn tell(&self, order: &OrderEntry, sent: Option<&SentOrder>, found: &[Diagnostic]) -> Result<()> {
        if self.matches.get_flag("json") {
            out::json("order", CreatedObject::kept(order, sent, found, self.session.language))
        } else {
            out::data(&format!("{}\n", order.number))
        }
    }

    fn ask(&self) -> Result<Answer> {
        if !std::io::stdin().is_terminal() || !out::is_watched() {
            return Ok(Answer::Keep);
        }
        let language = self.session.language;
        let answers = [texts::ORDER_ASK_SEND, texts::ORDER_ASK_KEEP, texts::ORDER_ASK_LEAVE];
        let choice = Choice {
            title: texts::ORDER_ASK.get(language).to_owned(),
            options: answers.iter().map(|answer| Item::plain(answer.get(language))).collect(),
            first: 1,
            under: &|_| Vec::new(),
        };
        Ok(match Terminal::of("order create", language)?.choose(&choice)? {
            Some(0) => Answer::Send,
            Some(1) => Answer::Keep,
            _ => Answer::Leave,
        })
    }
}

/// What somebody at the terminal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Send,
    Keep,
    Leave,
}

/// The page of an order that is already there, for commands that changed it.
pub(crate) fn tell_order(
    workspace: &Workspace,
    registry: &Registry,
    order: &OrderEntry,
    matches: &ArgMatches,
    session: &Session,
) -> Result<()> {
    if matches.get_flag("json") {
        return super::order_show::tell_json(workspace, registry, order);
    }
    out::data(&order_page(workspace, registry, order, session.language)?)
}
