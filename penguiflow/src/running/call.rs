//! Calls of a started flow: messages whose traces run in their callers' own tasks, with a place of the
//! capacity, and in the accounts from their begin to their end.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::time::timeout_at;

use super::in_flight::MessageKey;
use super::open_sea::{Admission, OpenSea, TryEmitError};
use super::run::InFlightHook;
use super::started::{Locked, Started};
use crate::edge::{IntoMessage, SingleOutput};
use crate::error::{ErrorKind, FlowError};
use crate::flow::{Run, check_stack};
use crate::graph::Topology;
use crate::message::clock::has_timers;
use crate::message::{Envelope, Message};
use crate::trace::{
    Line, OutputForm, Outputs, Trace, TraceSpan, all_outputs, output_in_form, run_line,
};
use crate::visit::{Cursor, TraceContext, drop_caught};

impl<F, S> OpenSea<F, S>
where
    F: Line<S>,
    S: Send + Sync + 'static,
{
    /// Runs a message to the end of its trace and returns its output: see
    /// [`Running::call`](crate::Running::call).
    ///
    /// # Errors
    ///
    /// Those of `Running::call`.
    pub fn call(&self, input: impl IntoMessage<F::In>) -> Run<'static, F::Out>
    where
        F: SingleOutput,
    {
        let (input, envelope) = self.started().flow.open(input.into_message());
        self.called(None, input, envelope)
    }

    /// The same as [`call`](Self::call), but returns the output's message: see
    /// [`Running::call_message`](crate::Running::call_message).
    ///
    /// # Errors
    ///
    /// Those of `Running::call`.
    pub fn call_message(&self, input: impl IntoMessage<F::In>) -> Run<'static, Message<F::Out>>
    where
        F: SingleOutput,
    {
        let (input, envelope) = self.started().flow.open(input.into_message());
        self.called(None, input, envelope)
    }

    /// The same as [`call`](Self::call), if there is capacity for it now: the call has its place
    /// from here on.
    ///
    /// # Errors
    ///
    /// `Full` or `Closed`, with the message.
    #[expect(clippy::result_large_err, reason = "it gives the message back")]
    pub fn try_call(
        &self,
        input: impl IntoMessage<F::In>,
    ) -> Result<Run<'static, F::Out>, TryEmitError<F::In>>
    where
        F: SingleOutput,
    {
        let (call, input, envelope) = self.begin_now(input.into_message())?;
        Ok(self.called(Some(call), input, envelope))
    }

    /// The same as [`try_call`](Self::try_call), but returns the output's message: see
    /// [`Running::call_message`](crate::Running::call_message).
    ///
    /// # Errors
    ///
    /// `Full` or `Closed`, with the message.
    #[expect(clippy::result_large_err, reason = "it gives the message back")]
    pub fn try_call_message(
        &self,
        input: impl IntoMessage<F::In>,
    ) -> Result<Run<'static, Message<F::Out>>, TryEmitError<F::In>>
    where
        F: SingleOutput,
    {
        let (call, input, envelope) = self.begin_now(input.into_message())?;
        Ok(self.called(Some(call), input, envelope))
    }

    /// Runs a message and streams what its trace gives: see
    /// [`Running::trace`](crate::Running::trace).
    pub fn trace(&self, input: impl IntoMessage<F::In>) -> Trace<'static, F::Out> {
        let (input, envelope) = self.started().flow.open(input.into_message());
        self.traced(None, input, envelope)
    }

    /// The same as [`trace`](Self::trace), if there is capacity for it now: the trace has its place
    /// from here on.
    ///
    /// # Errors
    ///
    /// `Full` or `Closed`, with the message.
    #[expect(clippy::result_large_err, reason = "it gives the message back")]
    pub fn try_trace(
        &self,
        input: impl IntoMessage<F::In>,
    ) -> Result<Trace<'static, F::Out>, TryEmitError<F::In>> {
        let (call, input, envelope) = self.begin_now(input.into_message())?;
        Ok(self.traced(Some(call), input, envelope))
    }

    /// Begins a call without waiting.
    #[expect(clippy::result_large_err, reason = "it gives the message back")]
    #[expect(clippy::type_complexity, reason = "a call, and what it takes")]
    fn begin_now(
        &self,
        message: Message<F::In>,
    ) -> Result<(InFlightCall<F, S>, F::In, Envelope), TryEmitError<F::In>> {
        let started = self.started();
        let (input, envelope) = started.flow.open(message);
        match started.place_now() {
            Ok(accounts) => {
                let call = InFlightCall::begin(started, accounts, &envelope);
                Ok((call, input, envelope))
            }
            Err(refused) => Err(refused(envelope.with(input))),
        }
    }

    fn called<T: OutputForm<F::Out> + Send + 'static>(
        &self,
        begun: Option<InFlightCall<F, S>>,
        input: F::In,
        envelope: Envelope,
    ) -> Run<'static, T>
    where
        F: SingleOutput,
    {
        let sea = self.clone();
        let mut input = Some(input);
        Run::new(|| async move {
            check_stack::<F>(&envelope)?;
            let started = sea.started();
            let mut call = match begun {
                Some(begun) => begun,
                None => InFlightCall::admitted(started, &envelope).await?,
            };
            let hook = InFlightHook {
                started,
                key: call.key,
            };
            let context = started.flow.context();
            let trace = started.flow.started_trace(context, &envelope, &hook);
            let line = pin!(Some(async {
                let _span = TraceSpan::start(&trace);
                let outputs = Outputs::new();
                let mut cursor = Cursor::start(&trace);
                let (topology, state) = started.flow.topology();
                let ended = run_line!(topology, state, cursor, &mut input, &outputs);
                output_in_form(ended, &cursor, &outputs)
            }));
            call.drive(line, &trace).await
        })
    }

    fn traced(
        &self,
        begun: Option<InFlightCall<F, S>>,
        input: F::In,
        envelope: Envelope,
    ) -> Trace<'static, F::Out> {
        let sea = self.clone();
        let mut input = Some(input);
        Trace::new(|outlet, outputs| async move {
            let started = sea.started();
            let mut call = match begun {
                Some(begun) => begun,
                None => InFlightCall::admitted(started, &envelope).await?,
            };
            let hook = InFlightHook {
                started,
                key: call.key,
            };
            let context = started.flow.context_with(outlet);
            let trace = started.flow.started_trace(&context, &envelope, &hook);
            let line = pin!(Some(async {
                let _span = TraceSpan::start(&trace);
                let mut cursor = Cursor::start(&trace);
                let (topology, state) = started.flow.topology();
                if let Some(output) = run_line!(topology, state, cursor, &mut input, &outputs) {
                    outputs.put(&cursor, output);
                }
                all_outputs(&outputs, &trace).map(drop)
            }));
            call.drive(line, &trace).await
        })
    }
}

/// A call that has a line in the accounts. Dropped before it is over, it is cancelled.
struct InFlightCall<F: Topology, S> {
    started: Arc<Started<F, S>>,
    key: MessageKey,
    /// How often something had been cancelled when it was last seen that this was not.
    cancels: u32,
    /// Who is woken when it is cancelled.
    task: Option<Waker>,
}

impl<F: Topology, S> InFlightCall<F, S> {
    /// A call that has a place of the capacity.
    fn begin(
        started: &Arc<Started<F, S>>,
        mut accounts: Locked<'_, F::In, F::Out>,
        envelope: &Envelope,
    ) -> Self {
        let key = accounts.begin_call(envelope.clone());
        Self {
            started: Arc::clone(started),
            key,
            // Read with the accounts locked, so that no cancel comes between.
            cancels: started.cancels(),
            task: None,
        }
    }

    /// Waits for a place of the capacity, until the deadline.
    async fn admitted(
        started: &Arc<Started<F, S>>,
        envelope: &Envelope,
    ) -> Result<Self, FlowError> {
        let mut admission = Admission::new(started);
        let begun = poll_fn(|cx| {
            let admitted = admission.poll(cx);
            admitted.map_ok(|accounts| Self::begin(started, accounts, envelope))
        });
        let begun = match envelope.deadline().filter(|_| has_timers()) {
            None => begun.await,
            Some(deadline) => match timeout_at(deadline, begun).await {
                Ok(begun) => begun,
                Err(_) => return Err(expired(envelope)),
            },
        };
        begun.map_err(|refused| refused(envelope))
    }

    /// Runs the trace until it is over or somebody cancels it.
    async fn drive<T>(
        &mut self,
        mut line: Pin<&mut Option<impl Future<Output = Result<T, FlowError>>>>,
        trace: &TraceContext<'_>,
    ) -> Result<T, FlowError> {
        let ended = poll_fn(|cx| {
            if self.is_cancelled() {
                return Poll::Ready(None);
            }
            let polled = line.as_mut().as_pin_mut().map(|line| line.poll(cx));
            match polled {
                Some(Poll::Ready(ended)) => Poll::Ready(Some(ended)),
                _ if self.waits(cx) => Poll::Pending,
                _ => Poll::Ready(None),
            }
        });
        let ended = ended.await;
        drop_caught(|| line.set(None));
        let Some(ended) = ended else {
            return Err(cancelled(trace));
        };
        let kind = ended.as_ref().map(drop).map_err(FlowError::kind);
        if self.settle(kind) {
            return ended;
        }
        drop_caught(|| drop(ended));
        Err(cancelled(trace))
    }

    /// Accounts for the call, and returns whether it was still in flight.
    fn settle(&self, ending: Result<(), ErrorKind>) -> bool {
        let settled = self.started.accounts().settle_call(self.key, ending);
        settled.is_some()
    }

    /// Whether the call was cancelled. Nobody asks for as long as nothing is.
    fn is_cancelled(&mut self) -> bool {
        let cancels = self.started.cancels();
        let asks = std::mem::replace(&mut self.cancels, cancels) != cancels;
        asks && !self.started.accounts().is_in_flight(self.key)
    }

    /// The trace waits in this task, which may be another one than before. Returns whether it is still
    /// in flight.
    fn waits(&mut self, cx: &Context<'_>) -> bool {
        let waker = cx.waker();
        if self.task.as_ref().is_some_and(|task| task.will_wake(waker)) {
            return true;
        }
        // Cloned and dropped without the lock: a waker's code is the user's.
        let mut task = Some(waker.clone());
        self.task.clone_from(&task);
        self.started.accounts().swap_task(self.key, &mut task)
    }
}

impl<F: Topology, S> Drop for InFlightCall<F, S> {
    fn drop(&mut self) {
        self.settle(Err(ErrorKind::Cancelled));
    }
}

#[cold]
fn cancelled(trace: &TraceContext<'_>) -> FlowError {
    let reason = "the trace was cancelled";
    let error = FlowError::new(ErrorKind::Cancelled, trace.envelope, reason);
    error.set_spent(trace.spent());
    error
}

#[cold]
fn expired(envelope: &Envelope) -> FlowError {
    let reason = "the deadline passed before the flow had capacity for the message";
    FlowError::new(ErrorKind::DeadlineExceeded, envelope, reason)
}
