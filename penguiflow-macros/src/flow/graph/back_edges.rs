//! Finds the edges that close loops, the entries, and an order of the nodes in which all other
//! edges lead forward.

use super::{Entry, Graph};

impl Graph {
    /// Walks the graph depth first. An edge to a node that the walk has not left yet closes a loop.
    /// The walk begins at the nodes without predecessors; loops that none of them reaches follow in
    /// the order of the text.
    pub(super) fn find_back_edges(&mut self) {
        let all = 0..self.nodes.len();
        let led_to = |node: &usize| self.edges_to(*node).any(|edge| edge.from != *node);
        let (inner, outer): (Vec<_>, Vec<_>) = all.partition(led_to);
        let mut walk = Walk {
            marks: vec![Mark::New; self.nodes.len()],
            done: Vec::new(),
        };
        for root in outer.into_iter().chain(inner) {
            walk.from(root, self);
        }
        walk.done.reverse();
        self.order = walk.done;
        self.find_components();
        let entered = |node: &usize| self.edges_to(*node).all(|edge| edge.is_back);
        let entries = (0..self.nodes.len()).filter(entered);
        let entries = entries.map(|node| Entry {
            node,
            opens: Vec::new(),
        });
        self.entries = entries.collect();
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

struct Walk {
    marks: Vec<Mark>,
    done: Vec<usize>,
}

impl Walk {
    fn from(&mut self, root: usize, graph: &mut Graph) {
        if self.marks[root] != Mark::New {
            return;
        }
        self.marks[root] = Mark::Open;
        // The nodes on the path to here, each with its next edge. No recursion: a chain may be
        // long.
        let mut way = vec![(root, 0)];
        while let Some((node, next)) = way.last_mut() {
            let Some(edge) = graph.nodes[*node].out.get(*next) else {
                self.marks[*node] = Mark::Done;
                self.done.push(*node);
                way.pop();
                continue;
            };
            *next += 1;
            let edge = &mut graph.edges[*edge];
            match self.marks[edge.to] {
                Mark::Open => edge.is_back = true,
                Mark::New => {
                    self.marks[edge.to] = Mark::Open;
                    let to = edge.to;
                    way.push((to, 0));
                }
                Mark::Done => {}
            }
        }
    }
}
