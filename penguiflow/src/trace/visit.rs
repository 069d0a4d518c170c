//! One visit of a node: attempts under its policy, cut by the message's deadline.

use super::course::{Course, Halt, StepId};
use super::record::Record;
use crate::ctx::{CancelFlag, Ctx};
use crate::message::{Envelope, Headers};
use crate::node::{self, Call, Exit, In};
use crate::runtime::Runtime;
use crate::shape::{Direction, Signature};
use crate::trace_id::TraceId;

/// What an extractor can see of the attempt that it makes a parameter for.
#[derive(Debug)]
pub struct Visit<'a, S> {
    pub(super) state: &'a S,
    pub(super) envelope: &'a Envelope,
    pub(super) node: &'static str,
    pub(super) step: StepId,
    pub(super) attempt: u32,
    pub(super) retries: u32,
    pub(super) cancelled: &'a CancelFlag,
}

impl<S> Visit<'_, S> {
    /// The state of the flow.
    pub fn state(&self) -> &S {
        self.state
    }

    /// The message's headers.
    pub fn headers(&self) -> &Headers {
        &self.envelope.headers
    }

    /// The trace that this visit is part of.
    pub fn trace_id(&self) -> TraceId {
        self.envelope.trace_id
    }

    /// The node's name in the flow.
    pub fn node(&self) -> &'static str {
        self.node
    }

    /// The number of this attempt: 0 for the first one, 1 for its first retry.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Whether no attempt follows this one.
    #[doc(hidden)]
    pub fn is_last(&self) -> bool {
        self.attempt >= self.retries
    }

    /// The context of this attempt, as nodes are given it.
    pub fn ctx(&self) -> Ctx {
        let envelope = self.envelope.clone();
        Ctx::new(envelope, self.attempt, self.step, self.cancelled.share())
    }
}

/// Visits a node: the generated `advance` calls this for each step.
///
/// `leave` carries what the node breaks with out of the flow.
pub async fn visit<N, S, Out>(
    node: &N,
    index: usize,
    input: In<N>,
    course: &mut Course,
    runtime: &Runtime<S>,
    leave: impl FnOnce(Exit<N>) -> Out,
) -> Result<node::Out<N>, Halt<Out>>
where
    N: Call<S>,
    S: Sync,
{
    let mut record = Record::new(index, course, runtime);
    #[cfg(feature = "validate")]
    record
        .admit(|| N::check_input(&input))
        .map_err(Halt::Failed)?;
    let mut param = Some(N::Signature::take_up(input, &course.envelope));
    let returned = loop {
        match record.attempt(node, &mut param).await {
            Ok(returned) => break returned,
            Err(fault) => record
                .recover(fault, N::INFO.policy)
                .await
                .map_err(Halt::Failed)?,
        }
    };
    record.end();
    match N::Signature::set_down(returned, &mut course.envelope) {
        Direction::On(out) => Ok(out),
        Direction::Out(exit) => Err(Halt::Left(leave(exit))),
        Direction::End => Err(Halt::Ended),
    }
}
