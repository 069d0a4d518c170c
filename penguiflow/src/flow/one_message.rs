//! One message at a time, in its caller's own task: as a future, or as a stream of what its trace gives.

use std::borrow::Borrow;

use super::{Flow, Run, stack};
use crate::edge::SingleOutput;
use crate::graph::Topology;
use crate::message::Message;
use crate::trace::{Line, Outputs, Trace, TraceSpan, all_outputs, only_output, run_line};
use crate::visit::Cursor;

impl<F: Topology, S> Flow<F, S> {
    /// Runs a message to the end of its trace, in the caller's own task, and returns its
    /// output. Dropping the future cancels the trace.
    ///
    /// # Errors
    ///
    /// The [`FlowError`](crate::FlowError) that ended the trace; of kind `Filtered` if its path
    /// ended in `None`.
    pub fn run(&self, input: impl Into<Message<F::In>>) -> Run<'_, F::Out>
    where
        F: Line<S> + SingleOutput,
        S: Send + Sync,
    {
        one_output::<F, S>(self, input.into())
    }

    /// The same as [`run`](Self::run), in a future that owns the flow, so that it can be spawned or
    /// returned.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn double(n: u32) -> u32 {
    ///     n * 2
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let flow = flow! { double };
    /// let task = tokio::spawn(flow.clone().run_owned(21));
    /// assert_eq!(task.await.expect("it is not aborted")?, 42);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of `run`.
    pub fn run_owned(self, input: impl Into<Message<F::In>>) -> Run<'static, F::Out>
    where
        F: Line<S> + SingleOutput,
        S: Send + Sync + 'static,
    {
        one_output::<F, S>(self, input.into())
    }

    /// Runs a message to the end of its trace, in the caller's own task, and returns all
    /// its outputs, in the order in which they came. Dropping the future cancels the trace.
    ///
    /// # Errors
    ///
    /// The [`FlowError`](crate::FlowError) that ended the trace: of kind `Filtered` if all its
    /// paths ended in `None`.
    pub fn run_all(&self, input: impl Into<Message<F::In>>) -> Run<'_, Vec<F::Out>>
    where
        F: Line<S>,
        S: Send + Sync,
    {
        let (payload, envelope) = self.open(input.into());
        Run::new(|| async move {
            stack::check::<F>(&envelope)?;
            let trace = self.trace_of(&self.context, &envelope);
            let _span = TraceSpan::start(&trace);
            let outputs = Outputs::new();
            let mut cursor = Cursor::start(&trace);
            if let Some(output) = run_line!(self.topology, &self.state, cursor, payload, &outputs) {
                return Ok(vec![output]);
            }
            let outputs = all_outputs(&outputs, &trace)?.into_iter();
            Ok(outputs.map(|(output, _)| output).collect())
        })
    }

    /// Runs a message and streams its chunks and outputs as they come: an error, if there is
    /// one, is the last item. The trace moves while the stream is polled, so a reader that
    /// stops holds it up; dropping the stream cancels it. Nodes send chunks by
    /// [`Ctx::chunk`](crate::Ctx::chunk).
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn half(n: u32) -> u32 { n / 2 }
    ///
    /// #[node]
    /// async fn double(n: u32) -> u32 { n * 2 }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let flow = flow! { half; double };
    /// let items: Vec<_> = flow.trace(8).collect().await;
    /// let outputs = items.into_iter().map(|item| match item {
    ///     Ok(TraceItem::Output(message)) => message.payload,
    ///     other => panic!("{other:?}"),
    /// });
    /// assert_eq!(outputs.collect::<Vec<_>>(), [4, 16]);
    /// # }
    /// ```
    pub fn trace(&self, input: impl Into<Message<F::In>>) -> Trace<'_, F::Out>
    where
        F: Line<S>,
        S: Send + Sync,
    {
        all_items::<F, S>(self, input.into())
    }

    /// The same as [`trace`](Self::trace), in a stream that owns the flow, so that it can be
    /// spawned or returned: as the body of a response.
    pub fn trace_owned(self, input: impl Into<Message<F::In>>) -> Trace<'static, F::Out>
    where
        F: Line<S>,
        S: Send + Sync + 'static,
    {
        all_items::<F, S>(self, input.into())
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
