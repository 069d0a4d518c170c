//! Tells how to reproduce a failing case, and keeps expected panics quiet.

use std::fmt::Display;
use std::panic;
use std::sync::Once;
use std::thread;

use crate::generator::{Plan, write};

/// What nodes panic with when they are meant to.
pub(crate) const EXPECTED: &str = "this node was meant to panic";

/// Checks a case, and reports it if it fails: the sample's seed, the flow's source, and
/// what was done so far.
#[derive(Debug)]
pub struct CaseReport {
    plan: Plan,
    seen: Vec<String>,
}

impl CaseReport {
    /// A report for a flow.
    pub fn of(plan: &Plan) -> Self {
        keep_expected_panics_quiet();
        Self {
            plan: plan.clone(),
            seen: Vec::new(),
        }
    }

    /// Notes what is done.
    pub fn note(&mut self, what: impl Display) {
        self.seen.push(what.to_string());
    }

    /// Forgets what was done: another case begins.
    pub fn forget(&mut self) {
        self.seen.clear();
    }
}

impl Drop for CaseReport {
    fn drop(&mut self) {
        if thread::panicking() {
            let Plan { seed, number, .. } = self.plan;
            eprintln!(
                "\nflow {number} of PENGUIFLOW_SEED={seed}:\n\n{}",
                write(&self.plan)
            );
            for what in &self.seen {
                eprintln!("- {what}");
            }
        }
    }
}

fn keep_expected_panics_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info
                .payload()
                .downcast_ref::<String>()
                .is_none_or(|text| text != EXPECTED)
                && info
                    .payload()
                    .downcast_ref::<&str>()
                    .is_none_or(|text| *text != EXPECTED)
            {
                tell(info);
            }
        }));
    });
}
