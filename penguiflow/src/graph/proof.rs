//! Proofs about a graph while it is compiled, beyond what types can express.

#[cfg(feature = "durable")]
use super::NodeInfo;
use super::{Edge, Graph};

/// Whether the edge is in this arm. A `match` has a number of its own, so the last one decides.
pub(super) const fn is_in(edge: Edge, arms: &[(usize, usize)]) -> bool {
    let Some((of, arm)) = arms.last() else {
        return true;
    };
    edge.arms.len() >= arms.len() && {
        let (edge_of, edge_arm) = edge.arms[arms.len() - 1];
        edge_of == *of && edge_arm == *arm
    }
}

/// Whether a path of a trace can end without an output.
pub(crate) const fn can_end_in_none(graph: &Graph) -> bool {
    let mut node = 0;
    while node < graph.nodes.len() {
        if graph.nodes[node].can_end && graph.nodes[node].exit.is_none() {
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

/// Whether no alias of a node, given by `#[node(alias = "…")]`, is another node's name or alias, too.
#[cfg(feature = "durable")]
pub const fn stored_names_differ(graph: &Graph) -> bool {
    let mut one = 0;
    while one < graph.nodes.len() {
        let aliases = graph.nodes[one].aliases;
        let mut at = 0;
        while at < aliases.len() {
            let mut other = 0;
            while other < graph.nodes.len() {
                if one != other && is_called(&graph.nodes[other], aliases[at]) {
                    return false;
                }
                other += 1;
            }
            at += 1;
        }
        one += 1;
    }
    true
}

#[cfg(feature = "durable")]
const fn is_called(node: &NodeInfo, name: &str) -> bool {
    let mut at = 0;
    while at < node.aliases.len() {
        if is_same(node.aliases[at], name) {
            return true;
        }
        at += 1;
    }
    is_same(node.name, name)
}

pub(super) const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut place = 0;
    while place < one.len() && place < other.len() && one[place] == other[place] {
        place += 1;
    }
    one.len() == other.len() && place == one.len()
}

/// The verdict of a proof.
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

/// Each stored step of a durable flow is of one node.
#[cfg(feature = "durable")]
#[diagnostic::on_unimplemented(
    message = "an `alias` of a node of this `durable` flow is the name or the alias of another one, too",
    label = "in this flow",
    note = "a stored step is of one node: leave the alias to that node which the step was of"
)]
pub trait StoredNamesDiffer {
    /// That it holds.
    const PROVED: () = ();
}

#[cfg(feature = "durable")]
#[diagnostic::do_not_recommend]
impl StoredNamesDiffer for Proof<true> {}

/// Stops the compiler with a message, at the caller's place.
#[track_caller]
pub const fn fault(message: &'static str) -> ! {
    panic!("{}", message)
}
