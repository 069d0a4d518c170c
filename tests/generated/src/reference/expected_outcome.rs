//! What becomes of a message.

use std::fmt;

use penguiflow::{ErrorKind, FlowError, Retry, Retryable};

use super::event::{Event, Time, What};
use crate::load::Load;

/// All that may become of a message, of which there is more than one where a flow goes on with
/// what is first.
#[derive(Debug, Clone, Default)]
pub struct Fates {
    fates: Vec<Fate>,
    /// Whether there are more than were worked out: then anything is allowed.
    are_open: bool,
}

/// One way in which a message may come out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fate {
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

/// An output: its payload and its topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Output {
    /// The payload.
    pub load: Load,
    /// Where the message was stamped last.
    pub topic: Option<String>,
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

impl Fates {
    pub(super) fn add(&mut self, fate: Fate) {
        if !self.fates.contains(&fate) {
            self.fates.push(fate);
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
                .fates
                .iter()
                .any(|fate| fate.failures.contains(failure))
    }

    /// Whether it may be filtered: every path ends in `None`.
    pub fn allow_filtered(&self) -> bool {
        self.are_open || self.fates.iter().any(Fate::is_filtered)
    }

    /// Whether it may have these outputs, sorted.
    pub fn allow(&self, outputs: &[Output]) -> bool {
        let mut well = self.fates.iter().filter(|fate| fate.goes_well());
        self.are_open || well.any(|fate| fate.outputs == outputs)
    }

    /// The ways in which it comes to these payloads, sorted.
    pub fn with(&self, loads: &[Load]) -> impl Iterator<Item = &Fate> {
        let well = self.fates.iter().filter(|fate| fate.goes_well());
        well.filter(move |fate| fate.outputs.iter().map(|output| &output.load).eq(loads))
    }

    /// The only one, if no path of it fails and no attempt is in doubt.
    pub fn certain(&self) -> Option<&Fate> {
        let ([fate], false) = (self.fates.as_slice(), self.are_open) else {
            return None;
        };
        (fate.failures.is_empty() && fate.perhaps.is_empty()).then_some(fate)
    }
}

impl fmt::Display for Fates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fate) in self.fates.iter().enumerate() {
            let or = if place > 0 { "or " } else { "" };
            write!(f, "\n    {or}{fate:?}")?;
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

impl Fate {
    /// What a trace with these events comes to.
    pub(super) fn of(events: Vec<Event>) -> Self {
        let mut fate = Self::default();
        let mut failed = Vec::new();
        for Event { time, what } in events {
            match what {
                What::Ran(attempt) => fate.attempts.push(attempt),
                What::PerhapsRan(attempt) => fate.perhaps.push(attempt),
                What::Came(token) => fate.outputs.push(Output {
                    load: token.value.tied(),
                    topic: token.topic,
                }),
                What::Left(output) => fate.outputs.push(output),
                What::Lost(loss) => failed.extend(loss.failure.map(|failure| (time, failure))),
            }
        }
        let is_first = |(time, _): &_| {
            let mut others = failed.iter();
            others.all(|(other, _): &(Time, _)| other.is_before(*time) != Some(true))
        };
        let first = failed.iter().filter(|failed| is_first(failed));
        fate.failures = first.map(|(_, failure)| failure.clone()).collect();
        fate.outputs.sort();
        fate.attempts.sort_unstable();
        fate
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
