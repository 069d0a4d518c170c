//! A flow as straight code, before it is written. Each piece takes a value and makes another one.

use proc_macro2::Span;

pub(crate) use super::decision::{CountedPlace, FirstPlace};
use super::flow::{Arm, Edge, Join, Node};

/// All of a flow.
pub(crate) struct Code<'f> {
    pub(crate) main: Body<'f>,
    pub(crate) functions: Vec<Function<'f>>,
}

/// A function: the code from a node on, or after the end of a map.
pub(crate) struct Function<'f> {
    pub(crate) node: &'f Node,
    pub(crate) body: Body<'f>,
}

/// Steps, one after the other, and how they end.
pub(crate) struct Body<'f> {
    pub(crate) steps: Vec<Step<'f>>,
    pub(crate) end: End<'f>,
}

/// Something that takes a value and makes another one of it.
pub(crate) enum Step<'f> {
    /// Visits a node.
    Visit(&'f Node),
    /// Parks at this node.
    Park(&'f Node),
    /// Enters the flow at this node.
    Enter(&'f Node, CursorMove),
    /// Goes along an edge.
    Edge(Along<'f>),
    /// Runs the items of a map.
    Map(MapItems<'f>),
    /// Runs branches up to where they meet.
    Fork(ClosedFork<'f>),
    /// All code that leads to this node; the node's code follows.
    Block(&'f Node, Box<Body<'f>>),
    /// The code that begins at this node and may come back to it.
    Loop(&'f Node, Box<Body<'f>>),
}

/// An edge, and how the cursor moves along it.
#[derive(Clone, Copy)]
pub(crate) struct Along<'f> {
    pub(crate) edge: &'f Edge,
    pub(crate) moving: CursorMove,
    /// Whether it counts as a round of a loop.
    pub(crate) goes_round: bool,
}

/// How a cursor moves.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum CursorMove {
    /// It stays.
    Stay,
    /// To the step that is emitted at this place.
    To(u32),
    /// To a place that is known at run time.
    Counted(CountedPlace),
}

/// The items of the map that begins at this node, up to its end.
pub(crate) struct MapItems<'f> {
    pub(crate) map: &'f Node,
    /// The node where they meet, or from where each goes on by itself.
    pub(crate) end: &'f Node,
    /// The join there.
    pub(crate) join: &'f Join,
    pub(crate) items: Box<Body<'f>>,
    /// The nodes that each item may visit, without those of maps in it, as ranges of indices.
    pub(crate) repeats: Vec<(usize, usize)>,
    /// Whether an item comes to the map's end in branches that it detaches.
    pub(crate) is_scoped: bool,
    /// Whether a join around it goes on without it.
    pub(crate) may_fail: bool,
}

/// How a piece of code ends.
pub(crate) enum End<'f> {
    /// With its value.
    Yield,
    /// At the beginning of a loop, once more.
    Continue(&'f Node),
    /// At what follows the block that leads to this node.
    Break(&'f Node),
    /// Out of the flow, with what this node outputs.
    Output(&'f Node),
    /// With nothing.
    Nothing,
    /// Never: the last step does not complete.
    Never,
    /// In one of the arms of a `match` on this node's output.
    Choice {
        node: &'f Node,
        span: Span,
        arms: Vec<(&'f Arm, Body<'f>)>,
    },
    /// With what follows a node, or with what takes over from it.
    Else {
        node: &'f Node,
        /// Whether a loop begins at the node, which may have no round left.
        is_head: bool,
        on: Box<Body<'f>>,
        failed: Box<Body<'f>>,
    },
    /// With one more round, or with what takes over when there is none.
    Round {
        edge: &'f Edge,
        moving: CursorMove,
        on: Box<Body<'f>>,
        exhausted: Box<Body<'f>>,
    },
    /// At the beginning of a loop, once more, or with what takes over from its head there.
    Again { edge: &'f Edge, moving: CursorMove },
    /// In several branches, none of which is waited for here.
    Fork(OpenFork<'f>),
    /// In a branch of its own that runs this function.
    Detach(&'f Node),
    /// At an input of a join, whose cell waits for it.
    Fill { join: &'f Join, slot: usize },
}

/// Branches that meet in the code after them.
pub(crate) struct ClosedFork<'f> {
    pub(crate) join: &'f Join,
    pub(crate) branches: Vec<Branch<'f>>,
    /// The node whose output they are given, or the flow itself.
    pub(crate) from: Option<&'f Node>,
    /// Whether a join around it goes on without it.
    pub(crate) may_fail: bool,
    /// Where the places of its branches begin, if they are counted at run time.
    pub(crate) first_place: Option<FirstPlace>,
}

/// Branches of which each goes its own way.
pub(crate) struct OpenFork<'f> {
    pub(crate) branches: Vec<Branch<'f>>,
    /// What follows the joins in which some of them meet.
    pub(crate) joins: Vec<(&'f Join, Body<'f>)>,
    /// The node whose output they are given, or the flow itself.
    pub(crate) from: Option<&'f Node>,
    /// Whether a join around it goes on without it.
    pub(crate) may_fail: bool,
    /// The place from which its branches are counted as they set out.
    pub(crate) first_place: Option<FirstPlace>,
}

/// A branch.
pub(crate) struct Branch<'f> {
    /// Its input of the join.
    pub(crate) slot: usize,
    /// The place that it begins at. If there is none, its first step moves the cursor.
    pub(crate) place: Option<u32>,
    pub(crate) body: Body<'f>,
    /// Whether it detaches branches that must not outlive it.
    pub(crate) is_scoped: bool,
    /// Whether a join goes on without it. If so, it ends as soon as a part of it ends with nothing.
    pub(crate) may_fail: bool,
}
