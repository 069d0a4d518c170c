//! Traces that wait for a value from outside: lists them, and passes values to them.

use std::error::Error;
use std::fmt;

use super::Flow;
use crate::graph::{Topology, given_back};
use crate::message::{StepId, TraceId};
use crate::parking::Parked;

impl<F: Topology, S> Flow<F, S> {
    /// The steps that wait for a value, in the order in which they began to.
    pub fn parked(&self) -> Vec<Parked> {
        self.parking_lot.parked()
    }

    pub(super) fn give<T: Send + 'static>(
        &self,
        trace_id: TraceId,
        step: Option<StepId>,
        value: T,
    ) -> Result<(), ResumeError<T>> {
        let given = self.parking_lot.give(trace_id, step, Box::new(value));
        given.map_err(|given| ResumeError {
            trace_id,
            value: given_back(given),
        })
    }
}

/// No trace of this id waits for such a value: it was never parked, or went on already, or is
/// over. Holds the value.
pub struct ResumeError<T> {
    trace_id: TraceId,
    value: T,
}

impl<T> ResumeError<T> {
    /// The value that was not taken.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The trace that does not wait for it.
    pub fn trace_id(&self) -> TraceId {
        self.trace_id
    }
}

impl<T> fmt::Display for ResumeError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let awaited = crate::graph::TypeName::of::<T>();
        write!(
            f,
            "the trace {} does not wait for a `{awaited}`",
            self.trace_id
        )
    }
}

impl<T> fmt::Debug for ResumeError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResumeError")
            .field("trace_id", &self.trace_id)
            .finish_non_exhaustive()
    }
}

impl<T> Error for ResumeError<T> {}
