//! The face of a flow that runs on a store: that of a flow in memory.

mod call;
mod dead;
mod erased;
mod ledger;
mod parked;
mod parkings;
mod past_traces;
mod results;
mod schedules;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use penguiflow::{IntoMessage, TraceId};
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::host::{Host, Obeyed};

pub use call::Trace;
pub use dead::DeadLetter;
pub use ledger::Ledger;
pub use parked::ParkedTrace;
pub use parkings::Parkings;
pub use results::Fetched;

/// A flow that runs on a store: what [`Sqlite::start`](crate::Sqlite::start) returns. Clones are the same.
///
/// What was emitted runs whether this is held or not, until [`stop`](Self::stop), or until the runtime
/// ends.
pub struct Running<In, Out> {
    host: Arc<Host>,
    acks_on_drop: bool,
    types: PhantomData<fn(In) -> Out>,
}

impl<In: Send + 'static, Out: DeserializeOwned + Send + 'static> Running<In, Out> {
    pub(crate) fn new(host: Arc<Host>, acks_on_drop: bool) -> Self {
        Self {
            host,
            acks_on_drop,
            types: PhantomData,
        }
    }

    /// Stores a message, whose trace runs from then on. Does not wait for room: what waits for room
    /// waits in the store.
    ///
    /// # Errors
    ///
    /// Of the store, and [`Error::Stopped`]. A future that is dropped leaves open whether the message is
    /// stored.
    pub async fn emit(&self, input: impl IntoMessage<In>) -> Result<TraceId, Error> {
        let emitted = self.host.emit(input.into_message(), None, None).await?;
        Ok(emitted.id)
    }

    /// The same, under a key that is the caller's name for the message: emitted again under the same
    /// key, it is the same trace, whether that is over or not.
    ///
    /// # Errors
    ///
    /// Those of `emit`.
    pub async fn emit_keyed(
        &self,
        key: impl fmt::Display,
        input: impl IntoMessage<In>,
    ) -> Result<TraceId, Error> {
        let key = Some(key.to_string());
        let emitted = self.host.emit(input.into_message(), key, None).await?;
        Ok(emitted.id)
    }

    /// Stores a message whose trace begins at this time, in this process or another. One that has passed
    /// is now.
    ///
    /// # Errors
    ///
    /// Those of `emit`.
    pub async fn emit_at(
        &self,
        time: SystemTime,
        input: impl IntoMessage<In>,
    ) -> Result<TraceId, Error> {
        let emitted = self
            .host
            .emit(input.into_message(), None, Some(time))
            .await?;
        Ok(emitted.id)
    }

    /// Ends a trace that is not over: what runs of it is dropped.
    ///
    /// # Errors
    ///
    /// [`Error::NotThere`], and those of the store.
    pub async fn cancel(&self, trace_id: TraceId) -> Result<(), Error> {
        self.host.order(trace_id, |_| Obeyed::Cancelled).await
    }

    /// Takes no more messages, begins no more steps, and waits until those that run are over and stored.
    /// What is not over goes on when the flow is started on the store again.
    pub async fn stop(&self) {
        self.host.stop().await;
    }

    /// The same; the steps that still run after this time are dropped, and run again when the flow is
    /// started on the store again.
    pub async fn stop_within(&self, limit: Duration) {
        self.host.stop_within(limit).await;
    }
}

impl<In, Out> Clone for Running<In, Out> {
    fn clone(&self) -> Self {
        Self {
            host: Arc::clone(&self.host),
            acks_on_drop: self.acks_on_drop,
            types: PhantomData,
        }
    }
}

impl<In, Out> fmt::Debug for Running<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("flow", &self.host.flow)
            .finish_non_exhaustive()
    }
}
