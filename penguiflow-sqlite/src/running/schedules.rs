//! Traces that start by a schedule.

use penguiflow::{ErrorKind, NodeError, TraceId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Running;
use crate::error::Error;

impl<In, Out> Running<In, Out>
where
    In: Serialize + Send + 'static,
    Out: DeserializeOwned + Send + 'static,
{
    /// Starts a trace of this input at each time of a cron pattern, in UTC: `0 6 * * *` is at six every
    /// day, and a sixth field in front counts seconds. The schedule is stored under its name, and goes on in every process that
    /// starts the flow on the store; under the name of another one it takes its place.
    ///
    /// Each time has exactly one trace. For times that passed while no process ran, they start late.
    /// Their messages have the time as their `ts`, and the name as `schedule` in their headers' `meta`.
    ///
    /// # Errors
    ///
    /// Of the store, also if the pattern is none; of kind `Invalid`, if the input cannot be written.
    pub async fn schedule(
        &self,
        name: impl Into<String>,
        cron: impl Into<String>,
        input: &In,
    ) -> Result<(), Error> {
        let input = serde_json::to_vec(input).map_err(|error| {
            let reason = format!("the input of a schedule could not be written: {error}");
            let failure = NodeError::new(ErrorKind::Invalid, reason);
            self.host.flow.failed(TraceId::random(), failure)
        })?;
        self.host.schedule(name.into(), cron.into(), input).await
    }
}

impl<In: Send + 'static, Out: DeserializeOwned + Send + 'static> Running<In, Out> {
    /// Removes the schedule of this name, and returns whether there was one. Traces that have started
    /// go on.
    ///
    /// # Errors
    ///
    /// Of the store.
    pub async fn unschedule(&self, name: impl Into<String>) -> Result<bool, Error> {
        let (store, flow) = (&self.host.store, self.host.id);
        Ok(store.remove_schedule(flow, name.into()).await?)
    }
}
