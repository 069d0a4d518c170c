//! One flow as it is served: the started flow, the settings, and what is kept of it beside the flow.

use std::sync::Arc;
use std::time::Instant;

use axum::http::StatusCode;
use futures_util::StreamExt;
use penguiflow::host::{HostError, HostFuture, ParkedStep, TraceDetail, TraceFilter, TraceSummary};
use penguiflow::{ErasedRunning, Message, TraceId};

use crate::emitted::{EmitError, Emitted, park};
use crate::inspector::Inspector;
use crate::options::Options;
use crate::overload::RunTimes;
use crate::problem::Problem;
use crate::sse::TraceEvents;

/// The flow and its settings. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Served(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    running: ErasedRunning,
    options: Options,
    times: Arc<RunTimes>,
    emitted: Emitted,
    /// What keeps payloads, if somebody looks at them.
    inspector: Option<Inspector>,
}

impl Served {
    pub(crate) fn new(running: ErasedRunning, options: Options) -> Self {
        Self::inspected(running, options, None)
    }

    /// A flow whose payloads may be kept for a page.
    pub(crate) fn inspected(
        running: ErasedRunning,
        options: Options,
        inspector: Option<Inspector>,
    ) -> Self {
        Self(Arc::new(Parts {
            emitted: Emitted::new(options.kept_results),
            running,
            options,
            times: Arc::default(),
            inspector,
        }))
    }

    fn keep_input(&self, message: &Message<Vec<u8>>) {
        if let Some(inspector) = &self.0.inspector {
            inspector.keep_input(message.trace_id, &message.payload);
        }
    }

    pub(crate) fn running(&self) -> &ErasedRunning {
        &self.0.running
    }

    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    /// The problem that an error is here. A flow that is full says when to try again.
    pub(crate) fn problem(&self, error: HostError) -> Problem {
        let is_full = matches!(error, HostError::Full);
        let problem = self.options().problems.problem(error);
        match is_full {
            true => {
                let longest = self.options().longest_retry_after;
                let wait = self.0.times.retry_after(self.running().load(), longest);
                problem.with_retry_after(wait)
            }
            false => problem,
        }
    }

    /// Runs a message and returns its output.
    pub(crate) async fn call(&self, message: Message<Vec<u8>>) -> Result<Message<String>, Problem> {
        let began = Instant::now();
        self.keep_input(&message);
        let ended = self.running().call(message).await;
        if let (Some(inspector), Ok(output)) = (&self.0.inspector, &ended) {
            inspector.keep_output(output.trace_id, &output.payload);
        }
        if !matches!(ended, Err(HostError::Full)) {
            self.0.times.add(began.elapsed());
        }
        ended.map_err(|error| self.problem(error))
    }

    /// Runs a message and streams what its trace gives.
    pub(crate) async fn trace(&self, message: Message<Vec<u8>>) -> Result<TraceEvents, Problem> {
        self.keep_input(&message);
        let trace = self.running().trace(message).await;
        let trace = trace.map_err(|error| self.problem(error))?;
        let timed = Timed {
            began: Instant::now(),
            times: Arc::clone(&self.0.times),
        };
        let served = self.clone();
        let items = trace.map(move |item| {
            let _until_the_end = &timed;
            item.map_err(|error| served.problem(error))
        });
        let Options {
            keep_alive, stall, ..
        } = *self.options();
        let events = TraceEvents::of(items, |json: &String| Ok(json.clone()));
        Ok(events.keep_alive(keep_alive).stall(stall))
    }

    /// Runs a message for itself. A flow on a store keeps its result there, and one in memory here.
    pub(crate) async fn emit(
        &self,
        message: Message<Vec<u8>>,
        key: Option<String>,
    ) -> Result<TraceId, Problem> {
        self.keep_input(&message);
        let key = key.map(|key| key_of_tenant(&message.headers.tenant, key));
        if self.running().is_durable() {
            let emitted = self.running().emit(message, key).await;
            return emitted.map_err(|error| self.problem(error));
        }
        let emitted = self.0.emitted.emit(self.running(), message, key).await;
        emitted.map_err(|error| match error {
            EmitError::Host(error) => self.problem(error),
            EmitError::KeyOfAnother => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "key_of_another",
                "the `Idempotency-Key` was used for another body",
            ),
        })
    }

    /// The traces that are known: on a store all, in memory those that an inspector has seen, or
    /// else those that were handed over.
    pub(crate) async fn traces(&self, filter: TraceFilter) -> Result<Vec<TraceSummary>, Problem> {
        let mut found = match (self.running().is_durable(), &self.0.inspector) {
            (true, _) => self.done(self.running().traces(filter)).await?,
            (false, Some(inspector)) => inspector.summaries(filter),
            (false, None) => self
                .0
                .emitted
                .summaries(&filter, &self.parked(usize::MAX).await?),
        };
        for summary in &mut found {
            self.hide_internals(summary);
        }
        Ok(found)
    }

    /// What is known of a trace. In memory, that is one that was handed over, waits, or was seen by an
    /// inspector.
    pub(crate) async fn trace_detail(&self, id: TraceId) -> Result<TraceDetail, Problem> {
        let mut detail = match self.running().is_durable() {
            true => self.done(self.running().trace_detail(id)).await?,
            false => {
                let parked = self.parked(usize::MAX).await?;
                let inspector = self.0.inspector.as_ref();
                let emitted = self.0.emitted.detail(id, &parked);
                let detail = emitted
                    .or_else(|| inspector?.detail(id))
                    .or_else(|| waiting(id, parked));
                detail.ok_or_else(|| not_kept(id))?
            }
        };
        detail.key = detail.key.map(key_alone);
        self.hide_internals(&mut detail.summary);
        if !self.options().problems.shows_internals {
            detail
                .attempts
                .iter_mut()
                .for_each(|attempt| attempt.error = None);
        }
        Ok(detail)
    }

    /// The steps that wait for a value.
    pub(crate) async fn parked(&self, limit: usize) -> Result<Vec<ParkedStep>, Problem> {
        self.done(self.running().parked(limit)).await
    }

    /// What the host does, or the problem that it has with it.
    pub(crate) async fn done<T>(&self, asked: HostFuture<T>) -> Result<T, Problem> {
        asked.await.map_err(|error| self.problem(error))
    }

    /// Leaves of an error what a problem shows of it, too: its kind and its node.
    fn hide_internals(&self, summary: &mut TraceSummary) {
        if let Some(error) = &mut summary.error
            && !self.options().problems.shows_internals
        {
            error.message.clear();
            error.causes.clear();
        }
    }
}

/// A key as a store has it. Keys of one tenant are no other tenant's, and no header has a line break.
fn key_of_tenant(tenant: &str, key: String) -> String {
    match tenant {
        "" => key,
        tenant => format!("{tenant}\n{key}"),
    }
}

/// A key as its client has it.
fn key_alone(stored: String) -> String {
    match stored.split_once('\n') {
        Some((_, key)) => key.to_owned(),
        None => stored,
    }
}

/// A trace of which is known that it waits.
fn waiting(id: TraceId, mut parked: Vec<ParkedStep>) -> Option<TraceDetail> {
    parked.retain(|step| step.trace_id == id);
    let mut summary = TraceSummary::new(id, 0, parked.first()?.since);
    park(&mut summary, &parked);
    let mut detail = TraceDetail::new(summary);
    detail.waits = parked;
    Some(detail)
}

fn not_kept(id: TraceId) -> Problem {
    let text =
        format!("nothing is known of a trace {id}: it was not emitted, or is not kept any more");
    Problem::new(StatusCode::NOT_FOUND, "unknown_trace", text)
}

/// Counts the time of a trace when it is dropped, however it ends.
#[derive(Debug)]
struct Timed {
    began: Instant,
    times: Arc<RunTimes>,
}

impl Drop for Timed {
    fn drop(&mut self) {
        self.times.add(self.began.elapsed());
    }
}
