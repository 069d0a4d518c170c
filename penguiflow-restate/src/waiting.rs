//! The steps of a trace that wait for values, for the handler that resumes them. It runs at the latest version
//! of the flow, and the trace may be with another one.

use penguiflow::ResumeJsonError;
use penguiflow::host::{DurableTrace, ParkedStep, StepId};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// The steps that wait, each with the type that it waits for.
pub(crate) struct Waiting {
    steps: Vec<(StepId, String)>,
    /// The trace, if this version of the flow can load it: it reads the values.
    trace: Option<DurableTrace>,
}

/// A parked step as the state shows it.
#[derive(Serialize)]
struct Written {
    #[serde(flatten)]
    step: ParkedStep,
    /// The name of the type with its modules, which a value is found by.
    awaited_type: &'static str,
}

/// The same, read by another version.
#[derive(Deserialize)]
struct Read {
    step: StepId,
    awaited_type: String,
}

/// The steps of a trace that wait, as the state shows them.
pub(crate) fn shown(trace: &DurableTrace) -> serde_json::Result<Vec<u8>> {
    let types = trace.parked().into_iter();
    let types = types.map(|parked| parked.awaited.full());
    let steps = trace.parked_steps().into_iter().zip(types);
    let written = steps.map(|(step, awaited_type)| Written { step, awaited_type });
    serde_json::to_vec(&written.collect::<Vec<_>>())
}

impl Waiting {
    pub(crate) fn of(trace: DurableTrace) -> Self {
        let parked = trace.parked().into_iter();
        let steps = parked.map(|parked| (parked.step, parked.awaited.full().to_owned()));
        Self {
            steps: steps.collect(),
            trace: Some(trace),
        }
    }

    /// The steps of a trace that is with another version, by what its state shows.
    pub(crate) fn of_shown(shown: &[u8]) -> Self {
        let read = serde_json::from_slice::<Vec<Read>>(shown);
        let steps = read.unwrap_or_default().into_iter();
        Self {
            steps: steps.map(|read| (read.step, read.awaited_type)).collect(),
            trace: None,
        }
    }

    /// Those that a value may be meant for, by the step and the type that its sender names.
    pub(crate) fn meant(&self, named: Option<StepId>, awaited: Option<&str>) -> Vec<StepId> {
        let steps = self.steps.iter().filter(|(step, awaits)| {
            named.is_none_or(|named| named == *step)
                && awaited.is_none_or(|awaited| awaited == awaits)
        });
        steps.map(|(step, _)| *step).collect()
    }

    /// Why a value of this type was not taken.
    pub(crate) fn refusal(&self, awaited: &str) -> String {
        if !self.meant(None, Some(awaited)).is_empty() {
            return format!("no step of the trace waits for a `{awaited}` any more");
        }
        let mut types: Vec<_> = self.steps.iter().map(|(_, awaits)| &**awaits).collect();
        types.dedup();
        let types = types.join("` or a `");
        format!("no step of the trace waits for a `{awaited}`: it waits for a `{types}`")
    }

    /// Reads the value as what the step waits for. Another version reads it when it goes on.
    pub(crate) fn read(&mut self, step: StepId, json: &[u8]) -> Result<(), ResumeJsonError> {
        match &mut self.trace {
            Some(trace) => trace.resume_json(Some(step), json),
            None => Ok(()),
        }
    }
}

/// Whether a value is a JSON document at all.
pub(crate) fn is_json(value: &[u8]) -> Result<(), serde_json::Error> {
    serde_json::from_slice::<IgnoredAny>(value).map(drop)
}
