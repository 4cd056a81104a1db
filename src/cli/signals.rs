//! Being asked to stop.
//!
//! What enters: Ctrl-C and the system's wish to end, for who asks for it a hang-up. What leaves: a [`Stop`] that the run looks
//! at, and a word to whoever wants to hear at once.
//! What is refused: nothing; a second Ctrl-C ends at once. A file size limit is no signal here but a failed write.

use std::sync::Arc;

use bordereau::model::Language;
use bordereau::pipeline::Stop;

/// Whoever waits wants to hear of it.
#[cfg_attr(not(unix), expect(dead_code, reason = "there are no such signals"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It is to stop.
    Stop,
    /// What is open is to be opened anew.
    HangUp,
}

/// Told of signals as they come.
type Ear = Box<dyn Fn(Heard) + Send>;

/// What the run looks at; from now on it is told.
pub(crate) fn listen(language: Language) -> Arc<Stop> {
    listen_with(language, None)
}

/// The same for who waits for long: a hang-up ends it no more.
pub(crate) fn listen_and_tell(language: Language, ear: impl Fn(Heard) + Send + 'static) -> Arc<Stop> {
    listen_with(language, Some(Box::new(ear)))
}

#[cfg(not(unix))]
fn listen_with(_language: Language, _ear: Option<Ear>) -> Arc<Stop> {
    Arc::default()
}

#[cfg(unix)]
fn listen_with(language: Language, ear: Option<Ear>) -> Arc<Stop> {
    let stop = Arc::<Stop>::default();
    // Without the handlers a signal ends the program at once, as it did before; nothing torn is left by that.
    drop(handle(&stop, language, ear));
    stop
}

#[cfg(unix)]
fn handle(stop: &Arc<Stop>, language: Language, ear: Option<Ear>) -> std::io::Result<()> {
    use std::sync::atomic::AtomicBool;

    use bordereau::diagnostic::Exit;
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::flag;
    use signal_hook::iterator::Signals;

    let asked = Arc::<AtomicBool>::default();
    // The order counts: the first Ctrl-C passes the closed door and opens it for the second.
    flag::register_conditional_shutdown(SIGINT, i32::from(Exit::Interrupted.code()), Arc::clone(&asked))?;
    flag::register(SIGINT, asked)?;
    // With any handler the write fails with "file too large" and the run says so.
    flag::register(SIGXFSZ, Arc::default())?;
    let hang_up = ear.as_ref().map(|_| SIGHUP);
    let mut signals = Signals::new([SIGINT, SIGTERM].into_iter().chain(hang_up))?;
    let stop = Arc::clone(stop);
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let tell = |heard| ear.iter().for_each(|ear| ear(heard));
        for signal in signals.forever() {
            match signal {
                SIGHUP => {
                    tell(Heard::HangUp);
                    continue;
                }
                SIGTERM => stop.terminate(),
                _ => stop.interrupt(),
            }
            tell(Heard::Stop);
            if signal == SIGINT && super::out::is_watched() {
                super::out::talk(&format!("\n{}\n", super::texts::STOPPING.get(language)));
            }
        }
    })?;
    Ok(())
}

/// Waits, unless it is asked to stop.
pub(crate) fn wait(time: std::time::Duration, stop: &Stop) -> bordereau::diagnostic::Result<()> {
    const NAP: std::time::Duration = std::time::Duration::from_millis(100);

    let begun = std::time::Instant::now();
    loop {
        stop.check()?;
        let left = time.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Ok(());
        }
        std::thread::sleep(left.min(NAP));
    }
}
