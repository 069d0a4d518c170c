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
        if traps[node] && !leads_to_a_trap(graph, traps, node) {
            traps[node] = false;
            any = true;
        }
        after = node;
    }
    any
}

/// Whether the node has an edge to a trap; one in a `match` counts if all arms have one.
const fn leads_to_a_trap(graph: &Graph, traps: &[bool], node: usize) -> bool {
    let mut next = 0;
    while next < graph.edges.len() {
        let edge = graph.edges[next];
        if edge.from == node && traps[edge.to] && every_arm_leads_to_a_trap(graph, traps, edge) {
            return true;
        }
        next += 1;
    }
    false
}

/// Whether every arm of the edge's `match` has an edge to a trap; true without a `match`.
const fn every_arm_leads_to_a_trap(graph: &Graph, traps: &[bool], edge: Edge) -> bool {
    let Some((of, _)) = edge.choice else {
        return true;
    };
    let mut next = 0;
    while next < graph.edges.len() {
        if let Some((other, arm)) = graph.edges[next].choice
            && other == of
            && !arm_leads_to_a_trap(graph, traps, of, arm)
        {
            return false;
        }
        next += 1;
    }
    true
}

const fn arm_leads_to_a_trap(graph: &Graph, traps: &[bool], of: usize, arm: usize) -> bool {
    let mut next = 0;
    while next < graph.edges.len() {
        let edge = graph.edges[next];
        if let Some((other_of, other_arm)) = edge.choice
            && other_of == of
            && other_arm == arm
            && traps[edge.to]
        {
            return true;
        }
        next += 1;
    }
    false
}

/// Stops the compiler with a message, at the caller's place.
#[track_caller]
pub const fn fault(message: &'static str) -> ! {
    panic!("{}", message)
}
