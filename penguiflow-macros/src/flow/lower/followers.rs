//! The nodes whose code follows a block: those with several predecessors in one region, those that
//! a loop leads out to, and long arms.

use std::collections::{HashMap, HashSet};

use super::decision::Decision;
use super::regions::{Regions, Vertex};
use crate::flow::graph::Graph;

/// The most nodes in an arm. A longer one follows the others, so that a long flow nests no deeper
/// than a short one, and can be cut between its steps.
const LONG: usize = 16;

/// The loops of a flow, and the nodes that follow a block.
pub(crate) struct Followers {
    /// The bodies of loops, by the nodes where they begin.
    pub(crate) loops: HashMap<usize, HashSet<Vertex>>,
    inside: HashMap<Vertex, Vec<usize>>,
    outside: HashMap<usize, Vec<usize>>,
    all: HashSet<usize>,
}

impl Followers {
    pub(crate) fn of(graph: &Graph, after: &[Decision<'_>], regions: &Regions) -> Self {
        let mut nodes: Vec<_> = (0..graph.nodes.len()).collect();
        nodes.sort_by_key(|node| regions.position(*node));
        let mut followers = Self {
            loops: loops(graph, regions),
            inside: HashMap::new(),
            outside: HashMap::new(),
            all: HashSet::new(),
        };
        nodes.retain(|node| !regions.is_start(*node));
        nodes.iter().for_each(|node| followers.add(*node, regions));
        followers.flatten(graph, after, regions, &nodes);
        followers
    }

    /// The nodes that follow a block around a vertex's code.
    pub(crate) fn inside(&self, vertex: Vertex) -> Vec<usize> {
        self.inside.get(&vertex).cloned().unwrap_or_default()
    }

    /// The nodes that follow a loop.
    pub(crate) fn outside(&self, head: usize) -> Vec<usize> {
        self.outside.get(&head).cloned().unwrap_or_default()
    }

    /// Whether a node follows a block.
    pub(crate) fn has(&self, node: usize) -> bool {
        self.all.contains(&node)
    }

    fn add(&mut self, node: usize, regions: &Regions) {
        let parent = regions.parent(node);
        let left = self.loops.iter();
        let left = left.filter(|(_, body)| body.contains(&parent) && !body.contains(&node));
        let outermost = left
            .map(|(head, _)| *head)
            .min_by_key(|head| regions.position(*head));
        match outermost {
            Some(head) => self.outside.entry(head).or_default().push(node),
            None if regions.forward(node) > 1 => {
                self.inside.entry(parent).or_default().push(node);
            }
            None => return,
        }
        self.all.insert(node);
    }

    /// Where an arm is long, it follows the others. Its block is within those of other followers,
    /// since it may lead to them.
    fn flatten(
        &mut self,
        graph: &Graph,
        after: &[Decision<'_>],
        regions: &Regions,
        nodes: &[usize],
    ) {
        let sizes = sizes(graph, regions, nodes);
        for node in nodes {
            let parent = regions.parent(*node);
            if sizes[*node] > LONG && has_arms(graph, after, parent) && self.all.insert(*node) {
                self.inside.entry(parent).or_default().insert(0, *node);
            }
        }
    }
}

fn loops(graph: &Graph, regions: &Regions) -> HashMap<usize, HashSet<Vertex>> {
    let mut loops = HashMap::new();
    for head in 0..graph.nodes.len() {
        let mut frontier: Vec<_> = regions.back(head).collect();
        if frontier.is_empty() {
            continue;
        }
        let mut body = HashSet::from([head]);
        while let Some(vertex) = frontier.pop() {
            if body.insert(vertex) {
                frontier.extend(regions.into[vertex].iter().copied());
            }
        }
        loops.insert(head, body);
    }
    loops
}

/// How many nodes stand in the code of each node, and after it.
fn sizes(graph: &Graph, regions: &Regions, nodes: &[usize]) -> Vec<usize> {
    let mut sizes = vec![1; graph.nodes.len()];
    for node in nodes.iter().rev() {
        let size = sizes[*node];
        if let Some(before) = sizes.get_mut(regions.parent(*node)) {
            *before += size;
        }
    }
    sizes
}

/// Whether the code after a node is in arms: of a `match`, or of a node with a fallback.
fn has_arms(graph: &Graph, after: &[Decision<'_>], vertex: Vertex) -> bool {
    let decision = after.get(vertex);
    decision.is_some_and(|decision| {
        matches!(decision, Decision::Choice(..)) || graph.fallback(vertex).is_some()
    })
}
