//! A flow as straight code, before it is written: each piece takes a value, and comes to one.

use proc_macro2::Span;

pub(crate) use super::decision::{Counted, Counts};
use crate::flow::graph::Arm;

/// Steps, one after the other, and how they end.
pub(crate) struct Body<'a> {
    pub(crate) steps: Vec<Step<'a>>,
    pub(crate) end: End<'a>,
}

/// Something that takes a value and makes another one of it.
pub(crate) enum Step<'a> {
    /// Visits a node.
    Visit(usize),
    /// Parks at this node.
    Park(usize),
    /// Goes along an edge.
    Edge(Along),
    /// Runs the items of the map that begins at this node, up to its end.
    Map {
        map: usize,
        /// The node where they meet, or from where each goes on by itself.
        join: usize,
        items: Box<Body<'a>>,
        /// Whether an item comes to the map's end in branches that it detaches.
        is_space: bool,
        /// Whether each item goes on by itself.
        is_each: bool,
        /// Whether a join around it goes on without it.
        is_borne: bool,
    },
    /// Runs branches up to where they meet.
    Fork(ClosedFork<'a>),
    /// What leads to this node, by whatever way.
    Block(usize, Box<Body<'a>>),
    /// What begins at this node and may come back to it.
    Loop(usize, Box<Body<'a>>),
}

/// An edge, and how the cursor moves along it.
#[derive(Clone, Copy)]
pub(crate) struct Along {
    pub(crate) edge: usize,
    pub(crate) moving: Moving,
    /// Whether it counts a round of a loop.
    pub(crate) goes_round: bool,
}

/// How a cursor moves.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Moving {
    /// It is there.
    Stays,
    /// To the step that is emitted at this place.
    To(u32),
    /// To a place that is known when it runs.
    Counted(Counted),
}

/// How a piece of code ends.
pub(crate) enum End<'a> {
    /// With its value.
    Yield,
    /// At the beginning of a loop, once more.
    Continue(usize),
    /// At what follows the block that leads to this node.
    Break(usize),
    /// Out of the flow, with what this node outputs.
    Output(usize),
    /// With nothing.
    Over,
    /// Nowhere: what comes last leads elsewhere by itself.
    Never,
    /// In one of the arms of a `match`.
    Choice {
        node: usize,
        span: Span,
        arms: Vec<(&'a Arm, Body<'a>)>,
    },
    /// With what follows a node, or with what takes over from it.
    Else {
        node: usize,
        /// Whether a loop begins there, which may have no round left.
        is_head: bool,
        on: Box<Body<'a>>,
        failed: Box<Body<'a>>,
    },
    /// With one more round, or with what takes over when there is none.
    Round {
        edge: usize,
        moving: Moving,
        on: Box<Body<'a>>,
        exhausted: Box<Body<'a>>,
    },
    /// At the beginning of a loop, once more, or with what takes over from its head there.
    Again { edge: usize, moving: Moving },
    /// In several branches, none of which is waited for here.
    Scatter(OpenFork<'a>),
    /// In a branch of its own that runs this function.
    Detach(usize),
    /// At an input of a join, whose cell waits for it.
    Feed { join: usize, slot: usize },
}

/// Branches that meet in the code behind them.
pub(crate) struct ClosedFork<'a> {
    pub(crate) join: usize,
    pub(crate) branches: Vec<Branch<'a>>,
    /// Who lets them part: a node, or the flow itself.
    pub(crate) from: Option<usize>,
    /// Whether a join around it goes on without it.
    pub(crate) is_borne: bool,
    /// The place from which its branches are counted as they set out.
    pub(crate) counts: Option<Counts>,
}

/// Branches of which each goes its own way.
pub(crate) struct OpenFork<'a> {
    pub(crate) branches: Vec<Branch<'a>>,
    /// What follows the joins in which some of them meet.
    pub(crate) joins: Vec<(usize, Body<'a>)>,
    pub(crate) from: Option<usize>,
    /// Whether a join around it goes on without it.
    pub(crate) is_borne: bool,
    /// The place from which its branches are counted as they set out.
    pub(crate) counts: Option<Counts>,
}

/// A branch.
pub(crate) struct Branch<'a> {
    /// Its input of the join.
    pub(crate) slot: usize,
    /// The place that it sets out at; if there is none, what comes first moves its cursor.
    pub(crate) place: Option<u32>,
    pub(crate) body: Body<'a>,
    /// Whether it detaches branches that must not outlive it.
    pub(crate) is_space: bool,
    /// Whether a join goes on without it, so that it is over as soon as a part of it is over with
    /// nothing.
    pub(crate) is_borne: bool,
}

/// A node, or what follows a join, that is a function.
pub(crate) struct Function<'a> {
    pub(crate) node: usize,
    pub(crate) body: Body<'a>,
}

/// All of a flow.
pub(crate) struct Code<'a> {
    pub(crate) main: Body<'a>,
    pub(crate) functions: Vec<Function<'a>>,
}
