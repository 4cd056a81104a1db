//! Baskets on their way into files.
//!
//! Cut into stretches that are formed side by side and written one after the other: nobody waits for the largest basket, and
//! one alone is formed by all threads.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::folder::Folder;
use super::super::pass::limit_exceeded;
use super::ImportRequest;
use crate::diagnostic::Result;
use crate::export::{BasketForm, BasketTotals, OutOfRange};
use crate::model::ManufacturerId;
use crate::report::ManufacturerTotals;
use crate::split::{Basket, Baskets};

/// Lines of a stretch: some 200 KiB, which a near cache holds.
const STRETCH: usize = 2048;

/// A basket that becomes a file.
struct Sheet<'b> {
    id: ManufacturerId,
    basket: Basket<'b>,
    form: BasketForm<'b>,
    name: String,
    written: Mutex<Written>,
}

/// How far a sheet is written.
struct Written {
    /// Open from the first stretch to the last, so that few files are open at a time.
    file: Option<File>,
    /// The stretch whose turn it is.
    next: usize,
    /// Stretches whose turn has not come.
    waiting: BTreeMap<usize, Formed>,
    /// What is written comes to.
    totals: Result<BasketTotals>,
}

/// The text of a stretch and what it comes to.
type Formed = (Vec<u8>, std::result::Result<BasketTotals, OutOfRange>);

/// Writes each basket to its own file.
///
/// A ledger keeps the baskets itself; then they are only added up.
pub(super) fn write_baskets(
    baskets: &Baskets,
    folder: Option<&Folder>,
    request: &ImportRequest<'_>,
) -> Result<Vec<ManufacturerTotals>> {
    let manufacturers = request.catalogue.catalogue.manufacturers().iter().copied();
    let mut filled: Vec<_> = manufacturers.zip(baskets.iter()).filter(|(_, basket)| !basket.is_empty()).collect();
    filled.sort_by_key(|(id, _)| *id);
    let sheets: Vec<_> = filled.into_iter().map(|(id, basket)| Sheet::new(id, basket, request)).collect();
    let spare = Mutex::default();
    rayon::in_place_scope_fifo(|scope| {
        for sheet in &sheets {
            for stretch in 0..sheet.stretches() {
                scope.spawn_fifo({
                    let spare = &spare;
                    move |_| {
                        if request.stop.check().is_ok() {
                            sheet.write(stretch, folder, spare);
                        }
                    }
                });
            }
        }
    });
    request.stop.check()?;
    sheets.into_iter().map(|sheet| sheet.end(request)).collect()
}

impl<'b> Sheet<'b> {
    fn new(id: ManufacturerId, basket: Basket<'b>, request: &ImportRequest<'b>) -> Self {
        let written = Written { file: None, next: 0, waiting: BTreeMap::new(), totals: Ok(BasketTotals::default()) };
        Self {
            id,
            basket,
            form: BasketForm::new(id, &request.catalogue.catalogue, request.settings.profile),
            name: format!("baskets/{id}.csv"),
            written: Mutex::new(written),
        }
    }

    fn stretches(&self) -> usize {
        self.basket.len().div_ceil(STRETCH)
    }

    /// Forms a stretch and writes what can be written then. Buffers go from one stretch to another.
    fn write(&self, stretch: usize, folder: Option<&Folder>, spare: &Mutex<Vec<Vec<u8>>>) {
        let mut text = lock(spare).pop().unwrap_or_default();
        text.clear();
        let start = stretch * STRETCH;
        let places = start..self.basket.len().min(start + STRETCH);
        let totals = if folder.is_none() {
            self.form.totals(self.basket, places)
        } else {
            if stretch == 0 {
                self.form.begin(&mut text);
            }
            self.form.lines(self.basket, places, &mut text)
        };
        let mut written = lock(&self.written);
        written.waiting.insert(stretch, (text, totals));
        while let Some((text, totals)) = written.turn() {
            let Ok(before) = written.totals else { continue };
            written.totals = self.put(&mut written, &text, folder).and_then(|()| {
                let all = totals.and_then(|totals| before.plus(&totals));
                all.map_err(|OutOfRange| limit_exceeded("amount", i64::MAX / 10_000))
            });
            lock(spare).push(text);
        }
    }

    /// Writes the stretch whose turn it was.
    fn put(&self, written: &mut Written, text: &[u8], folder: Option<&Folder>) -> Result<()> {
        let Some(folder) = folder else { return Ok(()) };
        let mut file = written.file.take().map_or_else(|| folder.create(&self.name), Ok)?;
        file.write_all(text).map_err(|error| folder.failed(&self.name, error))?;
        written.file = Some(file).filter(|_| written.next < self.stretches());
        Ok(())
    }

    fn end(self, request: &ImportRequest<'_>) -> Result<ManufacturerTotals> {
        Ok(ManufacturerTotals {
            id: self.id,
            name: request.registry.manufacturer_name(self.id).map(str::to_owned),
            lines: self.basket.sources(),
            basket_lines: self.basket.len() as u64,
            totals: self.written.into_inner().unwrap_or_else(PoisonError::into_inner).totals?,
        })
    }
}

impl Written {
    /// The stretch whose turn it is, when it is formed.
    fn turn(&mut self) -> Option<Formed> {
        let formed = self.waiting.remove(&self.next)?;
        self.next += 1;
        Some(formed)
    }
}

/// What a thread that panicked held is as good as before: the panic goes on where the threads meet.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
