//! Pieces of a file on their way: read, judged in parallel, folded in the order of the file.
//!
//! The thread that runs it reads and folds while the others judge. Nobody waits for a whole batch: as soon as the piece whose
//! turn it is has been folded, the next one is read.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::Duration;

use rayon::Yield;

use super::pieces::{Piece, Pieces};
use super::{Progress, Stop};
use crate::decode::RowError;
use crate::diagnostic::{Error, Result};

/// Pieces in flight per thread.
const PIECES_PER_THREAD: usize = 4;

/// How long a thread without work waits before it looks for some again.
const PAUSE: Duration = Duration::from_micros(50);

/// What a run is told by, and whom it tells.
#[derive(Clone, Copy)]
pub(super) struct Conveyor<'c> {
    pub(super) progress: &'c dyn Progress,
    pub(super) stop: &'c Stop,
}

/// A piece that is being judged.
struct Underway<J> {
    judged: Receiver<(Piece, J)>,
    /// How much of the file it is.
    bytes: u64,
}

impl Conveyor<'_> {
    /// Takes every piece of a file through `judge`, many at once, and then through `fold`, one after the other. What they are
    /// judged into serves piece after piece. `read_failed` makes an error of what the source says; it is told when everything
    /// before it is folded.
    pub(super) fn run<J: Default + Send>(
        self,
        mut pieces: Pieces<'_>,
        judge: impl Fn(&Piece, &mut J) + Sync,
        mut fold: impl FnMut(&mut J) -> Result<()>,
        read_failed: impl Fn(RowError) -> Error,
    ) -> Result<()> {
        let most = rayon::current_num_threads() * PIECES_PER_THREAD;
        let judge = &judge;
        rayon::in_place_scope_fifo(|scope| {
            let mut underway = VecDeque::with_capacity(most);
            let mut spare: Vec<(Vec<u8>, J)> = Vec::new();
            let mut end = None;
            loop {
                self.stop.check()?;
                while end.is_none() && underway.len() < most {
                    let (buffer, mut into) = spare.pop().unwrap_or_default();
                    match pieces.next(buffer) {
                        Ok(Some(piece)) => {
                            let bytes = pieces.advanced(piece.chunk.bytes.len() as u64);
                            let (done, judged) = sync_channel(1);
                            underway.push_back(Underway { judged, bytes });
                            scope.spawn_fifo(move |_| {
                                judge(&piece, &mut into);
                                // Nobody listens any more once the run has failed.
                                drop(done.send((piece, into)));
                            });
                        }
                        Ok(None) => end = Some(Ok(())),
                        Err(error) => end = Some(Err(read_failed(error))),
                    }
                }
                let Some(Underway { judged, bytes }) = underway.pop_front() else { return end.unwrap_or(Ok(())) };
                // A piece that does not come back has panicked, and so will the scope.
                let Some((piece, mut judged)) = wait(&judged) else { return Ok(()) };
                fold(&mut judged)?;
                self.progress.advance(bytes);
                spare.push((piece.chunk.bytes, judged));
            }
        })
    }
}

/// What is waited for, unless it will never come. A thread that is one of those that judge does so meanwhile.
fn wait<T>(coming: &Receiver<T>) -> Option<T> {
    loop {
        match coming.try_recv() {
            Ok(found) => return Some(found),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {}
        }
        match rayon::yield_now() {
            None => return coming.recv().ok(),
            Some(Yield::Executed) => {}
            Some(Yield::Idle) => {
                if let Ok(found) = coming.recv_timeout(PAUSE) {
                    return Some(found);
                }
            }
        }
    }
}
