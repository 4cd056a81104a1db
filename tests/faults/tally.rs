//! How many faults were planted, what became of them, and what is known not to survive them.

use crate::checker::Promise;
use crate::house::House;

/// Something that is known to be wrong and is told in `docs/reliability.md`.
pub(crate) struct Gap {
    /// What it is called there.
    pub(crate) name: &'static str,
    /// Which promise it breaks, what a judgement says of it, and after which faults it may.
    seen: (Promise, &'static str, &'static [&'static str]),
}

/// All of them.
pub(crate) const GAPS: [Gap; 1] =
    [Gap { name: "a second copy", seen: (Promise::NoLoss, "dropped 1 times, there 2 times: ", &["F07", "F08"]) }];

/// How many faults of a kind were planted, and what became of them.
pub(crate) struct Tally {
    fault: &'static str,
    planted: u32,
    survived: u32,
    with_gap: u32,
    bytes_lost: u64,
    doubles: u64,
}

impl Tally {
    /// Of a fault by its number in `docs/reliability.md`.
    pub(crate) fn of(fault: &'static str) -> Self {
        Self { fault, planted: 0, survived: 0, with_gap: 0, bytes_lost: 0, doubles: 0 }
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
        let is_known = |promise: Promise, fault: &String| {
            GAPS.iter()
                .map(|gap| gap.seen)
                .any(|(of, says, after)| of == promise && fault.starts_with(says) && after.contains(&self.fault))
        };
        let mut faults = Promise::ALL
            .into_iter()
            .flat_map(|promise| found.faults(promise).iter().map(move |fault| (promise, fault)));
        assert!(faults.all(|(promise, fault)| is_known(promise, fault)), "{}, {told}\n{found}", self.fault);
        self.survived += u32::from(found.holds());
        self.with_gap += u32::from(!found.holds());
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
        let Self { fault, planted, survived, with_gap, bytes_lost, doubles } = self;
        eprintln!(
            "fault {fault}: {planted} planted, {survived} survived, {with_gap} with a known gap, {bytes_lost} bytes lost, \
             {doubles} doubled"
        );
    }
}
