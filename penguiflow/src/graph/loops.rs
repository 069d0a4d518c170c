//! The proof that every loop can end.

use super::edge_lists::{Edges, NONE};
use super::proof::is_in;
use super::{Edge, Graph};

/// The nodes of a graph at which a message is trapped: whatever happens, something of it goes on
/// forever. `N` is at least the number of its nodes, and of its edges.
///
/// Every node that never ends a path is taken to be a trap, until it is seen to hand all that it
/// has to nodes that are none.
#[derive(Debug)]
pub struct Traps<const N: usize>([bool; N]);

impl<const N: usize> Traps<N> {
    /// Those of this graph.
    pub const fn of(graph: &Graph) -> Self {
        let edges = Edges::of(graph);
        let mut traps = Self([false; N]);
        let mut node = 0;
        while node < graph.nodes.len() {
            traps.0[node] = !graph.nodes[node].can_end;
            node += 1;
        }
        while traps.release_exits(graph, &edges) {}
        traps
    }

    /// Whether the loop that the edge `from -> to` closes can end.
    pub const fn can_end(&self, from: usize, to: usize) -> bool {
        !(self.0[from] && self.0[to])
    }

    /// Frees every supposed trap that hands nothing on to a trap, and returns whether there was
    /// one. From the last node to the first, so that a round frees all but what a loop leads to.
    const fn release_exits(&mut self, graph: &Graph, edges: &Edges<N>) -> bool {
        let mut any = false;
        let mut after = graph.nodes.len();
        while after > 0 {
            after -= 1;
            let node = edges.order[after];
            if self.0[node] && !self.are_behind(graph, edges, node, &[]) {
                self.0[node] = false;
                any = true;
            }
        }
        any
    }

    /// Whether the node hands something to a trap: along an edge, or by every arm of a `match`.
    /// Asked of one of its arms, which `arms` leads to, it looks at what is in that arm alone.
    const fn are_behind(
        &self,
        graph: &Graph,
        edges: &Edges<N>,
        node: usize,
        arms: &[(usize, usize)],
    ) -> bool {
        let mut chosen = NONE;
        let mut next = edges.first[node];
        while next != NONE {
            let edge = graph.edges[next];
            if !edge.is_fallback && is_in(edge, arms) {
                if edge.arms.len() == arms.len() {
                    if self.0[edge.to] {
                        return true;
                    }
                } else if edge.arms[arms.len()].0 != chosen {
                    chosen = edge.arms[arms.len()].0;
                    if self.are_behind_every_arm(graph, edges, edge, arms.len()) {
                        return true;
                    }
                }
            }
            next = edges.next[next];
        }
        false
    }

    /// Whether every arm of the edge's `match` at this depth leads to a trap.
    const fn are_behind_every_arm(
        &self,
        graph: &Graph,
        edges: &Edges<N>,
        of: Edge,
        depth: usize,
    ) -> bool {
        let mut seen = NONE;
        let mut next = edges.first[of.from];
        while next != NONE {
            let edge = graph.edges[next];
            if edge.arms.len() > depth
                && edge.arms[depth].0 == of.arms[depth].0
                && edge.arms[depth].1 != seen
            {
                seen = edge.arms[depth].1;
                let (arms, _) = edge.arms.split_at(depth + 1);
                if !self.are_behind(graph, edges, of.from, arms) {
                    return false;
                }
            }
            next = edges.next[next];
        }
        true
    }
}
