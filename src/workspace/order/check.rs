//! The first step: whether an order may be made as it is.
//!
//! Everything that is wrong is found at once, with the catalogue as it is now.

use super::Proposal;
use crate::catalogue::{Catalogue, PartId};
use crate::diagnostic::{Arguments, Code, Diagnostic, Result};
use crate::format::{Account, Manufacturer, OrderDatum, OrderProfile, Registry, nearest};
use crate::model::{Day, OrderStatus};
use crate::workspace::Workspace;

/// An order and all that was found about it.
#[derive(Clone, Debug)]
pub struct Check {
    /// The order, with the prices of today.
    pub proposal: Proposal,
    /// What is wrong or worth a look; the line is that of the order, 0 the order itself.
    pub findings: Vec<Diagnostic>,
}

/// An order in which nothing is wrong. Only a check makes it.
#[derive(Clone, Debug)]
pub struct CheckedOrder {
    pub(super) proposal: Proposal,
    /// How its manufacturer takes orders.
    pub(super) profile: OrderProfile,
}

impl CheckedOrder {
    /// The order.
    pub const fn proposal(&self) -> &Proposal {
        &self.proposal
    }
}

impl Check {
    /// Whether the order may be made.
    pub fn is_passed(&self) -> bool {
        !self.findings.iter().any(Diagnostic::is_error)
    }

    /// The checked order, or the check when something is wrong.
    pub fn pass(self, registry: &Registry) -> std::result::Result<CheckedOrder, Box<Self>> {
        if !self.is_passed() {
            return Err(Box::new(self));
        }
        let profile = registry.manufacturer_of(self.proposal.manufacturer).map(|each| each.order.clone());
        Ok(CheckedOrder { proposal: self.proposal, profile: profile.unwrap_or_default() })
    }
}

impl Workspace {
    /// Checks an order; `today` is the first day that may be wished.
    pub fn check(&self, mut proposal: Proposal, registry: &Registry, today: Option<Day>) -> Result<Check> {
        let catalogue = self.catalogue()?.catalogue;
        let mut checking = Checking { account: &self.account, findings: Vec::new() };
        let unnamed = Manufacturer {
            id: proposal.manufacturer,
            name: proposal.manufacturer.to_string(),
            aliases: Vec::new(),
            shapes: Vec::new(),
            order: OrderProfile::default(),
        };
        let manufacturer = registry.manufacturer_of(proposal.manufacturer).unwrap_or(&unnamed);
        checking.country(&mut proposal, registry);
        checking.order(&proposal, manufacturer, today);
        checking.lines(&mut proposal, &catalogue);
        Ok(Check { proposal, findings: checking.findings })
    }
}

struct Checking<'c> {
    account: &'c Account,
    findings: Vec<Diagnostic>,
}

impl Checking<'_> {
    fn find(&mut self, code: Code, line: u32, value: &str, arguments: Arguments) {
        let line = u64::from(line);
        self.findings.push(Diagnostic::new(code, line, None, value.to_owned(), arguments));
    }

    fn order(&mut self, proposal: &Proposal, manufacturer: &Manufacturer, today: Option<Day>) {
        let terms = &proposal.terms;
        let profile = &manufacturer.order;
        let about = || Arguments::none().with("manufacturer", &manufacturer.name);
        if !self.account.may_order_from(manufacturer.id) {
            self.find(Code::ManufacturerNotAuthorised, 0, &manufacturer.name, about());
        }
        if proposal.lines.is_empty() {
            self.find(Code::OrderEmpty, 0, &manufacturer.name, about());
        }
        for datum in &profile.mandatory {
            if !is_said(*datum, proposal) {
                let arguments = about().with("datum", datum.name()).with("option", datum.option());
                self.find(Code::OrderDatumMissing, 0, "", arguments);
            }
        }
        self.accounts(proposal);
        let codes: Vec<_> = profile.delivery_options.iter().map(|option| option.code.as_str()).collect();
        let option = terms.delivery_option.as_str();
        if !codes.is_empty() && !option.is_empty() && !codes.contains(&option) {
            let arguments = Arguments::none().with("option", option).with("possible", codes.join(", "));
            self.find(Code::DeliveryOptionUnknown, 0, option, arguments);
        }
        if let (Some(wished), Some(today)) = (terms.desired_delivery_date, today)
            && wished < today
        {
            let date = wished.to_string();
            self.find(Code::DesiredDatePast, 0, &date, Arguments::none().with("date", &date));
        }
        if profile.are_terms_required && !terms.are_terms_accepted {
            self.find(Code::TermsNotAccepted, 0, "", about());
        }
        if let Some(address) = &terms.address {
            if !profile.takes_one_off_address {
                self.find(Code::AddressNotAllowed, 0, &address.name, about());
            }
            let parts = [
                ("address-name", &address.name),
                ("address-street", &address.address1),
                ("address-zip", &address.zip),
                ("address-town", &address.town),
                ("address-country", &address.country),
            ];
            let missing: Vec<_> =
                parts.iter().filter(|(_, text)| text.trim().is_empty()).map(|(name, _)| *name).collect();
            if !missing.is_empty() {
                let arguments = Arguments::none().with("datum", missing.join(", "));
                self.find(Code::AddressIncomplete, 0, "", arguments);
            }
        }
    }

    /// Countries are kept by their number, however they were given.
    fn country(&mut self, proposal: &mut Proposal, registry: &Registry) {
        let Some(address) = &mut proposal.terms.address else { return };
        if address.country.is_empty() {
            return;
        }
        if let Some(code) = registry.country(&address.country) {
            code.clone_into(&mut address.country);
        } else {
            let value = address.country.clone();
            self.find(Code::CountryUnknown, 0, &value, Arguments::none().with("value", &value));
        }
    }

    /// Accounts that the settings do not list; none are wrong where they list none.
    fn accounts(&mut self, proposal: &Proposal) {
        let known = &self.account.delivery_accounts;
        if known.is_empty() {
            return;
        }
        let of_lines = proposal.lines.iter().map(|line| (line.number, line.delivery_account.as_str()));
        let of_order = [(0, proposal.terms.delivery_account.as_str())];
        // What the order says, it says for all lines unless these differ.
        let is_shared = proposal.lines.windows(2).all(|pair| pair[0].delivery_account == pair[1].delivery_account);
        let asked: Vec<_> = of_order.into_iter().chain(of_lines.filter(|_| !is_shared)).collect();
        for (line, account) in asked {
            if account.is_empty() || known.iter().any(|each| each == account) {
                continue;
            }
            let arguments = Arguments::none().with("account", account);
            let arguments = match nearest(account, known.iter().map(String::as_str)) {
                Some(suggestion) => arguments.with("suggestion", suggestion),
                None => arguments,
            };
            self.find(Code::DeliveryAccountUnknown, line, account, arguments);
        }
    }

    /// Whether the parts are still there, and what they cost now. The prices of an estimate stay.
    fn lines(&mut self, proposal: &mut Proposal, catalogue: &Catalogue) {
        let is_estimated = proposal.order.as_ref().is_some_and(|order| order.status == OrderStatus::Estimated);
        let manufacturer = proposal.manufacturer;
        for line in &mut proposal.lines {
            let about = Arguments::none().with("line", line.number).with("reference", &line.reference);
            let first = catalogue.find_text(&line.reference);
            let part: Option<PartId> = first.and_then(|first| catalogue.at_manufacturer(first, manufacturer));
            let Some(part) = part else {
                self.find(Code::PartWithdrawn, line.number, &line.reference, about);
                continue;
            };
            let now = catalogue.unit_price(part);
            if !is_estimated && now != line.known_price {
                let about = about.with_amount("before", line.known_price).with_amount("now", now);
                self.find(Code::PriceChanged, line.number, &line.reference, about);
                line.unit_price = now;
            }
            if !catalogue.is_available(part) {
                let about = Arguments::none().with("reference", &line.reference);
                let about = match catalogue.part(part).replacement {
                    Some(replacement) => about.with("replacement", replacement),
                    None => about,
                };
                self.find(Code::PartNotAvailable, line.number, &line.reference, about);
            }
        }
    }
}

/// Whether something is said of an order, or of each of its lines.
fn is_said(datum: OrderDatum, proposal: &Proposal) -> bool {
    let terms = &proposal.terms;
    let lines = &proposal.lines;
    match datum {
        OrderDatum::DeliveryAccount => {
            !terms.delivery_account.is_empty() || lines.iter().all(|line| !line.delivery_account.is_empty())
        }
        OrderDatum::CustomerOrderNumber => {
            !terms.customer_order_number.is_empty() || lines.iter().all(|line| !line.customer_order_number.is_empty())
        }
        OrderDatum::DeliveryOption => !terms.delivery_option.is_empty(),
        OrderDatum::DesiredDeliveryDate => {
            terms.desired_delivery_date.is_some() || lines.iter().all(|line| line.desired_delivery_date.is_some())
        }
        OrderDatum::Comment => !terms.comment.is_empty(),
        OrderDatum::Address => terms.address.is_some(),
    }
}
