//! Rows that are made on a thread of their own.
//!
//! What enters: work that gives rows to a [`Sink`]. What leaves: [`Rows`], a few of them ahead of their reader.
//! What is refused: nothing. When the reader goes away, the sink says so and the work ends.
//!
//! Readers of workbooks, XML and JSON borrow from themselves or call back; here they simply give.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::row::{RowError, Rows, TableRow};

/// Rows that are handed over together.
const BATCH: usize = 256;

/// Bytes that make a batch complete before it has so many rows.
const BATCH_BYTES: usize = 256 << 10;

/// Batches that wait for their reader.
const WAITING: usize = 4;

type Batch = Result<Vec<TableRow>, RowError>;

/// Takes rows.
pub struct Sink {
    batch: Vec<TableRow>,
    bytes: usize,
    out: SyncSender<Batch>,
    position: Arc<AtomicU64>,
}

/// The reader went away: nobody wants further rows.
#[derive(Debug)]
pub struct Gone;

impl Sink {
    /// Gives a row; it is taken and left empty.
    pub fn give(&mut self, row: &mut TableRow) -> Result<(), Gone> {
        // Cells without text take memory, too.
        self.bytes += row.bytes().len() + row.len() * size_of::<usize>();
        self.batch.push(std::mem::take(row));
        if self.batch.len() >= BATCH || self.bytes >= BATCH_BYTES { self.send() } else { Ok(()) }
    }

    /// Says how many bytes of the file are done.
    pub fn at(&self, position: u64) {
        self.position.store(position, Ordering::Relaxed);
    }

    fn send(&mut self) -> Result<(), Gone> {
        self.bytes = 0;
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        self.out.send(Ok(batch)).map_err(|_| Gone)
    }
}

/// Why work ended before its last row.
#[derive(Debug)]
pub enum Ended {
    /// Nobody wants further rows.
    Gone,
    /// No further row can be read.
    Failed(RowError),
}

impl From<Gone> for Ended {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}

impl<E: Into<RowError>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Reads what is given to the sink of some work.
pub struct Feed {
    /// `None` once everything was read, or the feed goes away.
    batches: Option<Receiver<Batch>>,
    ready: VecDeque<TableRow>,
    worker: Option<JoinHandle<()>>,
    position: Arc<AtomicU64>,
}

impl Feed {
    /// Begins the work.
    pub fn begin(work: impl FnOnce(&mut Sink) -> Result<(), Ended> + Send + 'static) -> Self {
        let (out, batches) = sync_channel(WAITING);
        let position = Arc::new(AtomicU64::new(0));
        let mut sink = Sink { batch: Vec::new(), bytes: 0, out, position: Arc::clone(&position) };
        let worker = std::thread::spawn(move || {
            // When nobody is left to be told, there is nothing more to do.
            let ended = work(&mut sink).and_then(|()| Ok(sink.send()?));
            if let Err(Ended::Failed(error)) = ended {
                drop(sink.send());
                drop(sink.out.send(Err(error)));
            }
        });
        Self { batches: Some(batches), ready: VecDeque::new(), worker: Some(worker), position }
    }

    /// Waits for the worker; a panic in it goes on here, as if the work had been done by the reader.
    fn join(&mut self) {
        self.batches = None;
        if let Some(Err(panic)) = self.worker.take().map(JoinHandle::join)
            && !std::thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

impl Rows for Feed {
    fn next(&mut self, row: &mut TableRow) -> Result<bool, RowError> {
        loop {
            if let Some(next) = self.ready.pop_front() {
                *row = next;
                return Ok(true);
            }
            let Some(batch) = self.batches.as_ref().and_then(|batches| batches.recv().ok()) else {
                self.join();
                return Ok(false);
            };
            self.ready.extend(batch?);
        }
    }

    fn position(&self) -> u64 {
        self.position.load(Ordering::Relaxed)
    }
}

/// The worker has let go of the file when the feed is gone.
impl Drop for Feed {
    fn drop(&mut self) {
        self.join();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(to: u64) -> Feed {
        Feed::begin(move |sink| {
            let mut row = TableRow::default();
            for line in 1..=to {
                row.begin(line);
                row.push(line.to_string().as_bytes());
                sink.give(&mut row)?;
            }
            Err(RowError::limit("rows", to))?
        })
    }

    #[test]
    fn every_row_comes_in_order_and_then_the_error() {
        let mut feed = counting(1000);
        let mut row = TableRow::default();
        for line in 1..=1000 {
            assert!(feed.next(&mut row).unwrap());
            assert_eq!((row.line, row.cell(0)), (line, line.to_string().as_bytes()));
        }
        assert!(matches!(feed.next(&mut row), Err(RowError::Refused(_))));
        assert!(!feed.next(&mut row).unwrap());
    }

    #[test]
    fn work_that_nobody_wants_ends() {
        let mut feed = counting(u64::MAX);
        assert!(feed.next(&mut TableRow::default()).unwrap());
        drop(feed);
    }

    #[test]
    #[should_panic(expected = "broken")]
    fn a_panic_is_not_lost() {
        let mut feed = Feed::begin(|_| panic!("broken"));
        drop(feed.next(&mut TableRow::default()));
    }
}
