//! The driver of a trace. It absorbs attempts, values and times in the journal's order, and reads no clock
//! for them: so the trace is the same on every machine that replays the journal.

use std::time::SystemTime;

use bytes::Bytes;
use penguiflow::host::{DurableFlow, DurableTrace, StepId, TraceState};
use penguiflow::{ErrorKind, FlowError, NodeError};
use restate_sdk_shared_core::{NonEmptyValue, NotificationHandle, Value};
use serde_json::value::RawValue;
use tokio::time::Instant;

use crate::following::{Feed, Item};
use crate::journal::{self, Journalled};
use crate::names::{self, CANCELLED, ERROR};
use crate::protocol::{Left, Progress, Session, failure};
use crate::steps::Steps;
use crate::waits::Waits;

/// How a trace ends.
pub(crate) enum End {
    Over(Result<(), FlowError>),
    Cancelled,
}

pub(crate) struct Driver<'a> {
    flow: DurableFlow,
    trace: DurableTrace,
    session: &'a mut Session,
    steps: Steps,
    waits: Waits,
    feed: Feed,
    /// The timer that is waited for, and the instant that it stands for.
    timer: Option<(NotificationHandle, Instant)>,
    outputs: Vec<Box<RawValue>>,
}

impl<'a> Driver<'a> {
    pub(crate) fn new(
        flow: DurableFlow,
        trace: DurableTrace,
        session: &'a mut Session,
    ) -> Result<Self, Left> {
        Ok(Self {
            flow,
            trace,
            feed: Feed::new(session)?,
            session,
            steps: Steps::default(),
            waits: Waits::default(),
            timer: None,
            outputs: Vec::new(),
        })
    }

    /// Somebody follows the trace from now on, who may have missed what it came to before.
    pub(crate) fn follow(&mut self, feed: String) -> Result<(), Left> {
        self.feed.begin(feed, &mut self.trace, self.session)?;
        for output in &self.outputs {
            let output = output.clone();
            self.feed.put(self.session, || Item::Output(output))?;
        }
        self.show_waits()
    }

    fn show_waits(&mut self) -> Result<(), Left> {
        let waits = || Item::Waits(self.trace.parked_steps());
        self.feed.put(self.session, waits)
    }

    pub(crate) async fn drive(&mut self) -> Result<End, Left> {
        loop {
            if let Some(end) = self.take_outputs()? {
                return Ok(end);
            }
            self.steps.begin(&mut self.trace, self.session)?;
            if self.waits.renew(&self.trace, self.session)? {
                self.show_waits()?;
            }
            self.set_timer()?;
            if self.trace.state() == TraceState::Over {
                return Ok(End::Over(self.trace.ended()));
            }
            self.feed.renew(!self.steps.is_empty(), self.session)?;
            let timer = self.timer.map(|(handle, _)| handle);
            let handles = self.steps.handles().chain(self.waits.handles());
            let handles = handles.chain(timer).chain(self.feed.handles());
            let handles: Vec<_> = handles.collect();
            let end = match self.session.first(&handles).await? {
                Progress::Execute(handle) => {
                    self.execute(handle);
                    None
                }
                Progress::Ran(handle, json) => {
                    self.propose(handle, json)?;
                    None
                }
                Progress::Cancelled => Some(End::Cancelled),
                Progress::Done(handle, value) => self.done(handle, value).await?,
            };
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    async fn done(
        &mut self,
        handle: NotificationHandle,
        value: Value,
    ) -> Result<Option<End>, Left> {
        if self.steps.end(handle) {
            return self.absorb(value);
        }
        if let Some(step) = self.waits.end(handle) {
            return self.resume(step, value).map(|()| None);
        }
        if self.feed.end_batch(handle) {
            return self.put_chunks(&value).map(|()| None);
        }
        if self.feed.end_follow(handle, self.session)? {
            return self.follow(text(value)).map(|()| None);
        }
        match self.timer.take() {
            Some((_, until)) => self.expire(until).await,
            None => Ok(None),
        }
    }

    fn absorb(&mut self, value: Value) -> Result<Option<End>, Left> {
        let Value::Success(json) = value else {
            return self.pause("an attempt of a step is journalled as a failure of the engine's");
        };
        let (chunks, json) = journal::told(&json);
        if let Some(chunks) = chunks {
            self.feed.put_chunks(chunks, self.session)?;
        }
        match journal::read(&self.trace, json) {
            Ok(Journalled::Emits(emits)) => {
                if emits.failure().is_some() {
                    let failed = emits.error().map_or(Ok(()), Err);
                    return Ok(Some(End::Over(failed)));
                }
                let dropped = self.trace.absorb(emits);
                self.stop(dropped);
                Ok(None)
            }
            Ok(Journalled::Unwritten(error)) => Ok(Some(End::Over(Err(error)))),
            Err(error) => self.pause(&error.to_string()),
        }
    }

    /// The handler that completed the promise has read the value as the type that is awaited.
    fn resume(&mut self, step: StepId, value: Value) -> Result<(), Left> {
        if let Value::Success(json) = value {
            let resumed = self.trace.resume_json(Some(step), &json);
            if let Err(error) = resumed {
                return self.pause(&error.to_string());
            }
        }
        Ok(())
    }

    /// Lets those go that have waited until then; apart from a step that was given its value before: its
    /// caller was told that it goes on.
    async fn expire(&mut self, until: Instant) -> Result<Option<End>, Left> {
        for step in due(&self.trace, until) {
            let name = names::promise(step);
            let expired = failure(408, "the step has waited long enough");
            let completed = self.session.complete(name, expired)?;
            match self.value(completed).await? {
                None => return Ok(Some(End::Cancelled)),
                Some(Value::Failure(_)) => {
                    let Some(handle) = self.waits.take(step) else {
                        continue;
                    };
                    match self.value(handle).await? {
                        None => return Ok(Some(End::Cancelled)),
                        Some(value) => self.resume(step, value)?,
                    }
                }
                Some(_) => {}
            }
        }
        let dropped = self.trace.expire(until);
        self.stop(dropped);
        Ok(None)
    }

    fn stop(&mut self, dropped: Vec<StepId>) {
        for step in dropped {
            self.steps.stop(step);
            self.trace.stopped(step);
        }
    }

    fn set_timer(&mut self) -> Result<(), Left> {
        let until = self.trace.next_expiry();
        if self.timer.map(|(_, until)| until) == until {
            return Ok(());
        }
        self.timer = match until {
            None => None,
            Some(until) => {
                let wait = until.saturating_duration_since(Instant::now());
                let handle = self.session.sleep_until(SystemTime::now() + wait)?;
                Some((handle, until))
            }
        };
        Ok(())
    }

    /// Takes what the trace has put out since.
    fn take_outputs(&mut self) -> Result<Option<End>, Left> {
        let outputs = match self.trace.take_outputs() {
            Ok(outputs) => outputs,
            Err(error) => return Ok(Some(End::Over(Err(error)))),
        };
        for output in outputs {
            let output = String::from_utf8(output).ok();
            if let Some(output) = output.and_then(|output| RawValue::from_string(output).ok()) {
                let put = || Item::Output(output.clone());
                self.feed.put(self.session, put)?;
                self.outputs.push(output);
            }
        }
        Ok(None)
    }

    /// Journals what something came to that has run here.
    fn propose(&mut self, handle: NotificationHandle, json: Bytes) -> Result<(), Left> {
        let json = self.feed.with_chunks(handle, json);
        self.session.propose(handle, json)
    }

    fn put_chunks(&mut self, chunks: &Value) -> Result<(), Left> {
        match chunks {
            Value::Success(chunks) => self.feed.put_chunks(chunks, self.session),
            _ => Ok(()),
        }
    }

    /// Gives what steps have sent while they were stopped, and the end.
    async fn end_feed(&mut self) -> Result<(), Left> {
        if let Some(batch) = self.feed.end(&mut self.trace) {
            let chunks = loop {
                // A trace that is cancelled now ends anyway.
                if let Some(chunks) = self.value(batch).await? {
                    break chunks;
                }
            };
            self.put_chunks(&chunks)?;
        }
        self.feed.put(self.session, || Item::End)
    }

    /// Waits for one thing, while others run; `None` if the trace was cancelled.
    async fn value(&mut self, of: NotificationHandle) -> Result<Option<Value>, Left> {
        loop {
            match self.session.first(&[of]).await? {
                Progress::Done(_, value) => return Ok(Some(value)),
                Progress::Execute(handle) => self.execute(handle),
                Progress::Ran(handle, json) => self.propose(handle, json)?,
                Progress::Cancelled => return Ok(None),
            }
        }
    }

    fn execute(&mut self, handle: NotificationHandle) {
        if !self.feed.execute(handle, self.session) {
            self.steps.execute(handle, self.session);
        }
    }

    /// What is journalled does not fit the flow as it is now.
    fn pause<T>(&mut self, why: &str) -> Result<T, Left> {
        self.session.pause(format!(
            "the trace {} waits for a version of `{}` that can go on with it: {why}",
            self.trace.trace_id(),
            self.flow.name(),
        ));
        Err(Left)
    }

    pub(crate) async fn end(&mut self, end: End) -> Result<(), Left> {
        self.steps.clear();
        self.waits.clear(self.session)?;
        self.end_feed().await?;
        match end {
            End::Over(Ok(())) => {
                let outputs = serde_json::to_vec(&self.outputs).unwrap_or_default();
                self.session
                    .finish(NonEmptyValue::Success(outputs.into()))?;
                self.trace.report_end(None);
                Ok(())
            }
            End::Over(Err(error)) => {
                end_in_error(self.session, &error)?;
                self.trace.report_end(Some(&error));
                Ok(())
            }
            End::Cancelled => {
                let reason = NodeError::new(ErrorKind::Cancelled, "the trace was cancelled");
                let error = self.flow.failed(self.trace.trace_id(), reason);
                end_in_error(self.session, &error)?;
                self.trace.report_cancelled();
                Ok(())
            }
        }
    }
}

/// The text of a signal.
fn text(value: Value) -> String {
    match value {
        Value::Success(text) => String::from_utf8_lossy(&text).into_owned(),
        _ => String::new(),
    }
}

/// The parked steps that wait no longer than until then.
fn due(trace: &DurableTrace, until: Instant) -> Vec<StepId> {
    let is_due = |parked: &penguiflow::Parked| parked.until.is_some_and(|at| at <= until);
    let parked = trace.parked().into_iter();
    parked.filter(is_due).map(|parked| parked.step).collect()
}

pub(crate) fn end_in_error(session: &mut Session, error: &FlowError) -> Result<(), Left> {
    let json = serde_json::to_vec(error).unwrap_or_default();
    session.set_state(ERROR, json)?;
    let code = match error.kind() {
        ErrorKind::Invalid => 400,
        ErrorKind::Cancelled => CANCELLED,
        ErrorKind::DeadlineExceeded => 504,
        _ => 500,
    };
    session.finish(failure(code, error.to_string()))
}
