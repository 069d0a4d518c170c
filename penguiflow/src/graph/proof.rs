//! What is proved of a graph while it is compiled, beyond what types can say.

use super::{Edge, Graph};

/// Whether the loop that the edge `from -> to` closes can end. `N` is the number of nodes.
///
/// It cannot if a message at both of its nodes is trapped: whatever happens, something of it
/// goes on for ever. Every node that never ends a path is taken to be a trap, until it is
/// seen to hand all that it has to nodes that are none.
pub const fn loop_can_end<const N: usize>(graph: &Graph, from: usize, to: usize) -> bool {
    let mut traps = [false; N];
    let mut node = 0;
    while node < N {
        traps[node] = !graph.nodes[node].leaves;
        node += 1;
    }
    while free_those_that_are_none(graph, &mut traps) {}
    !(traps[from] && traps[to])
}

/// Frees every supposed trap that hands nothing on to a trap, and says whether there was
/// one. From the last node to the first: edges mostly lead forward, so one round mostly does.
const fn free_those_that_are_none(graph: &Graph, traps: &mut [bool]) -> bool {
    let mut any = false;
    let mut after = traps.len();
    while after > 0 {
        let node = after - 1;
        if traps[node] && !leads_to_a_trap(graph, traps, node, &[]) {
            traps[node] = false;
            any = true;
        }
        after = node;
    }
    any
}

/// Whether the node hands something to a trap: along an edge, or by every arm of a `match`. Asked
/// of one of its arms, which `arms` leads to, it looks at what is in that arm alone.
const fn leads_to_a_trap(
    graph: &Graph,
    traps: &[bool],
    node: usize,
    arms: &[(usize, usize)],
) -> bool {
    let mut next = 0;
    while next < graph.edges.len() {
        let edge = graph.edges[next];
        if edge.from == node && !edge.is_fallback && is_in(edge, arms) {
            let is_trapped = match edge.arms.len() == arms.len() {
                true => traps[edge.to],
                false => every_arm_leads_to_a_trap(graph, traps, edge, arms.len()),
            };
            if is_trapped {
                return true;
            }
        }
        next += 1;
    }
    false
}

/// Whether the edge is in this arm. A `match` has a number of its own, so the last one tells.
pub(super) const fn is_in(edge: Edge, arms: &[(usize, usize)]) -> bool {
    let Some((of, arm)) = arms.last() else {
        return true;
    };
    edge.arms.len() >= arms.len() && {
        let (edge_of, edge_arm) = edge.arms[arms.len() - 1];
        edge_of == *of && edge_arm == *arm
    }
}

/// Whether every arm of the edge's `match` at this depth leads to a trap.
const fn every_arm_leads_to_a_trap(
    graph: &Graph,
    traps: &[bool],
    edge: Edge,
    depth: usize,
) -> bool {
    let mut next = 0;
    while next < graph.edges.len() {
        let other = graph.edges[next];
        if other.arms.len() > depth && other.arms[depth].0 == edge.arms[depth].0 {
            let (arms, _) = other.arms.split_at(depth + 1);
            if !leads_to_a_trap(graph, traps, edge.from, arms) {
                return false;
            }
        }
        next += 1;
    }
    true
}

/// Whether a path of a trace can end without an output.
pub(crate) const fn can_end_in_none(graph: &Graph) -> bool {
    let mut node = 0;
    while node < graph.nodes.len() {
        if graph.nodes[node].leaves && graph.nodes[node].exit.is_none() {
            return true;
        }
        node += 1;
    }
    false
}

/// Whether no name that was chosen for a node, by `#[node(name = "…")]`, is another node's too.
pub const fn names_differ(graph: &Graph) -> bool {
    let mut one = 0;
    while one < graph.nodes.len() {
        let mut other = 0;
        while other < graph.nodes.len() && graph.nodes[one].has_chosen_name() {
            if one != other && is_same(graph.nodes[one].name, graph.nodes[other].name) {
                return false;
            }
            other += 1;
        }
        one += 1;
    }
    true
}

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut place = 0;
    while place < one.len() && place < other.len() && one[place] == other[place] {
        place += 1;
    }
    one.len() == other.len() && place == one.len()
}

/// What was found to hold, or not to.
#[derive(Debug)]
pub struct Proof<const HOLDS: bool>;

/// The nodes of a flow have names of their own.
#[diagnostic::on_unimplemented(
    message = "two nodes of this flow have the same name",
    label = "in this flow",
    note = "choose another one by `#[node(name = \"…\")]`"
)]
pub trait NamesDiffer {
    /// That it holds.
    const PROVED: () = ();
}

#[diagnostic::do_not_recommend]
impl NamesDiffer for Proof<true> {}

/// Stops the compiler with a message, at the caller's place.
#[track_caller]
pub const fn fault(message: &'static str) -> ! {
    panic!("{}", message)
}
