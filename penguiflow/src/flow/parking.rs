//! Traces that wait for a value from outside: lists them, and passes values to them.

use std::error::Error;
use std::fmt;
use std::future::ready;
use std::sync::Arc;

use super::{Flow, Run};
use crate::graph::{AwaitInfo, Given, Topology, given_back};
use crate::message::{StepId, TraceId};
use crate::parking::{Parked, ParkingLot, Parkings, ResumeJsonError, read_for};

impl<F: Topology, S> Flow<F, S> {
    /// The steps that wait for a value, in the order in which they began to.
    pub fn parked(&self) -> Vec<Parked> {
        self.parking_lot.parked()
    }

    /// The steps of this trace that wait.
    pub(crate) fn parked_in(&self, trace_id: TraceId) -> Vec<Parked> {
        self.parking_lot.parked_in(trace_id)
    }

    /// The steps that wait, and those that park from now on, in the order in which they begin to wait.
    /// All clones of the flow share what is parked.
    ///
    /// The stream queues nothing, so that a slow reader holds up no trace and takes no memory. It passes
    /// over a step that goes on before the reader comes to it: what it yields waits at that moment.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn draft(topic: String) -> String {
    ///     format!("On {topic}")
    /// }
    ///
    /// #[node]
    /// async fn publish((draft, approved): (String, bool)) -> Option<String> {
    ///     approved.then_some(draft)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let flow = flow! { draft -> await bool -> publish };
    /// let mut parkings = flow.parkings();
    /// let running = flow.start();
    /// running.emit("penguins".to_owned()).await?;
    /// let parked = parkings.next().await.expect("the flow is there");
    /// flow.resume(parked.trace_id, true).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn parkings(&self) -> Parkings {
        Parkings::new(&self.parking_lot)
    }

    /// The places where the flow's traces park, each with the type that it waits for.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn draft(topic: String) -> String {
    ///     format!("On {topic}")
    /// }
    ///
    /// let flow = flow! { draft -> await bool within "24h" };
    /// let place = &flow.awaits()[0];
    /// assert_eq!((place.name, place.awaited.to_string()), ("await bool", "bool".to_owned()));
    /// ```
    pub fn awaits(&self) -> &'static [AwaitInfo] {
        F::AWAITS
    }

    /// Passes a value to a parked trace, read from a JSON document, a text or bytes: to the step that is
    /// named, or else to the first of the trace that waits, whatever it waits for.
    ///
    /// ```
    /// use penguiflow::ResumeJsonError;
    /// use penguiflow::prelude::*;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Approval {
    ///     by: String,
    /// }
    ///
    /// #[node]
    /// async fn draft(topic: String) -> String {
    ///     format!("On {topic}")
    /// }
    ///
    /// #[node]
    /// async fn publish((draft, approval): (String, Approval)) -> String {
    ///     format!("{draft}, approved by {}", approval.by)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let flow = flow! { draft -> await Approval -> publish };
    /// let mut parkings = flow.parkings();
    /// let running = flow.start();
    /// let id = running.emit("penguins".to_owned()).await?;
    /// parkings.next().await;
    ///
    /// let refused = flow.resume_json(id, None, r#"{"by": 7}"#).await;
    /// assert!(matches!(refused, Err(ResumeJsonError::Invalid(_))));
    /// flow.resume_json(id, None, r#"{"by": "Ada"}"#).await?;
    /// let published = running.fetch().await.expect("a result for each message")?;
    /// assert_eq!(published.payload, "On penguins, approved by Ada");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A [`ResumeJsonError`]. The step waits on.
    pub fn resume_json(
        &self,
        trace_id: TraceId,
        step: Option<StepId>,
        json: impl AsRef<[u8]>,
    ) -> Run<'static, (), ResumeJsonError> {
        // Read with the lot's lock free: `Deserialize` is the user's.
        match read_given(&self.parking_lot, trace_id, step, json.as_ref()) {
            Err(error) => Run::new(|| ready(Err(error))),
            Ok((step, given)) => {
                let lot = Arc::clone(&self.parking_lot);
                Run::new(move || async move {
                    let resumed = lot.give(trace_id, Some(step), given);
                    resumed.map_err(|_| ResumeJsonError::StepNotParked(step))
                })
            }
        }
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

/// Reads what the step waits for that is named, or the first of the trace.
fn read_given(
    lot: &ParkingLot,
    trace_id: TraceId,
    step: Option<StepId>,
    json: &[u8],
) -> Result<(StepId, Given), ResumeJsonError> {
    let not_parked = || match step.filter(|_| lot.place(trace_id, None).is_some()) {
        Some(step) => ResumeJsonError::StepNotParked(step),
        None => ResumeJsonError::NotParked,
    };
    let (step, place) = lot.place(trace_id, step).ok_or_else(not_parked)?;
    Ok((step, read_for(place, json)?))
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
