//! One trace as a future, or as a stream. The flow that it runs on is borrowed or owned.

use std::borrow::Borrow;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::boxed::boxed;
use super::{Flow, stack};
use crate::edge::SingleOutput;
use crate::error::FlowError;
use crate::message::Message;
use crate::trace::{Line, Outputs, Trace, TraceSpan, all_outputs, only_output, run_line};
use crate::visit::{Cursor, drop_caught};

/// The future that [`Flow::run`](crate::Flow::run), [`Flow::run_all`](crate::Flow::run_all)
/// and the methods that take JSON return: dropping it cancels the trace. That of
/// [`Flow::resume`](crate::Flow::resume), too.
///
/// A panic of what is dropped with a trace that is not over is reported by the panic hook and goes
/// no further: nobody waits for the trace any more.
///
/// It has a name, and is boxed, so that a flow that cannot run is one compile error: an
/// `async fn` repeats its bounds, and the error, wherever its future is used.
#[must_use = "a trace does nothing unless its future is awaited"]
pub struct Run<'a, T, E = FlowError>(Option<Running<'a, T, E>>);

/// A trace in its box.
type Running<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

impl<'a, T, E> Run<'a, T, E> {
    #[inline]
    pub(crate) fn new<F>(make: impl FnOnce() -> F) -> Self
    where
        F: Future<Output = Result<T, E>> + Send + 'a,
    {
        Self(Some(boxed(make)))
    }
}

impl<T, E> Future for Run<'_, T, E> {
    type Output = Result<T, E>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let _counted = stack::Counted::begin();
        match &mut self.0 {
            Some(running) => running.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

impl<T, E> Drop for Run<'_, T, E> {
    fn drop(&mut self) {
        drop_caught(|| self.0 = None);
    }
}

impl<T, E> fmt::Debug for Run<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Run")
    }
}

/// Runs a message to the end of its trace, which has one output.
pub(super) fn one_output<'a, F, S>(
    flow: impl Borrow<Flow<F, S>> + Send + 'a,
    message: Message<F::In>,
) -> Run<'a, F::Out>
where
    F: Line<S> + SingleOutput,
    S: Send + Sync + 'a,
{
    let (payload, envelope) = flow.borrow().open(message);
    Run::new(|| async move {
        let flow = flow.borrow();
        stack::check::<F>(&envelope)?;
        let trace = flow.trace_of(&flow.context, &envelope);
        let _span = TraceSpan::start(&trace);
        let outputs = Outputs::new();
        let mut cursor = Cursor::start(&trace);
        match run_line!(flow.topology, &flow.state, cursor, payload, &outputs) {
            Some(output) => Ok(output),
            None => only_output(&outputs, &trace).map(|(output, _)| output),
        }
    })
}

/// Runs a message and streams what its trace gives.
pub(super) fn all_items<'a, F, S>(
    flow: impl Borrow<Flow<F, S>> + Send + 'a,
    message: Message<F::In>,
) -> Trace<'a, F::Out>
where
    F: Line<S>,
    S: Send + Sync + 'a,
{
    let (payload, envelope) = flow.borrow().open(message);
    Trace::new(|outlet, outputs| async move {
        let flow = flow.borrow();
        let context = flow.context_with(outlet);
        let trace = flow.trace_of(&context, &envelope);
        let _span = TraceSpan::start(&trace);
        let mut cursor = Cursor::start(&trace);
        if let Some(output) = run_line!(flow.topology, &flow.state, cursor, payload, &outputs) {
            outputs.put(&cursor, output);
        }
        all_outputs(&outputs, &trace).map(drop)
    })
}
