//! What becomes of a message.

use std::fmt;

use penguiflow::{ErrorKind, FlowError, Retry, Retryable};

use super::event::{Event, Time, What};
use crate::load::Load;
use crate::stamps::Stamps;

/// All that may become of a message, of which there is more than one where a flow goes on with
/// what is first.
#[derive(Debug, Clone, Default)]
pub struct ExpectedOutcomes {
    expected: Vec<ExpectedOutcome>,
    /// Whether there are more than were worked out: then anything is allowed.
    are_open: bool,
}

/// One way in which a message may come out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectedOutcome {
    /// The outputs, sorted.
    pub outputs: Vec<Output>,
    /// The errors, one of which ends the trace if there are any.
    pub failures: Vec<Failure>,
    /// The attempts, sorted. All of them run if nothing fails.
    pub attempts: Vec<Attempt>,
    /// Attempts that may have begun before their branch was dropped.
    pub perhaps: Vec<Attempt>,
}

/// An attempt of a visit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attempt {
    /// The node's number.
    pub node: u16,
    /// The attempt's number.
    pub attempt: u32,
    /// The step's id.
    pub step: u64,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            node,
            attempt,
            step,
        } = self;
        write!(f, "{node}.{attempt} {step:016x}")
    }
}

/// An output: its payload and its stamps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Output {
    /// The payload.
    pub load: Load,
    /// The headers that nodes set.
    pub stamps: Stamps,
}

/// A way to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Where.
    pub node: String,
    /// After how many attempts.
    pub attempts: u32,
    /// Whether a node that called the flow may try again.
    pub again: bool,
}

impl ExpectedOutcomes {
    pub(super) fn add(&mut self, outcome: ExpectedOutcome) {
        if !self.expected.contains(&outcome) {
            self.expected.push(outcome);
        }
    }

    /// There are more, which are not worked out.
    pub(super) fn open(mut self) -> Self {
        self.are_open = true;
        self
    }

    /// Whether there are more than were worked out.
    pub fn are_open(&self) -> bool {
        self.are_open
    }

    /// Whether a trace may end with this error.
    pub fn allow_error(&self, error: &FlowError) -> bool {
        match error.kind() {
            ErrorKind::Filtered => self.allow_filtered(),
            _ => self.allow_failure(&Failure::from(error)),
        }
    }

    /// Whether a trace may end with this failure.
    pub fn allow_failure(&self, failure: &Failure) -> bool {
        self.are_open
            || self
                .expected
                .iter()
                .any(|outcome| outcome.failures.contains(failure))
    }

    /// Whether it may be filtered: every path ends in `None`.
    pub fn allow_filtered(&self) -> bool {
        self.are_open || self.expected.iter().any(ExpectedOutcome::is_filtered)
    }

    /// Whether it may have these outputs, sorted.
    pub fn allow(&self, outputs: &[Output]) -> bool {
        let mut well = self.expected.iter().filter(|outcome| outcome.goes_well());
        self.are_open || well.any(|outcome| outcome.outputs == outputs)
    }

    /// The ways in which it comes to these payloads, sorted.
    pub fn with(&self, loads: &[Load]) -> impl Iterator<Item = &ExpectedOutcome> {
        let well = self.expected.iter().filter(|outcome| outcome.goes_well());
        well.filter(move |outcome| outcome.outputs.iter().map(|output| &output.load).eq(loads))
    }

    /// The only one, if no path of it fails and no attempt is in doubt.
    pub fn certain(&self) -> Option<&ExpectedOutcome> {
        let ([outcome], false) = (self.expected.as_slice(), self.are_open) else {
            return None;
        };
        (outcome.failures.is_empty() && outcome.perhaps.is_empty()).then_some(outcome)
    }
}

impl fmt::Display for ExpectedOutcomes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, outcome) in self.expected.iter().enumerate() {
            let or = if place > 0 { "or " } else { "" };
            write!(f, "\n    {or}{outcome:?}")?;
        }
        Ok(())
    }
}

impl From<&FlowError> for Failure {
    fn from(error: &FlowError) -> Self {
        Self {
            kind: error.kind(),
            node: error.node().unwrap_or_default().to_owned(),
            attempts: error.attempts(),
            again: error.retry() != Retry::Never,
        }
    }
}

impl ExpectedOutcome {
    /// What a trace with these events comes to.
    pub(super) fn of(events: Vec<Event>) -> Self {
        let mut outcome = Self::default();
        let mut failed = Vec::new();
        for Event { time, what } in events {
            match what {
                What::Ran(attempt) => outcome.attempts.push(attempt),
                What::PerhapsRan(attempt) => outcome.perhaps.push(attempt),
                What::Came(token) => outcome.outputs.push(Output {
                    load: token.value.tied(),
                    stamps: token.stamps,
                }),
                What::Left(output) => outcome.outputs.push(output),
                What::Back(..) => unreachable!("each loop goes on with what comes back to it"),
                What::Lost(loss) => failed.extend(loss.failure.map(|failure| (time, failure))),
            }
        }
        let is_first = |(time, _): &_| {
            let mut others = failed.iter();
            others.all(|(other, _): &(Time, _)| other.is_before(*time) != Some(true))
        };
        let first = failed.iter().filter(|failed| is_first(failed));
        outcome.failures = first.map(|(_, failure)| failure.clone()).collect();
        outcome.outputs.sort();
        outcome.attempts.sort_unstable();
        outcome
    }

    /// Whether every path ends in `None`.
    pub fn is_filtered(&self) -> bool {
        self.outputs.is_empty() && self.failures.is_empty()
    }

    fn goes_well(&self) -> bool {
        self.failures.is_empty()
    }

    /// Whether these attempts are those that it takes.
    pub fn has_run(&self, mut attempts: Vec<Attempt>) -> bool {
        for attempt in &self.attempts {
            let Some(place) = attempts.iter().position(|other| other == attempt) else {
                return false;
            };
            attempts.remove(place);
        }
        let mut perhaps = self.perhaps.clone();
        attempts.iter().all(|attempt| {
            let place = perhaps.iter().position(|other| other == attempt);
            place.map(|place| perhaps.swap_remove(place)).is_some()
        })
    }
}
