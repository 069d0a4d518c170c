//! Traces that wait for a value from outside: lists and resumes them.

use std::error::Error;
use std::fmt;

use super::{Flow, Run};
use crate::edge::Awaits;
use crate::graph::{Topology, given_back};
use crate::message::{StepId, TraceId};
use crate::parking::Parked;

impl<F: Topology, S> Flow<F, S> {
    /// Passes a value to a parked trace, which goes on in the task that runs it. Where several
    /// steps of it wait for a `T`, the first one takes it.
    ///
    /// All clones of the flow, and all that it was started as, share what is parked.
    ///
    /// # Errors
    ///
    /// Returns the value if no trace of this id waits for a `T`.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn draft(topic: String) -> String {
    ///     format!("On {topic}")
    /// }
    ///
    /// struct Approval {
    ///     by: String,
    /// }
    ///
    /// #[node]
    /// async fn publish((draft, approval): (String, Approval)) -> String {
    ///     format!("{draft}, approved by {}", approval.by)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let flow = flow! { draft -> await Approval within "24h" -> publish };
    /// let running = flow.start();
    /// let id = running.emit("penguins".to_owned()).await?;
    /// # while flow.parked().is_empty() { tokio::task::yield_now().await }
    /// assert_eq!(flow.parked()[0].node, "await Approval");
    ///
    /// flow.resume(id, Approval { by: "Ada".to_owned() }).await?;
    /// let published = running.fetch().await.expect("a result for each message")?;
    /// assert_eq!(published.payload, "On penguins, approved by Ada");
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume<T>(&self, trace_id: TraceId, value: T) -> Run<'_, (), ResumeError<T>>
    where
        F: Awaits<T>,
        S: Send + Sync,
        T: Send + 'static,
    {
        Run::new(|| async move { self.give(trace_id, None, value) })
    }

    /// The same for one of several steps of a trace, such as the items of a map.
    ///
    /// # Errors
    ///
    /// Returns the value if that step does not wait for a `T`.
    pub fn resume_step<T>(
        &self,
        trace_id: TraceId,
        step: StepId,
        value: T,
    ) -> Run<'_, (), ResumeError<T>>
    where
        F: Awaits<T>,
        S: Send + Sync,
        T: Send + 'static,
    {
        Run::new(|| async move { self.give(trace_id, Some(step), value) })
    }

    /// The steps that wait for a value, in the order in which they began to.
    pub fn parked(&self) -> Vec<Parked> {
        self.parking_lot.parked()
    }

    fn give<T: Send + 'static>(
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
