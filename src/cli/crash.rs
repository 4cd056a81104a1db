//! Faults of the program itself: one clear message instead of a trace.
//!
//! What enters: work that may panic. What leaves: its result, or `INTERNAL_ERROR`.
//! What is refused: a trace nobody asked for; `RUST_BACKTRACE` asks for it. A disk that fails below the XLSX writer is
//! no fault of the program and is answered where it happens.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

use bordereau::diagnostic::{Arguments, Code, Error, Result};

/// Where the last panic was.
static PLACE: Mutex<String> = Mutex::new(String::new());

/// Does the work; a panic becomes an error.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    listen();
    // The state that a panic leaves behind is given up as a whole.
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let place = PLACE.lock().map(|place| place.clone()).unwrap_or_default();
        let cause = format!("{} ({place})", words(payload.as_ref()));
        Err(Error::new(Code::InternalError, Arguments::none().with("cause", cause)))
    })
}

/// Keeps the place of a panic, and shows the usual trace only to those who ask for it.
fn listen() {
    let usual = panic::take_hook();
    let traced = std::env::var_os("RUST_BACKTRACE").is_some_and(|wish| wish != "0");
    panic::set_hook(Box::new(move |panic| {
        if bordereau::report::is_disk_failure(panic) {
            return;
        }
        if let (Some(at), Ok(mut place)) = (panic.location(), PLACE.lock()) {
            let file = at.file().rsplit(['/', '\\']).take(2).collect::<Vec<_>>();
            *place = format!("{}:{}", file.into_iter().rev().collect::<Vec<_>>().join("/"), at.line());
        }
        if traced {
            usual(panic);
        }
    }));
}

fn words(payload: &(dyn Any + Send)) -> &str {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(words), _) => words,
        (None, Some(words)) => words,
        (None, None) => "panic",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_internal_error_that_says_where() {
        let error = guarded(|| -> Result<()> { panic!("the scales do not balance") }).unwrap_err();
        assert_eq!((error.code, error.exit().code()), (Code::InternalError, 1));
        let cause = error.arguments.get("cause").unwrap();
        assert!(cause.starts_with("the scales do not balance (cli/crash.rs:"), "{cause}");
    }
}
