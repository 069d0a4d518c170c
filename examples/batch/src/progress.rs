//! The progress of a batch in the terminal: a bar for the file, and below it what the flow and each
//! node have done. Hidden where standard error is no terminal.

use std::fmt::Display;
use std::time::Duration;

use handbook::cli::say;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use penguiflow::TerminalView;

use crate::outbox::Tally;

const TEMPLATE: &str = "{bar:30} {percent}% of {total_bytes}, {elapsed}: {wide_msg}";

/// How much of the file was read, and what became of it.
pub(crate) struct Progress {
    bar: ProgressBar,
    lines: MultiProgress,
}

impl Progress {
    pub(crate) fn over(bytes: u64) -> Self {
        let lines = MultiProgress::new();
        let bar = lines.add(ProgressBar::new(bytes));
        bar.set_style(ProgressStyle::with_template(TEMPLATE).expect("the template is valid"));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, lines }
    }

    /// The lines of the flow, as an observer.
    pub(crate) fn view(&self) -> TerminalView {
        TerminalView::among(self.lines.clone())
    }

    /// So many bytes more were read.
    pub(crate) fn read(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    pub(crate) fn show(&self, tally: &Tally) {
        if !self.bar.is_hidden() {
            self.bar.set_message(tally.to_string());
        }
    }

    /// Prints a line above the bar.
    pub(crate) fn say(&self, line: impl Display) {
        self.lines.suspend(|| say(line));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish();
    }
}
