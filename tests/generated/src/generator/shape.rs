//! What the edges of a flow mean: where messages come in, where they leave, and which
//! edges go round a loop. Written apart from the library's own, to be compared with it.

/// A flow's entries, exits and hops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The nodes that OpenSea leads to, in the order of the text.
    pub entries: Vec<usize>,
    /// The nodes that lead to Rookery, in the order of the text.
    pub exits: Vec<usize>,
    /// The edges in the order of the text, each with whether it goes round a loop.
    pub edges: Vec<(usize, usize, bool)>,
}

impl Shape {
    /// The shape of these nodes and edges, both in the order of the text.
    pub fn of(nodes: &[usize], edges: &[(usize, usize)]) -> Self {
        let mut walk = Walk {
            edges: edges.iter().map(|(from, to)| (*from, *to, false)).collect(),
            open: Vec::new(),
            done: Vec::new(),
        };
        let is_led_to = |node: &usize| edges.iter().any(|(from, to)| to == node && from != to);
        let (led_to, roots): (Vec<_>, Vec<_>) = nodes.iter().copied().partition(is_led_to);
        for root in roots.into_iter().chain(led_to) {
            walk.visit(root);
        }
        let is_entry = |node: &usize| {
            let mut edges = walk.edges.iter();
            !edges.any(|(_, to, is_hop)| to == node && !is_hop)
        };
        let is_exit = |node: &usize| !edges.iter().any(|(from, _)| from == node);
        Self {
            entries: nodes.iter().copied().filter(is_entry).collect(),
            exits: nodes.iter().copied().filter(is_exit).collect(),
            edges: walk.edges,
        }
    }

    /// The edges out of a node: where each leads, and whether it goes round a loop.
    pub fn edges_from(&self, node: usize) -> impl Iterator<Item = (usize, bool)> {
        let edges = self.edges.iter().filter(move |(from, ..)| *from == node);
        edges.map(|(_, to, is_hop)| (*to, *is_hop))
    }

    /// Whether every trace has at most one output.
    pub fn is_single(&self) -> bool {
        let mut nodes = self.edges.iter().map(|(from, ..)| *from);
        self.entries.len() == 1 && nodes.all(|node| self.edges_from(node).count() == 1)
    }
}

/// A depth-first walk: an edge to a node that is still open goes round a loop.
struct Walk {
    edges: Vec<(usize, usize, bool)>,
    open: Vec<usize>,
    done: Vec<usize>,
}

impl Walk {
    fn visit(&mut self, node: usize) {
        if self.done.contains(&node) {
            return;
        }
        self.open.push(node);
        for edge in 0..self.edges.len() {
            let (from, to, _) = self.edges[edge];
            if from == node && self.open.contains(&to) {
                self.edges[edge].2 = true;
            } else if from == node {
                self.visit(to);
            }
        }
        self.open.pop();
        self.done.push(node);
    }
}
