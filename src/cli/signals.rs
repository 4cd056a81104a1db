//! Being asked to stop.
//!
//! What enters: Ctrl-C and the system's wish to end. What leaves: a [`Stop`] that the run looks at.
//! What is refused: nothing; a second Ctrl-C ends at once. A file size limit is no signal here but a failed write.

use std::sync::Arc;

use bordereau::model::Language;
use bordereau::pipeline::Stop;

/// From now on a limit to the size of files ends no run by a signal: with any handler the write fails with "file too large",
/// and whoever wrote says so.
pub(crate) fn survive_size_limits() {
    // Without the handler the signal ends the program, as a power cut might; nothing torn is left by that.
    #[cfg(unix)]
    drop(signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default()));
}

/// What the run looks at; from now on it is told.
#[cfg(not(unix))]
pub(crate) fn listen(_language: Language) -> Arc<Stop> {
    Arc::default()
}

/// What the run looks at; from now on it is told.
#[cfg(unix)]
pub(crate) fn listen(language: Language) -> Arc<Stop> {
    let stop = Arc::<Stop>::default();
    // Without the handlers a signal ends the program at once, as it did before; nothing torn is left by that.
    drop(handle(&stop, language));
    stop
}

#[cfg(unix)]
fn handle(stop: &Arc<Stop>, language: Language) -> std::io::Result<()> {
    use std::sync::atomic::AtomicBool;

    use bordereau::diagnostic::Exit;
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag;
    use signal_hook::iterator::Signals;

    let asked = Arc::<AtomicBool>::default();
    // The order counts: the first Ctrl-C passes the closed door and opens it for the second.
    flag::register_conditional_shutdown(SIGINT, i32::from(Exit::Interrupted.code()), Arc::clone(&asked))?;
    flag::register(SIGINT, asked)?;
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let stop = Arc::clone(stop);
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            if signal == SIGTERM {
                stop.terminate();
            } else {
                stop.interrupt();
                if super::out::is_watched() {
                    super::out::talk(&format!("\n{}\n", super::texts::STOPPING.get(language)));
                }
            }
        }
    })?;
    Ok(())
}
