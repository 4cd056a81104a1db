//! How many faults were planted, and what became of them.

use crate::house::House;

/// How many faults of a kind were planted, and what became of them.
pub(crate) struct Tally {
    fault: &'static str,
    planted: u32,
    survived: u32,
    bytes_lost: u64,
    doubles: u64,
}

impl Tally {
    /// Of a fault by its number in `docs/reliability.md`.
    pub(crate) fn of(fault: &'static str) -> Self {
        Self { fault, planted: 0, survived: 0, bytes_lost: 0, doubles: 0 }
    }

    pub(crate) fn planted(&self) -> u32 {
        self.planted
    }

    /// A fault was planted; whatever it did, all promises must hold now.
    #[track_caller]
    pub(crate) fn count(&mut self, house: &House, told: &str) {
        let found = house.judge();
        self.planted += 1;
        self.bytes_lost += found.bytes_lost;
        self.doubles += found.doubles;
        assert!(found.holds(), "{}, {told}\n{found}", self.fault);
        self.survived += 1;
    }

    /// A fault was planted and survived that leaves no workspace behind.
    pub(crate) fn survive(&mut self) {
        self.planted += 1;
        self.survived += 1;
    }
}

/// One line that can be added up.
impl Drop for Tally {
    fn drop(&mut self) {
        let Self { fault, planted, survived, bytes_lost, doubles } = self;
        eprintln!("fault {fault}: {planted} planted, {survived} survived, {bytes_lost} bytes lost, {doubles} doubled");
    }
}
