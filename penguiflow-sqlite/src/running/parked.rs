//! Traces that wait for a value from outside.

use std::any::type_name;

use penguiflow::TraceId;
use penguiflow::host::StepId;
use serde::de::DeserializeOwned;
use tokio::sync::oneshot;

use super::Running;
use crate::error::Error;
use crate::host::Obeyed;

/// A trace that waits, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParkedTrace {
    /// The trace.
    pub trace_id: TraceId,
    /// The steps that wait, as JSON: `step`, `node`, `awaited`, `since` and `until`.
    pub waits: serde_json::Value,
}

impl<In: Send + 'static, Out: DeserializeOwned + Send + 'static> Running<In, Out> {
    /// The traces that wait for a value, the oldest first, at most `limit`.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn parked(&self, limit: usize) -> Result<Vec<ParkedTrace>, Error> {
        let parked = self.host.store.parked(self.host.id, 0, limit).await?;
        let parked = parked.into_iter().map(|(_, trace_id, waits)| ParkedTrace {
            trace_id,
            waits: serde_json::from_str(&waits).unwrap_or_default(),
        });
        Ok(parked.collect())
    }

    /// Gives a parked trace the value that it waits for. It is stored when this returns.
    ///
    /// # Errors
    ///
    /// [`Error::NotAwaited`] if it waits for no `T`, [`Error::NotThere`], and those of the store.
    pub async fn resume<T: Send + 'static>(
        &self,
        trace_id: TraceId,
        value: T,
    ) -> Result<(), Error> {
        self.give(trace_id, None, value).await
    }

    /// The same for one of several steps of a trace, such as the items of a map.
    ///
    /// # Errors
    ///
    /// Those of `resume`.
    pub async fn resume_step<T: Send + 'static>(
        &self,
        trace_id: TraceId,
        step: StepId,
        value: T,
    ) -> Result<(), Error> {
        self.give(trace_id, Some(step), value).await
    }

    async fn give<T: Send + 'static>(
        &self,
        id: TraceId,
        step: Option<StepId>,
        value: T,
    ) -> Result<(), Error> {
        let resume =
            move |trace: &mut penguiflow::host::DurableTrace| match trace.resume(step, value) {
                Ok(()) => Obeyed::Changed,
                Err(_) => Obeyed::Refused(Error::NotAwaited {
                    id,
                    awaited: type_name::<T>().to_owned(),
                }),
            };
        self.host.order(id, resume).await
    }

    /// The same with a value that is read from a JSON document, a text or bytes: for the step that is
    /// named, or the first that waits.
    ///
    /// # Errors
    ///
    /// [`Error::Resume`] if the document does not fit, and those of `resume`.
    pub async fn resume_json(
        &self,
        trace_id: TraceId,
        step: Option<StepId>,
        json: impl AsRef<[u8]>,
    ) -> Result<(), Error> {
        let json = json.as_ref().to_owned();
        self.host.resume_json(trace_id, step, json).await
    }

    /// The headers, the steps to run and the parked steps of a trace that is not over, as JSON.
    ///
    /// # Errors
    ///
    /// [`Error::NotThere`], and those of the store.
    pub async fn frontier(&self, trace_id: TraceId) -> Result<serde_json::Value, Error> {
        let (send, received) = oneshot::channel();
        let look = move |trace: &mut penguiflow::host::DurableTrace| match trace.store() {
            Ok(stored) => {
                let _ = send.send(stored);
                Obeyed::Unchanged
            }
            Err(error) => error.into(),
        };
        self.host.order(trace_id, look).await?;
        let stored = received.await.map_err(|_| Error::Stopped)?;
        Ok(serde_json::from_slice(&stored).unwrap_or_default())
    }
}
