//! What the straight code of a flow is to the engine, and how a trace runs on it from its start to
//! its end, in one future.

use std::future::Future;
use std::pin::pin;

use crate::cover::Cover;
use crate::error::{ErrorKind, FlowError};
use crate::few::Few;
use crate::graph::Graph;
use crate::join::{AwaitInfo, JoinInfo};
use crate::message::Message;
use crate::trace::{BranchResult, Outputs, TraceSpan};
use crate::visit::{CatchPanics, Cursor};

/// A compiled flow: its types and its graph. `flow!` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a flow",
    label = "not a flow",
    note = "flows are made by `flow! {{ … }}`"
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
    fn line<'l, 't: 'l>(
        &'t self,
        state: &'t S,
        cursor: &'l mut Cursor<'t>,
        input: Self::In,
        outputs: &'t Outputs<Self::Out>,
    ) -> impl Future<Output = BranchResult<Self::Out>> + Send + 'l;
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
    fn part<'l, 't: 'l>(
        &'t self,
        state: &'t S,
        cursor: &'l mut Cursor<'t>,
        input: Takes,
        outputs: &'t Outputs<<Self as Topology>::Out>,
    ) -> impl Future<Output = BranchResult<Gives>> + Send + 'l;
}

/// Runs a trace whose outputs go into `outputs`, but for one that is what this comes to.
///
/// # Errors
///
/// The trace's failure.
async fn run<'t, F, S>(
    flow: &'t F,
    state: &'t S,
    cursor: &mut Cursor<'t>,
    input: F::In,
    outputs: &'t Outputs<F::Out>,
) -> BranchResult<F::Out>
where
    F: Line<S>,
    S: Sync,
{
    let trace = cursor.trace;
    let line = flow.line(state, cursor, input, outputs);
    pin!(CatchPanics::new(line, trace)).await
}

/// Runs a trace that has one output, of which the caller needs the payload alone.
///
/// # Errors
///
/// The trace's failure; of kind `Filtered` if its path ended in `None`.
#[inline]
pub(crate) async fn run_payload<F, S>(
    flow: &F,
    state: &S,
    cursor: Cursor<'_>,
    input: F::In,
) -> Result<F::Out, FlowError>
where
    F: Line<S>,
    S: Sync,
{
    let outputs = Outputs::new();
    let mut cursor = cursor;
    let _span = TraceSpan::start(cursor.trace);
    match run(flow, state, &mut cursor, input, &outputs).await? {
        Some(output) => Ok(output),
        None => match outputs.take_first() {
            Some((output, _)) => Ok(output),
            None => Err(filtered(cursor.envelope())),
        },
    }
}

/// Runs a playbook, whose trace is a part of another one.
///
/// # Errors
///
/// Likewise.
pub(crate) async fn run_playbook<F, S>(
    flow: &F,
    state: &S,
    cursor: Cursor<'_>,
    input: F::In,
) -> Result<Message<F::Out>, FlowError>
where
    F: Line<S>,
    S: Sync,
{
    let outputs = Outputs::new();
    let mut cursor = cursor;
    match run(flow, state, &mut cursor, input, &outputs).await? {
        Some(output) => Ok(cursor.cover().with(output)),
        None => match outputs.take_first() {
            Some((output, envelope)) => Ok(envelope.with(output)),
            None => Err(filtered(cursor.envelope())),
        },
    }
}

/// Runs a trace that may have several outputs, each with its envelope.
///
/// # Errors
///
/// The trace's failure; of kind `Filtered` if all its paths ended in `None`.
#[inline]
pub(crate) async fn run_all<F, S>(
    flow: &F,
    state: &S,
    cursor: Cursor<'_>,
    input: F::In,
) -> Result<Few<(F::Out, Cover)>, FlowError>
where
    F: Line<S>,
    S: Sync,
{
    let outputs = Outputs::new();
    let mut cursor = cursor;
    let _span = TraceSpan::start(cursor.trace);
    if let Some(output) = run(flow, state, &mut cursor, input, &outputs).await? {
        return Ok(Few::from((output, cursor.cover())));
    }
    match outputs.are_none() {
        true => Err(filtered(cursor.envelope())),
        false => Ok(Few::from(outputs.take())),
    }
}

/// Runs a trace whose outputs are read as they come.
///
/// # Errors
///
/// Likewise.
pub(crate) async fn run_read<F, S>(
    flow: &F,
    state: &S,
    cursor: Cursor<'_>,
    input: F::In,
    outputs: &Outputs<F::Out>,
) -> Result<(), FlowError>
where
    F: Line<S>,
    S: Sync,
{
    let mut cursor = cursor;
    let _span = TraceSpan::start(cursor.trace);
    if let Some(output) = run(flow, state, &mut cursor, input, outputs).await? {
        outputs.put(&cursor, output);
    }
    match outputs.are_none() {
        true => Err(filtered(cursor.envelope())),
        false => Ok(()),
    }
}

fn filtered(envelope: &Cover) -> FlowError {
    let reason = "the trace gave no output: every path of it ended in `None`";
    FlowError::new(ErrorKind::Filtered, envelope, reason)
}
