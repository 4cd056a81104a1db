//! Pieces of a file on their way: read, judged in parallel, folded in the order of the file.

use rayon::prelude::*;

use super::pieces::{Piece, Pieces};
use super::{Progress, Stop};
use crate::decode::RowError;
use crate::diagnostic::{Error, Result};

/// Pieces in flight per thread.
const PIECES_PER_THREAD: usize = 4;

/// What a run is told by, and whom it tells.
#[derive(Clone, Copy)]
pub(super) struct Conveyor<'c> {
    pub(super) progress: &'c dyn Progress,
    pub(super) stop: &'c Stop,
}

impl Conveyor<'_> {
    /// Takes every piece of a file through `judge`, many at once, and each batch through `fold`, one after the other. What
    /// they are judged into serves batch after batch. `read_failed` makes an error of what the source says.
    pub(super) fn run<J: Default + Send>(
        self,
        mut pieces: Pieces<'_>,
        judge: impl Fn(&Piece, &mut J) + Sync,
        mut fold: impl FnMut(&mut [J]) -> Result<()>,
        read_failed: impl Fn(RowError) -> Error,
    ) -> Result<()> {
        let mut spare: Vec<Vec<u8>> = Vec::new();
        let in_flight = rayon::current_num_threads() * PIECES_PER_THREAD;
        let mut read = |spare: &mut Vec<Vec<u8>>| -> std::result::Result<(Vec<Piece>, u64), RowError> {
            let batch: Vec<Piece> = (0..in_flight)
                .map_while(|_| pieces.next(spare.pop().unwrap_or_default()).transpose())
                .collect::<std::result::Result<_, _>>()?;
            let bytes = pieces.advanced(batch.iter().map(|piece| piece.chunk.bytes.len() as u64).sum());
            Ok((batch, bytes))
        };
        let (mut batch, mut bytes) = read(&mut spare).map_err(&read_failed)?;
        let mut judged: Vec<J> = Vec::new();
        while !batch.is_empty() {
            self.stop.check()?;
            judged.resize_with(batch.len(), J::default);
            let ((), next) = rayon::join(
                || {
                    let work = batch.par_iter().zip(&mut judged).with_max_len(1);
                    work.for_each(|(piece, judged)| judge(piece, judged));
                },
                || read(&mut spare),
            );
            fold(&mut judged)?;
            self.progress.advance(bytes);
            spare.extend(batch.into_iter().map(|piece| piece.chunk.bytes));
            (batch, bytes) = next.map_err(&read_failed)?;
        }
        Ok(())
    }
}
