//! How far a run is, for whoever watches the terminal.
//!
//! What enters: what the library tells of its progress. What leaves: one line on standard error that vanishes at the end.
//! What is refused: nothing; without a terminal nothing is shown.

use bordereau::pipeline::Progress;
use bordereau::report::escape;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on the terminal.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar that is shown, or one that is not.
    pub(crate) fn new(shown: bool) -> Self {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        match ProgressStyle::with_template("{msg}  {bar:30}  {percent} %  {eta}") {
            Ok(style) => Self(bar.with_style(style)),
            Err(_) => Self(bar),
        }
    }
}

impl Progress for Bar {
    fn begin(&self, file: &str, bytes: u64) {
        self.0.set_message(escape(file));
        self.0.set_length(bytes);
        self.0.reset();
    }

    fn advance(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}
