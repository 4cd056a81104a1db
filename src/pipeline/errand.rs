//! What a file is there for, told by what stands in it.
//!
//! What enters: a file that nobody has said anything of. What leaves: its [`Errand`]. What is refused: a file that cannot be
//! opened. A file that says nothing is taken for an order: its reader will tell what is missing.
//!
//! Signs of whole documents stand in `formats/reference/errand_signs.csv`; tables are told by whoever could read them.

use memchr::memmem;

use super::deposit::{DepositPlan, DepositSettings};
use super::known::read_key;
use super::source::Source;
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

/// Tells what a file is there for. `is_answer` says whether a table is an answer to orders.
pub fn recognise(source: &Source, registry: &Registry, is_answer: impl Fn() -> bool) -> Result<Recognised> {
    let opened = source.open(&registry.format("generic")?.limits)?;
    let mut head = Vec::new();
    let read = std::io::Read::take(opened.rewind()?, LOOKED_AT);
    std::io::Read::read_to_end(&mut { read }, &mut head).map_err(|error| opened.failed(error))?;
    if let Some(errand) = sign(&head, registry) {
        return Ok(Recognised::Errand(errand));
    }
    let mut corrected = None;
    let plan = DepositPlan::make(
        &opened,
        registry,
        &DepositSettings::default(),
        Some(&mut |key| {
            corrected = read_key(&key.first).map(|(hash, ..)| hash.to_owned());
            Err(Error::new(Code::CorrectionUnknown, Arguments::none().with("path", &key.path)))
        }),
    );
    if let Some(hash) = corrected {
        return Ok(Recognised::Correction(hash));
    }
    // A deposit of both kinds says so when it is read.
    let is_deposit = match &plan {
        Ok(_) => true,
        Err(error) => matches!(error.code, Code::KindUnknown | Code::FieldClaimedTwice),
    };
    Ok(Recognised::Errand(if is_deposit {
        Errand::Deposit
    } else if is_answer() {
        Errand::OrderResponse
    } else {
        Errand::Order
    }))
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
