//! Which edges go round a loop, where a flow is entered, and in which order its nodes stand.

use super::{Edge, Entry, Graph};

impl Graph {
    /// Walks the graph depth first: an edge back to a node that is still being walked from
    /// goes round a loop. Nodes that nothing leads to are walked from first, then, in the
    /// order of the text, what is left, which is loops.
    pub(super) fn find_hops(&mut self) {
        let all = 0..self.nodes.len();
        let led_to = |node: &usize| {
            self.edges
                .iter()
                .any(|edge| edge.to == *node && edge.from != *node)
        };
        let (inner, outer): (Vec<_>, Vec<_>) = all.partition(led_to);
        let mut walk = Walk {
            marks: vec![Mark::New; self.nodes.len()],
            done: Vec::new(),
        };
        for root in outer.into_iter().chain(inner) {
            walk.from(root, &mut self.edges);
        }
        walk.done.reverse();
        self.order = walk.done;
        let forward = |edge: &&Edge| !edge.is_hop;
        let entered = |node: &usize| {
            !self
                .edges
                .iter()
                .filter(forward)
                .any(|edge| edge.to == *node)
        };
        let entries = (0..self.nodes.len()).filter(entered);
        self.entries = entries
            .map(|node| Entry {
                node,
                opens: Vec::new(),
            })
            .collect();
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
    fn from(&mut self, root: usize, edges: &mut [Edge]) {
        if self.marks[root] != Mark::New {
            return;
        }
        self.marks[root] = Mark::Open;
        // The next edge to look at, for each node on the way here: no recursion, since a
        // chain may be long.
        let mut way = vec![(root, 0)];
        while let Some((node, next)) = way.last_mut() {
            let Some(edge) = edges.get_mut(*next) else {
                self.marks[*node] = Mark::Done;
                self.done.push(*node);
                way.pop();
                continue;
            };
            *next += 1;
            if edge.from != *node {
                continue;
            }
            match self.marks[edge.to] {
                Mark::Open => edge.is_hop = true,
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
