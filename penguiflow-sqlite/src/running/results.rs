//! Results: fetched, and acknowledged when they are taken care of.

use std::fmt;
use std::marker::PhantomData;

use penguiflow::{ErrorKind, FlowError, Message, NodeError, TraceId};
use serde::de::DeserializeOwned;

use super::Running;
use crate::error::Error;
use crate::host::Host;
use crate::store::{Seq, Store, StoreError, StoredResult};

impl<In: Send + 'static, Out: DeserializeOwned + Send + 'static> Running<In, Out> {
    /// The next result of a message that was emitted: an output, or the error that its trace ended in.
    /// `None` once the flow was stopped and all results were fetched.
    ///
    /// It stays in the store until it is [acknowledged](Fetched::ack): one that was not is fetched again
    /// when the flow is started again. Each is fetched once until then, whoever fetches.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn fetch(&self) -> Result<Option<Fetched<Out>>, Error> {
        let result = self.host.fetch().await?;
        Ok(result.map(|result| self.fetched(result)))
    }

    /// The next result, if there is one now.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn try_fetch(&self) -> Result<Option<Fetched<Out>>, Error> {
        let result = self.host.try_fetch().await?;
        Ok(result.map(|result| self.fetched(result)))
    }

    fn fetched(&self, result: StoredResult) -> Fetched<Out> {
        Fetched {
            output: read(&self.host, result.trace, result.is_error, &result.value),
            seq: result.seq,
            trace_id: result.trace,
            ack: Ack {
                store: self.host.store.clone(),
                seq: Some(result.seq),
                is_on_drop: self.acks_on_drop,
            },
            out: PhantomData,
        }
    }
}

/// Reads an output or an error of a trace.
pub(super) fn read<Out: DeserializeOwned>(
    host: &Host,
    trace: TraceId,
    is_error: bool,
    value: &[u8],
) -> Result<Message<Out>, FlowError> {
    let unread = |error: serde_json::Error| {
        let reason = format!("the result that is stored does not fit the flow: {error}");
        let failure = NodeError::new(ErrorKind::Invalid, reason);
        host.flow.failed(trace, failure)
    };
    match is_error {
        false => serde_json::from_slice(value).map_err(unread),
        true => Err(serde_json::from_slice(value).unwrap_or_else(unread)),
    }
}

/// A result of a message that was emitted, which stays in the store until it is acknowledged.
#[must_use = "a result that is not acknowledged comes again"]
pub struct Fetched<Out> {
    output: Result<Message<Out>, FlowError>,
    seq: Seq,
    trace_id: TraceId,
    ack: Ack,
    out: PhantomData<Out>,
}

impl<Out> Fetched<Out> {
    /// Its place in the order of results: the same each time that it is fetched, and no other's.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The trace that it is a result of.
    pub fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// The output, or the error that the trace ended in.
    ///
    /// # Errors
    ///
    /// The trace's.
    pub fn output(&self) -> Result<&Message<Out>, &FlowError> {
        self.output.as_ref()
    }

    /// Acknowledges it: it does not come again.
    ///
    /// # Errors
    ///
    /// Those of the store. It comes again then.
    pub async fn ack(mut self) -> Result<(), StoreError> {
        self.acknowledge().await
    }

    /// Acknowledges it, and returns the output.
    ///
    /// # Errors
    ///
    /// [`Error::Flow`] with the error that the trace ended in, which is acknowledged as well; those of the
    /// store.
    pub async fn into_output(mut self) -> Result<Message<Out>, Error> {
        self.acknowledge().await?;
        Ok(self.output?)
    }

    async fn acknowledge(&mut self) -> Result<(), StoreError> {
        let seq = self.ack.seq.take();
        self.ack.store.ack(seq.into_iter().collect()).await
    }
}

impl<Out> fmt::Debug for Fetched<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetched")
            .field("seq", &self.seq)
            .field("trace_id", &self.trace_id)
            .field("is_error", &self.output.is_err())
            .finish_non_exhaustive()
    }
}

/// What acknowledges a result that is dropped, where that is asked for.
struct Ack {
    store: Store,
    seq: Option<i64>,
    is_on_drop: bool,
}

impl Drop for Ack {
    fn drop(&mut self) {
        if let Some(seq) = self.seq.filter(|_| self.is_on_drop) {
            self.store.begin_ack(vec![seq]);
        }
    }
}
