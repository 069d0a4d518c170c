//! Where nodes stand that follow a block: those that several ways of one thread lead to, those that
//! a loop leads out to, and one of those in arms, where arms would stand too deep in each other.

use std::collections::{HashMap, HashSet};

use super::decision::Decision;
use super::threads::{Owner, Threads};
use crate::flow::graph::Graph;

/// How deep arms stand in each other, before what they lead to follows them.
const DEEP: usize = 16;

/// The loops of a flow, and the nodes that follow a block.
pub(crate) struct Followers {
    /// The bodies of loops, by the nodes where they begin.
    pub(crate) loops: HashMap<usize, HashSet<Owner>>,
    inside: HashMap<Owner, Vec<usize>>,
    outside: HashMap<usize, Vec<usize>>,
    all: HashSet<usize>,
}

impl Followers {
    pub(crate) fn of(graph: &Graph, after: &[Decision<'_>], threads: &Threads) -> Self {
        let mut nodes: Vec<_> = (0..graph.nodes.len()).collect();
        nodes.sort_by_key(|node| threads.place(*node));
        let mut followers = Self {
            loops: loops(graph, threads),
            inside: HashMap::new(),
            outside: HashMap::new(),
            all: HashSet::new(),
        };
        nodes.retain(|node| !threads.is_start(*node));
        nodes
            .iter()
            .for_each(|node| followers.place(*node, threads));
        followers.flatten(graph, after, threads, &nodes);
        followers
    }

    /// What follows a block around an owner's code.
    pub(crate) fn inside(&self, owner: Owner) -> Vec<usize> {
        self.inside.get(&owner).cloned().unwrap_or_default()
    }

    /// What follows a loop.
    pub(crate) fn outside(&self, head: usize) -> Vec<usize> {
        self.outside.get(&head).cloned().unwrap_or_default()
    }

    /// Whether a node follows a block.
    pub(crate) fn has(&self, node: usize) -> bool {
        self.all.contains(&node)
    }

    fn place(&mut self, node: usize, threads: &Threads) {
        let parent = threads.parent(node);
        let left = self.loops.iter();
        let left = left.filter(|(_, body)| body.contains(&parent) && !body.contains(&node));
        let outermost = left
            .map(|(head, _)| *head)
            .min_by_key(|head| threads.place(*head));
        match outermost {
            Some(head) => self.outside.entry(head).or_default().push(node),
            None if threads.forward(node) > 1 => {
                self.inside.entry(parent).or_default().push(node);
            }
            None => return,
        }
        self.all.insert(node);
    }

    /// Of the arms of an owner that stands deep, the longest one goes on behind the others. Its
    /// block is the innermost: it may lead to what else follows there.
    fn flatten(
        &mut self,
        graph: &Graph,
        after: &[Decision<'_>],
        threads: &Threads,
        nodes: &[usize],
    ) {
        let longest = longest(graph, threads, nodes);
        let mut depths: HashMap<Owner, usize> = HashMap::new();
        for node in nodes {
            let parent = threads.parent(*node);
            let around = depths.get(&parent).copied().unwrap_or_default();
            let mut depth = around + usize::from(has_arms(graph, after, parent));
            if depth > DEEP && longest.get(&parent) == Some(node) && self.all.insert(*node) {
                self.inside.entry(parent).or_default().insert(0, *node);
                depth = around;
            }
            depths.insert(*node, depth);
        }
    }
}

fn loops(graph: &Graph, threads: &Threads) -> HashMap<usize, HashSet<Owner>> {
    let mut loops = HashMap::new();
    for head in 0..graph.nodes.len() {
        let mut frontier: Vec<_> = threads.back(head).collect();
        if frontier.is_empty() {
            continue;
        }
        let mut body = HashSet::from([head]);
        while let Some(owner) = frontier.pop() {
            if body.insert(owner) {
                frontier.extend(threads.into[owner].iter().copied());
            }
        }
        loops.insert(head, body);
    }
    loops
}

/// Of the nodes that stand in each owner's arms, the one that most nodes follow.
fn longest(graph: &Graph, threads: &Threads, nodes: &[usize]) -> HashMap<Owner, usize> {
    let mut sizes = vec![1; graph.nodes.len()];
    let mut longest: HashMap<Owner, usize> = HashMap::new();
    for node in nodes.iter().rev() {
        let parent = threads.parent(*node);
        if let Some(size) = sizes.get(parent) {
            sizes[parent] = size + sizes[*node];
        }
        let known = longest.entry(parent).or_insert(*node);
        if sizes[*node] > sizes[*known] {
            *known = *node;
        }
    }
    longest
}

/// Whether what follows an owner stands in arms: of a `match`, or of what may fail.
fn has_arms(graph: &Graph, after: &[Decision<'_>], owner: Owner) -> bool {
    let decision = after.get(owner);
    decision.is_none_or(|decision| matches!(decision, Decision::Choice(..)))
        || graph.fallback(owner).is_some()
}
