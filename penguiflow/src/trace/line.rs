//! The trait of a flow's straight code, and the run of a trace on it from its start to its end, in
//! one future.

use std::future::Future;

use super::branch::BranchResult;
use super::outputs::Outputs;
use crate::error::{ErrorKind, FlowError};
use crate::graph::Topology;
use crate::message::{Envelope, Message, StepId};
use crate::small_list::SmallList;
use crate::visit::{Cursor, TraceContext, drop_caught};

/// A flow that can run where the application's state is an `S`.
#[diagnostic::on_unimplemented(
    message = "this flow cannot run with the state `{S}`",
    label = "the state is `{S}`",
    note = "where the flow could be any, say in its type that it can run: `impl AnyFlow<In = Question, Out = Answer>`"
)]
pub trait Line<S>: Topology {
    /// Runs a trace from its entries to its end. The future returns its output, with the
    /// envelope that the cursor has then, or puts it into `outputs`. The input stays in the
    /// caller's place until the trace begins: a future keeps the room of what it captured for as
    /// long as it runs.
    #[doc(hidden)]
    fn line<'t>(
        &'t self,
        state: &'t S,
        cursor: &mut Cursor<'t>,
        input: &mut Option<Self::In>,
        outputs: &'t Outputs<Self::Out>,
    ) -> impl Future<Output = BranchResult<Self::Out>> + Send;
}

/// The input of a trace that begins.
///
/// # Panics
///
/// Never: a trace begins once.
#[doc(hidden)]
#[inline]
pub fn take_input<T>(input: &mut Option<T>) -> T {
    input.take().expect("a trace begins once")
}

/// The same for a part of the nodes of a large flow: from what its first node takes to what its
/// last one leads to. Both are parameters, since they may be private where the flow is not.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this flow cannot run with the state `{S}`",
    label = "the state is `{S}`"
)]
pub trait LinePart<S, const PART: usize, Takes, Gives>: Topology {
    /// Runs it.
    fn part<'t>(
        &'t self,
        state: &'t S,
        cursor: &mut Cursor<'t>,
        input: Takes,
        outputs: &'t Outputs<<Self as Topology>::Out>,
    ) -> impl Future<Output = BranchResult<Gives>> + Send;
}

/// Runs a trace up to its end, in the body of the future around this, and returns its output, if
/// that was not put among the outputs. A function would be one more future that holds the input.
macro_rules! run_line {
    ($flow:expr, $state:expr, $cursor:ident, $input:expr, $outputs:expr) => {{
        let trace = $cursor.trace;
        let line = ::std::pin::pin!($flow.line($state, &mut $cursor, $input, $outputs));
        $crate::visit::CatchPanics::new(line, trace).await?
    }};
}
pub(crate) use run_line;

/// Runs a playbook, whose trace is a part of another one and begins at this step.
///
/// # Errors
///
/// The trace's failure; of kind `Filtered` if its path ended in `None`.
pub(crate) async fn run_playbook<F, S>(
    flow: &F,
    state: &S,
    (trace, step): (&TraceContext<'_>, StepId),
    input: &mut Option<F::In>,
) -> Result<Message<F::Out>, FlowError>
where
    F: Line<S>,
    S: Sync,
{
    let outputs = Outputs::new();
    let mut cursor = Cursor::at(trace, step, 0);
    match run_line!(flow, state, cursor, input, &outputs) {
        Some(output) => Ok(cursor.copy_envelope().with(output)),
        None => only_output(&outputs, trace).map(|(output, envelope)| envelope.with(output)),
    }
}

/// The form in which a trace's output is returned: the output itself, or its message, which reports
/// what the trace has spent. Only the latter reads the clock.
pub(crate) trait OutputForm<Out>: Sized {
    /// The output of a trace that is over.
    fn of(output: Out, trace: &TraceContext<'_>, envelope: impl FnOnce() -> Envelope) -> Self;
}

impl<Out> OutputForm<Out> for Out {
    #[inline]
    fn of(output: Out, _: &TraceContext<'_>, _: impl FnOnce() -> Envelope) -> Self {
        output
    }
}

impl<Out> OutputForm<Out> for Message<Out> {
    fn of(output: Out, trace: &TraceContext<'_>, envelope: impl FnOnce() -> Envelope) -> Self {
        trace.end(envelope()).with(output)
    }
}

/// The output of a trace whose line has ended: in the form that is asked for.
///
/// # Errors
///
/// Of kind `Filtered` if its paths ended in `None`.
#[inline]
pub(crate) fn output_in_form<Out, T: OutputForm<Out>>(
    ended: Option<Out>,
    cursor: &Cursor<'_>,
    outputs: &Outputs<Out>,
) -> Result<T, FlowError> {
    let trace = cursor.trace;
    match ended {
        Some(output) => Ok(T::of(output, trace, || cursor.copy_envelope())),
        None => {
            only_output(outputs, trace).map(|(output, envelope)| T::of(output, trace, || envelope))
        }
    }
}

/// The output of a trace that has put it among its outputs.
///
/// # Errors
///
/// Of kind `Filtered` if its paths ended in `None`.
#[cold]
fn only_output<Out>(
    outputs: &Outputs<Out>,
    trace: &TraceContext<'_>,
) -> Result<(Out, Envelope), FlowError> {
    let mut outputs = outputs.take().into_iter();
    let first = outputs.next();
    drop_caught(|| drop(outputs));
    first.ok_or_else(|| filtered(trace))
}

/// The outputs of a trace that has put them there.
///
/// # Errors
///
/// Of kind `Filtered` if all its paths ended in `None`.
pub(crate) fn all_outputs<Out>(
    outputs: &Outputs<Out>,
    trace: &TraceContext<'_>,
) -> Result<SmallList<(Out, Envelope)>, FlowError> {
    match outputs.are_none() {
        true => Err(filtered(trace)),
        false => Ok(SmallList::from(outputs.take())),
    }
}

#[cold]
fn filtered(trace: &TraceContext<'_>) -> FlowError {
    let reason = "the trace has no output: every path ended in `None`";
    let error = FlowError::new(ErrorKind::Filtered, trace.envelope, reason);
    trace.ends_in(&error);
    error
}
