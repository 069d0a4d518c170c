//! What the straight code of a flow is to the engine, and how a trace runs on it from its start to
//! its end, in one future.

use std::future::Future;

use crate::cover::Cover;
use crate::error::{ErrorKind, FlowError};
use crate::few::Few;
use crate::graph::Graph;
use crate::join::{AwaitInfo, JoinInfo};
use crate::message::Message;
use crate::print::Print;
use crate::step_id::StepId;
use crate::trace::{BranchResult, Outputs};
use crate::visit::{Cursor, TraceContext, drop_caught};

/// A compiled flow: its types and its graph. `flow!` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a flow",
    label = "not a flow",
    note = "flows are made by `flow! {{ … }}`",
    note = "a function returns one that has a name: `flow! {{ struct Support(Question) -> Answer; … }}`, as `Flow<Support>`"
)]
pub trait Topology: Sized + Send + Sync + 'static {
    /// What it takes.
    type In: Send + 'static;
    /// What it yields.
    type Out: Send + 'static;

    /// Its nodes and edges.
    const GRAPH: &'static Graph;
    /// Its joins.
    #[doc(hidden)]
    const JOINS: &'static [JoinInfo];
    /// The places where its traces park.
    #[doc(hidden)]
    const AWAITS: &'static [AwaitInfo];
    /// Makes a print of an input, where inputs can be told apart.
    #[doc(hidden)]
    const PRINT: Option<Print<Self::In>> = None;
}

/// A flow that can run where the application's state is an `S`.
#[diagnostic::on_unimplemented(
    message = "this flow cannot run with the state `{S}`",
    label = "the state is `{S}`"
)]
pub trait Line<S>: Topology {
    /// Runs a trace from its entries to its end. Its output is what this comes to, with the
    /// envelope that the cursor has then, or is put into `outputs`.
    #[doc(hidden)]
    fn line<'t>(
        &'t self,
        state: &'t S,
        cursor: &mut Cursor<'t>,
        input: Self::In,
        outputs: &'t Outputs<Self::Out>,
    ) -> impl Future<Output = BranchResult<Self::Out>> + Send;
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

/// Runs a trace up to its end, in the body of the future that stands around this: what it comes to,
/// if that was not put among the outputs. A function would be one more future that holds the input.
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
    input: F::In,
) -> Result<Message<F::Out>, FlowError>
where
    F: Line<S>,
    S: Sync,
{
    let outputs = Outputs::new();
    let mut cursor = Cursor::at(trace, step, 0);
    match run_line!(flow, state, cursor, input, &outputs) {
        Some(output) => Ok(cursor.cover().with(output)),
        None => only_output(&outputs, trace).map(|(output, envelope)| envelope.with(output)),
    }
}

/// The output of a trace that has put it among its outputs.
///
/// # Errors
///
/// Of kind `Filtered` if its paths ended in `None`.
#[cold]
pub(crate) fn only_output<Out>(
    outputs: &Outputs<Out>,
    trace: &TraceContext<'_>,
) -> Result<(Out, Cover), FlowError> {
    let mut outputs = outputs.take().into_iter();
    let first = outputs.next();
    drop_caught(|| drop(outputs));
    first.ok_or_else(|| filtered(trace.cover))
}

/// The outputs of a trace that has put them there.
///
/// # Errors
///
/// Of kind `Filtered` if all its paths ended in `None`.
pub(crate) fn all_outputs<Out>(
    outputs: &Outputs<Out>,
    trace: &TraceContext<'_>,
) -> Result<Few<(Out, Cover)>, FlowError> {
    match outputs.are_none() {
        true => Err(filtered(trace.cover)),
        false => Ok(Few::from(outputs.take())),
    }
}

fn filtered(envelope: &Cover) -> FlowError {
    let reason = "the trace gave no output: every path of it ended in `None`";
    FlowError::new(ErrorKind::Filtered, envelope, reason)
}
