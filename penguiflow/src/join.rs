//! Where branches meet: the kinds of joins, and what the generated steps say of them.

use std::marker::PhantomData;

use serde::Serialize;

use crate::error::NodeError;
use crate::node::{FunctionNode, Node, NodeInfo};
use crate::policy::Policy;
use crate::shape::Shape;

/// A join, seen as a node: what it makes of its branches goes on as a node's output does.
#[derive(Debug)]
pub struct Join<T>(PhantomData<fn() -> T>);

impl<T: Send + 'static> Node for Join<T> {
    type Signature = Shape<T, false, T, 0, false, false>;

    const INFO: NodeInfo = NodeInfo::of::<Self>("join", Policy::DEFAULT, "", 0);
}

impl<T: Send + 'static> FunctionNode for Join<T> {
    const NODE: Self = Self(PhantomData);
}

/// What a join waits for, and what it makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JoinKind {
    /// All branches: a tuple.
    Join,
    /// All branches, failed ones too: a tuple of results.
    Settle,
    /// The first branch that succeeds.
    Race,
    /// The first so many branches that succeed: a `Vec`.
    Quorum(u32),
}

/// A join of a flow.
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct JoinInfo {
    /// Its name in the graph.
    pub name: &'static str,
    /// What it waits for.
    pub kind: JoinKind,
    /// Its inputs: the names of the nodes that they come from.
    pub inputs: &'static [&'static str],
}

impl JoinInfo {
    /// A join.
    #[doc(hidden)]
    pub const fn new(name: &'static str, kind: JoinKind, inputs: &'static [&'static str]) -> Self {
        Self { name, kind, inputs }
    }

    /// How many branches have to come.
    pub(crate) fn wanted(&self) -> usize {
        match self.kind {
            JoinKind::Join | JoinKind::Settle => self.inputs.len(),
            JoinKind::Race => 1,
            JoinKind::Quorum(wanted) => wanted as usize,
        }
    }

    /// Whether it goes on without branches that fail.
    pub(crate) fn bears_failures(&self) -> bool {
        self.kind != JoinKind::Join
    }
}

/// What a flow's steps say of its joins. The generated `Step` implements it.
pub trait Meeting: Sized {
    /// The flow's joins.
    const JOINS: &'static [JoinInfo] = &[];

    /// The join that this step waits at, and at which of its inputs.
    #[doc(hidden)]
    fn arrival(&self) -> Option<(u32, u32)> {
        None
    }

    /// The step that a full join makes of those that came to it.
    #[doc(hidden)]
    fn fill(_: u32, _: Vec<Self>) -> Self {
        unreachable!("a flow without joins fills none")
    }

    /// The step that stands for a failed branch, where a join takes those.
    #[doc(hidden)]
    fn lost(_: u32, _: u32, _: NodeError) -> Option<Self> {
        None
    }
}

impl Meeting for () {}
