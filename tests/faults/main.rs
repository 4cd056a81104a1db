//! Faults that are planted: a run is killed, a disk is full, a file changes under its reader, a clock goes wrong. Afterwards the
//! promises of `docs/reliability.md` still hold, as a checker says that knows nothing of the program.
//!
//! `cargo test --test faults` plants a choice of each kind within a minute or two; `just faults` plants all of them
//! (`BORDEREAU_FAULTS=full`) and adds up what became of them. What a machine lacks for a fault is said and passed over, but not
//! in the full form. `just soak` goes on for as long as it is wanted.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
#![expect(clippy::print_stderr, reason = "what was planted is told")]

mod arrivals;
mod calls;
mod checked;
mod checker;
mod clock;
mod contents;
mod disks;
mod house;
mod kills;
mod ledger;
mod many;
mod names;
mod page;
mod repeats;
mod rights;
mod soak;
#[expect(dead_code, reason = "the other tests need more of it")]
#[path = "../it/support.rs"]
mod support;
mod tally;
mod watchers;
