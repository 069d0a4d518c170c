//! The progress of a batch in the terminal: hidden where standard error is none.

use std::fmt::Display;
use std::time::Duration;

use handbook::cli::say;
use indicatif::{ProgressBar, ProgressStyle};

use crate::outbox::Tally;

const TEMPLATE: &str = "{bar:30} {percent}% of {total_bytes}, {elapsed}: {wide_msg}";

/// How much of the file was read, and what became of it.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn over(bytes: u64) -> Self {
        let bar = ProgressBar::new(bytes);
        bar.set_style(ProgressStyle::with_template(TEMPLATE).expect("the template is valid"));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// So many bytes more were read.
    pub(crate) fn read(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    pub(crate) fn show(&self, tally: &Tally) {
        if !self.0.is_hidden() {
            self.0.set_message(tally.to_string());
        }
    }

    /// Prints a line above the bar.
    pub(crate) fn say(&self, line: impl Display) {
        self.0.suspend(|| say(line));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
