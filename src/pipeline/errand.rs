//! What a file is there for, told by what stands in it.
//!
//! What enters: a file that nobody has said anything of. What leaves: its [`Errand`]. What is refused: a file that cannot be
//! opened. A file that says nothing is taken for an order: its reader will tell what is missing.
//!
//! Signs of whole documents stand in `formats/reference/errand_signs.csv`; tables are told by whoever could read them.

use memchr::memmem;

use super::deposit::DepositPlan;
use super::guess::first_rows;
use super::known::read_key;
use super::source::Opened;
use crate::diagnostic::{Arguments, Code, Error, Result};
use crate::format::Registry;
use crate::model::Errand;

/// How much of a file is looked at for signs.
const LOOKED_AT: u64 = 64 << 10;

/// What a file is there for, or what it corrects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// That.
    Errand(Errand),
    /// It is the corrected report of the file of this hash.
    Correction(String),
}

/// Tells what a file is there for. `is_answer` says whether a heading is that of answers to orders.
pub fn recognise(opened: &Opened, registry: &Registry, is_answer: impl Fn(&[String]) -> bool) -> Result<Recognised> {
    let mut head = Vec::new();
    let read = std::io::Read::take(opened.rewind()?, LOOKED_AT);
    std::io::Read::read_to_end(&mut { read }, &mut head).map_err(|error| opened.failed(error))?;
    if let Some(errand) = sign(&head, registry) {
        return Ok(Recognised::Errand(errand));
    }
    let mut corrected = None;
    let deposit = DepositPlan::glance(opened, registry, &mut |key| {
        corrected = read_key(&key.first).map(|(hash, ..)| hash.to_owned());
        Err(Error::new(Code::CorrectionUnknown, Arguments::none().with("path", &key.path)))
    });
    if let Some(hash) = corrected {
        return Ok(Recognised::Correction(hash));
    }
    let Err(error) = deposit else { return Ok(Recognised::Errand(Errand::Deposit)) };
    // Whoever reads it as an order says why it cannot be read.
    let Ok(sample) = first_rows(opened, registry) else { return Ok(Recognised::Errand(Errand::Order)) };
    let is_incomplete = matches!(error.code, Code::KindUnknown | Code::FieldClaimedTwice);
    let mut headings = std::iter::once(&sample.headings).chain(sample.records.iter().map(|record| &record.cells));
    Ok(Recognised::Errand(if is_incomplete && is_rather_deposit(&sample.headings, registry)? {
        Errand::Deposit
    } else if headings.any(|heading| is_answer(heading)) {
        Errand::OrderResponse
    } else {
        Errand::Order
    }))
}

/// Whether more of these headings stand for something in a deposit than in an order. Claims or repair files of which something
/// is missing say so when they are read; headings that orders have, too, make no deposit.
fn is_rather_deposit(headings: &[String], registry: &Registry) -> Result<bool> {
    let (orders, deposits) = (registry.dictionary(), &registry.deposits()?.fields);
    let count = |knows: &dyn Fn(&str) -> bool| headings.iter().filter(|heading| knows(heading)).count();
    Ok(count(&|heading| !deposits.named(heading).is_empty()) > count(&|heading| !orders.claims(heading).is_empty()))
}

/// The errand that a sign in the head of a file tells.
fn sign(head: &[u8], registry: &Registry) -> Option<Errand> {
    let signs = registry.reference("errand_signs")?;
    let (sign, errand) = (signs.column("sign")?, signs.column("errand")?);
    signs.rows().iter().find_map(|row| {
        let is_there = memmem::find(head, row.get(sign)?.as_bytes()).is_some();
        is_there.then(|| Errand::from_name(row.get(errand)?)).flatten()
    })
}
