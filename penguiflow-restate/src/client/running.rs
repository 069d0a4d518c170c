//! The traces of a flow that runs on a server, with the face of a flow on a store.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use penguiflow::host::{
    DurableFlow, HostedState, ParkedStep, StepId, TraceDetail, TraceFilter, TraceSummary,
};
use penguiflow::{IntoMessage, Message, TraceId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::http::Http;
use super::traces::{self, CountRow, StepRow, TraceRow};
use super::wanted::Wanted;
use crate::error::Error;
use crate::names::{
    self, FAILURE, FEED_HEADER, MESSAGE_HEADER, PARKED, RESUME, RUN, STEP_HEADER, TYPE_HEADER,
};

const JSON: (&str, &str) = ("content-type", "application/json");

/// The traces of a flow that runs on a server: what [`Client::flow`](super::Client::flow) returns. Clones are
/// the same.
pub struct Running<In, Out> {
    pub(super) http: Arc<Http>,
    flow: DurableFlow,
    pub(super) service: String,
    types: PhantomData<fn(In) -> Out>,
}

/// The answer of the admin interface to a query.
#[derive(Deserialize)]
pub(super) struct Rows<Row> {
    pub(super) rows: Vec<Row>,
}

#[derive(Deserialize)]
struct ParkedRow {
    waits: String,
}

/// A flow's traces as JSON documents.
pub(super) type Raw = Running<Box<RawValue>, Box<RawValue>>;

/// Reads what the server has sent.
pub(super) fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(Error::Unreadable)
}

impl<In, Out> Running<In, Out> {
    pub(super) fn new(http: Arc<Http>, flow: DurableFlow) -> Self {
        let service = names::service(flow.name());
        Self {
            http,
            flow,
            service,
            types: PhantomData,
        }
    }

    /// The flow, for its name and types: its nodes do not run here.
    pub(super) fn flow(&self) -> &DurableFlow {
        &self.flow
    }

    /// The same for JSON documents.
    pub(super) fn untyped(self) -> Raw {
        Running::new(self.http, self.flow)
    }
}

impl Raw {
    /// A trace that is cancelled where nobody waits for it any more.
    pub(super) fn wanted(self, id: TraceId) -> Wanted {
        Wanted::new(async move { drop(self.cancel(id).await) })
    }
}

impl<In: Serialize, Out: DeserializeOwned> Running<In, Out> {
    /// Sends a message, whose trace runs from then on, whatever becomes of this process.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`] leaves open whether the server has the message: sent again with its trace id,
    /// it is the same trace.
    pub async fn emit(&self, input: impl IntoMessage<In>) -> Result<TraceId, Error> {
        let message = input.into_message();
        let id = message.trace_id;
        self.send(&message, "/send", None).await?;
        Ok(id)
    }

    /// Sends a message, for a feed if somebody follows its trace. It is written before the future is polled: an
    /// input need not be `Sync`.
    pub(super) fn send(
        &self,
        message: &Message<In>,
        how: &str,
        feed: Option<&str>,
    ) -> impl Future<Output = Result<Bytes, Error>> + Send {
        let body = serde_json::to_vec(message).map_err(Error::Unwritable);
        let path = format!("/{}/{}/{RUN}{how}", self.service, message.trace_id);
        let mut headers = vec![(MESSAGE_HEADER, "1"), JSON];
        headers.extend(feed.map(|feed| (FEED_HEADER, feed)));
        async move {
            self.http
                .ingress(Method::POST, &path, &headers, body?)
                .await
        }
    }

    /// The same, under a key that is the caller's name for the message: emitted again under the same key, it
    /// is the same trace, as long as the server keeps that.
    ///
    /// # Errors
    ///
    /// Those of `emit`.
    pub async fn emit_keyed(
        &self,
        key: impl fmt::Display,
        input: impl IntoMessage<In>,
    ) -> Result<TraceId, Error> {
        let id = self.keyed(&key.to_string());
        self.emit(input.into_message().trace_id(id)).await
    }

    /// Sends a message and returns the first output of its trace. Dropping the future cancels the trace.
    ///
    /// # Errors
    ///
    /// [`Error::Flow`] with the error that the trace ended in, and those of `emit`.
    pub async fn call(&self, input: impl IntoMessage<In>) -> Result<Message<Out>, Error> {
        let message = input.into_message();
        let id = message.trace_id;
        let mut wanted = self.clone().untyped().wanted(id);
        let sent = self.send(&message, "", None).await;
        let outputs = match sent {
            Ok(outputs) => read(&outputs),
            Err(refused @ Error::Refused { .. }) => self.outputs_of_refused(id, refused).await,
            Err(error) => Err(error),
        };
        // Whoever has no answer may ask again, and finds the same trace.
        wanted.release();
        let mut outputs: Vec<_> = outputs?;
        match outputs.is_empty() {
            true => Err(Error::NoOutput(id)),
            false => Ok(outputs.swap_remove(0)),
        }
    }

    /// The server refuses a message that it has, and reports a trace that has failed.
    async fn outputs_of_refused(
        &self,
        id: TraceId,
        refused: Error,
    ) -> Result<Vec<Message<Out>>, Error> {
        match self.outputs(id).await {
            Err(Error::NotThere(_)) => Err(refused),
            outputs => outputs,
        }
    }

    /// The outputs of a trace, once it is over.
    ///
    /// # Errors
    ///
    /// [`Error::Flow`] with the error that the trace ended in, [`Error::NotThere`] if the server knows no
    /// such trace, and those of `emit`.
    pub async fn outputs(&self, id: TraceId) -> Result<Vec<Message<Out>>, Error> {
        let path = format!("/restate/workflow/{}/{id}/attach", self.service);
        match self.http.ingress(Method::GET, &path, &[], "").await {
            Ok(outputs) => read(&outputs),
            Err(Error::Refused { status: 404, .. }) => Err(Error::NotThere(id)),
            Err(error @ Error::Refused { .. }) => Err(self.failure(id).await.unwrap_or(error)),
            Err(error) => Err(error),
        }
    }

    /// The error that a trace has ended in, if it has.
    async fn failure(&self, id: TraceId) -> Option<Error> {
        let error = self.ask(id, FAILURE, &[], Vec::new()).await.ok()?;
        read(&error).ok().map(Error::Flow)
    }

    /// Gives a parked trace the value that it waits for. The server has it when this returns.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with a sentence if it waits for no `T`, and [`Error::Unreachable`].
    pub async fn resume<T: Serialize>(&self, id: TraceId, value: T) -> Result<(), Error> {
        let json = serde_json::to_vec(&value).map_err(Error::Unwritable)?;
        let awaited = (TYPE_HEADER, std::any::type_name::<T>());
        self.give(id, Some(awaited), json).await
    }

    /// The same with a value that is a JSON document: for the step that is named, or the first that waits.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] with a sentence if it does not fit, and [`Error::Unreachable`].
    pub async fn resume_json(
        &self,
        id: TraceId,
        step: Option<StepId>,
        json: impl AsRef<[u8]>,
    ) -> Result<(), Error> {
        let step = step.map(|step| step.to_string());
        let header = step.as_deref().map(|step| (STEP_HEADER, step));
        let json = json.as_ref().to_vec();
        self.give(id, header, json).await
    }

    async fn give(
        &self,
        id: TraceId,
        meant: Option<(&str, &str)>,
        json: Vec<u8>,
    ) -> Result<(), Error> {
        let mut headers = vec![JSON];
        headers.extend(meant);
        self.ask(id, RESUME, &headers, json).await?;
        Ok(())
    }

    /// Asks a handler of a trace for what a document says.
    pub(super) async fn ask_for(
        &self,
        id: TraceId,
        handler: &str,
        request: &impl Serialize,
    ) -> Result<Bytes, Error> {
        let request = serde_json::to_vec(request).map_err(Error::Unwritable)?;
        self.ask(id, handler, &[JSON], request).await
    }

    async fn ask(
        &self,
        id: TraceId,
        handler: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Bytes, Error> {
        let path = format!("/{}/{id}/{handler}", self.service);
        self.http.ingress(Method::POST, &path, headers, body).await
    }

    /// Ends a trace that is not over: what runs of it is dropped.
    ///
    /// # Errors
    ///
    /// [`Error::NotThere`] if no such trace runs or waits, and those of `emit`.
    pub async fn cancel(&self, id: TraceId) -> Result<(), Error> {
        let run = self.open_invocation(id).await?;
        let path = format!("/invocations/{}/cancel", run.id);
        self.http.admin(Method::PATCH, &path, None).await?;
        Ok(())
    }

    /// The steps of the flow's traces that wait for a value, the one that began first is first, at most so
    /// many.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`] and [`Error::Refused`], of the admin interface.
    pub async fn parked(&self, limit: usize) -> Result<Vec<ParkedStep>, Error> {
        let mut parked = self.parked_where("").await?;
        parked.truncate(limit);
        Ok(parked)
    }

    /// The steps of a trace that wait for a value.
    pub(super) async fn parked_of(&self, id: TraceId) -> Result<Vec<ParkedStep>, Error> {
        let is_of_trace = format!(" AND service_key = '{id}'");
        self.parked_where(&is_of_trace).await
    }

    async fn parked_where(&self, condition: &str) -> Result<Vec<ParkedStep>, Error> {
        let query = format!(
            "SELECT value_utf8 AS waits FROM state WHERE service_name = '{}' AND key = '{PARKED}'{condition}",
            self.service
        );
        let rows: Rows<ParkedRow> = self.query(&query).await?;
        let mut parked = Vec::new();
        for row in rows.rows {
            parked.extend(read::<Vec<ParkedStep>>(row.waits.as_bytes())?);
        }
        parked.sort_by_key(|step| step.since);
        Ok(parked)
    }

    /// The traces that fit, the newest first, as long as the server keeps them. An end without an output is
    /// listed as one with an output, and a trace that only somebody can help as dead.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`] and [`Error::Refused`], of the admin interface.
    pub async fn traces(&self, filter: TraceFilter) -> Result<Vec<TraceSummary>, Error> {
        let rows: Rows<TraceRow> = self.query(&traces::list(&self.service, &filter)).await?;
        let mut rows = traces::whole(rows.rows, &filter);
        self.explain(&mut rows).await?;
        Ok(rows.iter().map(TraceRow::summary).collect())
    }

    /// How many traces the server keeps in each state.
    pub(super) async fn counts(&self) -> Result<HashMap<HostedState, u64>, Error> {
        let rows: Rows<CountRow> = self.query(&traces::counts(&self.service)).await?;
        let counted = rows.rows.into_iter().map(|row| (row.state, row.traces));
        let none = traces::COUNTED.map(|state| (state, 0));
        Ok(none.into_iter().chain(counted).collect())
    }

    /// All that the server knows of a trace. Its outputs are there as long as the server keeps them.
    ///
    /// # Errors
    ///
    /// [`Error::NotThere`] if the server knows no such trace, and those of `traces`.
    pub async fn trace_detail(&self, id: TraceId) -> Result<TraceDetail, Error> {
        let mut rows: Rows<TraceRow> = self.query(&traces::one(&self.service, id)).await?;
        self.explain(&mut rows.rows).await?;
        let row = rows.rows.first().ok_or(Error::NotThere(id))?;
        let steps: Rows<StepRow> = self.query(&traces::open_steps(&row.invocation)).await?;
        let mut detail = row.detail(steps.rows);
        if detail.summary.state == HostedState::Completed {
            let outputs = self.clone().untyped().outputs(id).await?;
            let outputs = outputs.iter().map(|output| output.payload.get());
            let outputs = outputs.map(|output| read(output.as_bytes()));
            detail.outputs = outputs.collect::<Result<_, _>>()?;
        }
        Ok(detail)
    }

    pub(super) async fn query<Row: DeserializeOwned>(
        &self,
        query: &str,
    ) -> Result<Rows<Row>, Error> {
        let query = json!({ "query": query });
        let rows = self.http.post_admin("/query", &query).await?;
        read(&rows)
    }

    /// The trace of a key: the same for all clients of this flow.
    fn keyed(&self, key: &str) -> TraceId {
        let hash = Sha256::new_with_prefix(&self.service).chain_update([0]);
        let hash = hash.chain_update(key).finalize();
        let bits = hash
            .iter()
            .take(16)
            .fold(0, |bits, byte| bits << 8 | u128::from(*byte));
        TraceId::from_u128(bits.max(1)).unwrap_or_else(TraceId::random)
    }
}

impl<In, Out> Clone for Running<In, Out> {
    fn clone(&self) -> Self {
        Self::new(Arc::clone(&self.http), self.flow.clone())
    }
}

impl<In, Out> fmt::Debug for Running<In, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("flow", &self.flow)
            .finish_non_exhaustive()
    }
}
