//! A graph's edges by the nodes that they begin at, and its nodes in order: proofs and figures walk
//! along these, so that their work grows with the graph alone.

use super::{Edge, Graph};

/// The lists of a graph's edges. `N` is at least the number of its nodes, and of its edges.
pub(super) struct Edges<const N: usize> {
    /// For each node, its first edge; for each edge, the next one of the same node.
    pub(super) first: [usize; N],
    pub(super) next: [usize; N],
    /// The nodes in an order in which all edges but hops lead forward.
    pub(super) order: [usize; N],
}

/// No edge.
pub(super) const NONE: usize = usize::MAX;

impl<const N: usize> Edges<N> {
    pub(super) const fn of(graph: &Graph) -> Self {
        let mut edges = Self {
            first: [NONE; N],
            next: [NONE; N],
            order: [0; N],
        };
        edges.list(graph);
        edges.sort_nodes(graph);
        edges
    }

    const fn list(&mut self, graph: &Graph) {
        let mut edge = graph.edges.len();
        while edge > 0 {
            edge -= 1;
            let from = graph.edges[edge].from;
            self.next[edge] = self.first[from];
            self.first[from] = edge;
        }
    }

    /// A node comes when all that leads to it has come.
    const fn sort_nodes(&mut self, graph: &Graph) {
        let (mut led_to, mut known) = ([0; N], 0);
        let mut edge = 0;
        while edge < graph.edges.len() {
            let Edge { to, is_hop, .. } = graph.edges[edge];
            led_to[to] += !is_hop as usize;
            edge += 1;
        }
        let mut node = 0;
        while node < graph.nodes.len() {
            if led_to[node] == 0 {
                self.order[known] = node;
                known += 1;
            }
            node += 1;
        }
        let mut done = 0;
        while done < known {
            let mut edge = self.first[self.order[done]];
            while edge != NONE {
                let Edge { to, is_hop, .. } = graph.edges[edge];
                led_to[to] -= !is_hop as usize;
                if !is_hop && led_to[to] == 0 {
                    self.order[known] = to;
                    known += 1;
                }
                edge = self.next[edge];
            }
            done += 1;
        }
    }
}
