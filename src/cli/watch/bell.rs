//! What wakes who waits.
//!
//! What enters: a ring, from any thread. What leaves: the end of a wait. What is refused: nothing; rings while nobody waits are
//! one ring.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bordereau::diagnostic::Result;
use bordereau::pipeline::Stop;

/// Rung by signals and by what happens in the folder.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: Mutex<bool>,
    ring: Condvar,
}

impl Bell {
    /// Wakes who waits, or who will wait next.
    pub(super) fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ring.notify_all();
    }

    /// Waits for a ring, no longer than `most`, and at least for `least` unless it is asked to stop. Whether it rang.
    pub(super) fn wait(&self, least: Duration, most: Duration, stop: &Stop) -> Result<bool> {
        let begun = Instant::now();
        let mut has_rung = false;
        loop {
            stop.check()?;
            let until = if has_rung { least.min(most) } else { most };
            let left = until.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Ok(has_rung);
            }
            let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = self.ring.wait_timeout_while(rung, left, |rung| !*rung);
            let (mut rung, _) = waited.unwrap_or_else(PoisonError::into_inner);
            has_rung |= std::mem::take(&mut *rung);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn a_ring_is_never_lost_and_ends_the_wait() {
        let bell = Arc::new(Bell::default());
        let stop = Stop::default();
        bell.ring();
        bell.ring();
        let begun = Instant::now();
        assert!(bell.wait(Duration::ZERO, LONG, &stop).unwrap());
        assert!(!bell.wait(Duration::ZERO, Duration::from_millis(5), &stop).unwrap(), "two rings are one");
        let other = Arc::clone(&bell);
        let ringer = std::thread::spawn(move || other.ring());
        assert!(bell.wait(Duration::from_millis(20), LONG, &stop).unwrap());
        ringer.join().unwrap();
        assert!(begun.elapsed() < LONG);
    }

    #[test]
    fn who_is_to_stop_does_not_wait() {
        let bell = Bell::default();
        let stop = Stop::default();
        stop.terminate();
        assert!(bell.wait(LONG, LONG, &stop).is_err());
    }
}
