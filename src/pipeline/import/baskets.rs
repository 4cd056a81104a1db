//! Baskets on their way into files.
//!
//! Cut into stretches that are formed side by side and written one after the other: nobody waits for the largest basket, and
//! one alone is formed by all threads.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::folder::{Folder, not_written};
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
    /// Nothing when the baskets are only added up.
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
    let sheets =
        filled.into_iter().map(|(id, basket)| Sheet::begin(id, basket, folder, request)).collect::<Result<Vec<_>>>()?;
    let spare = Mutex::default();
    rayon::in_place_scope_fifo(|scope| {
        for sheet in &sheets {
            for stretch in 0..sheet.basket.len().div_ceil(STRETCH) {
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
    fn begin(
        id: ManufacturerId,
        basket: Basket<'b>,
        folder: Option<&Folder>,
        request: &ImportRequest<'b>,
    ) -> Result<Self> {
        let name = format!("baskets/{id}.csv");
        let file = folder.map(|folder| folder.create(&name)).transpose()?;
        let totals = Ok(BasketTotals::default());
        Ok(Self {
            id,
            basket,
            form: BasketForm::new(id, &request.catalogue.catalogue, request.settings.profile),
            name,
            written: Mutex::new(Written { file, next: 0, waiting: BTreeMap::new(), totals }),
        })
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
            let all = match &written.totals {
                Ok(before) => written.put(&text, before, totals, |error| not_written(folder, &self.name, error)),
                Err(_) => continue,
            };
            written.totals = all;
            lock(spare).push(text);
        }
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

    /// Writes a stretch. Gives what all comes to.
    fn put(
        &self,
        text: &[u8],
        before: &BasketTotals,
        totals: std::result::Result<BasketTotals, OutOfRange>,
        failed: impl FnOnce(std::io::Error) -> crate::diagnostic::Error,
    ) -> Result<BasketTotals> {
        let all = totals.and_then(|totals| before.plus(&totals));
        let all = all.map_err(|OutOfRange| limit_exceeded("amount", i64::MAX / 10_000))?;
        self.file.as_ref().map_or(Ok(()), |mut file| file.write_all(text)).map_err(failed)?;
        Ok(all)
    }
}

/// What a thread that panicked held is as good as before: the panic goes on where the threads meet.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
