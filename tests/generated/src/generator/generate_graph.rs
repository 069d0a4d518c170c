//! Draws the plan of a graph at random: nodes, edges forward, edges back, and the chains
//! that a text could draw them in.

use super::{Body, EdgeType, Form, NodeKind, Plan, Rng};

/// How many ways a message may take through a flow without loops, so that no trace is
/// too long to be tested often.
const MOST_WAYS: usize = 24;

pub(super) fn graph(rng: &mut Rng, seed: u64, number: u64) -> Plan {
    loop {
        let plan = attempt(rng, seed, number);
        if ways(&plan) <= MOST_WAYS && is_entered_by_loads(&plan) {
            return plan;
        }
    }
}

/// Whether all entries take what the flow takes. An edge back to what was the entry may make another
/// node of the loop the entry.
fn is_entered_by_loads(plan: &Plan) -> bool {
    let entries = plan.shape().entries;
    let mut taken = entries.iter().map(|node| plan.nodes[*node].traits().takes);
    taken.all(|takes| takes == EdgeType::Load)
}

fn attempt(rng: &mut Rng, seed: u64, number: u64) -> Plan {
    let mut sketch = Sketch::default();
    // How often a node has several predecessors, or none: from a line to a bush.
    let bushiness = rng.pick(&[0, 10, 25, 40]);
    for _ in 0..rng.within(1, 8) {
        sketch.add_node(rng, bushiness);
    }
    for _ in 0..rng.pick(&[0, 0, 1, 1, 2, 3]) {
        sketch.add_loop(rng);
    }
    let plan = Plan {
        seed,
        number,
        part: None,
        in_parentheses: false,
        plays: Vec::new(),
        form: Form::Item,
        conditional: rng.chance(15),
        first_headers: false,
        lets_last: rng.chance(20),
        body: Body::Graph(thread(rng, sketch.nodes.len(), sketch.edges)),
        nodes: sketch.nodes,
    };
    let form = form(rng, &plan);
    Plan { form, ..plan }
}

/// A flow in an expression takes its output's type from its first exit, or from what
/// breaks out of it.
fn form(rng: &mut Rng, plan: &Plan) -> Form {
    let yields_load = match plan.shape().exits.first() {
        Some(exit) => plan.nodes[*exit].traits().gives == EdgeType::Load,
        None => plan.nodes.iter().any(|kind| kind.traits().leaves),
    };
    match yields_load && rng.chance(40) {
        true => Form::Expression,
        false => Form::Item,
    }
}

/// Nodes and edges, without a text.
#[derive(Default)]
struct Sketch {
    nodes: Vec<NodeKind>,
    edges: Vec<(usize, usize)>,
}

impl Sketch {
    /// Adds a node after nodes that are there, or as an entry.
    fn add_node(&mut self, rng: &mut Rng, bushiness: usize) {
        let node = self.nodes.len();
        let kind = self.kind(rng);
        let before = self.can_lead_to(kind);
        self.nodes.push(kind);
        let takes_load = kind.traits().takes == EdgeType::Load;
        if before.is_empty() || (takes_load && rng.chance(bushiness / 3)) {
            return;
        }
        let near = before[before.len() - 1];
        let first = if rng.chance(70) {
            near
        } else {
            rng.pick(&before)
        };
        self.add_edge(first, node);
        while rng.chance(bushiness) {
            self.add_edge(rng.pick(&before), node);
        }
    }

    /// A kind whose input some node gives. A function is a node once.
    fn kind(&self, rng: &mut Rng) -> NodeKind {
        loop {
            let kind = rng.pick(&NodeKind::ALL);
            let traits = kind.traits();
            let is_fed = traits.takes == EdgeType::Load || !self.can_lead_to(kind).is_empty();
            let is_free = traits.function.is_none() || !self.nodes.contains(&kind);
            if is_fed && is_free {
                return kind;
            }
        }
    }

    fn can_lead_to(&self, kind: NodeKind) -> Vec<usize> {
        let takes = kind.traits().takes;
        let all = 0..self.nodes.len();
        all.filter(|node| self.nodes[*node].traits().gives == takes)
            .collect()
    }

    fn add_edge(&mut self, from: usize, to: usize) {
        if !self.edges.contains(&(from, to)) {
            self.edges.push((from, to));
        }
    }

    /// Adds an edge back, if one that was random fits and its loop can end.
    fn add_loop(&mut self, rng: &mut Rng) {
        let from = rng.below(self.nodes.len());
        let to = if rng.chance(30) {
            from
        } else {
            rng.within(0, from)
        };
        let fits = self.can_lead_to(self.nodes[to]).contains(&from);
        if !fits || self.edges.contains(&(from, to)) {
            return;
        }
        self.edges.push((from, to));
        if !self.can_end() {
            self.edges.pop();
        }
    }

    /// Whether every loop has a node that can end it: without those, no loop is left.
    fn can_end(&self) -> bool {
        let stays = |node: &usize| !self.nodes[*node].traits().can_end_a_loop();
        let mut left: Vec<usize> = (0..self.nodes.len()).filter(stays).collect();
        loop {
            let leads_on = |node: &usize| {
                self.edges
                    .iter()
                    .any(|(from, to)| from == node && left.contains(to))
            };
            let further: Vec<usize> = left.iter().copied().filter(leads_on).collect();
            if further.len() == left.len() {
                return left.is_empty();
            }
            left = further;
        }
    }
}

/// Threads edges into chains, in any order, each edge once. A node without edges is a
/// chain of its own.
fn thread(rng: &mut Rng, nodes: usize, mut edges: Vec<(usize, usize)>) -> Vec<Vec<usize>> {
    let alone = |node: &usize| !edges.iter().any(|(from, to)| from == node || to == node);
    let mut chains: Vec<_> = (0..nodes).filter(alone).map(|node| vec![node]).collect();
    let in_order = rng.chance(50);
    while !edges.is_empty() {
        let first = if in_order { 0 } else { rng.below(edges.len()) };
        let (from, to) = edges.remove(first);
        let mut chain = vec![from, to];
        while let Some(next) = next_link(rng, &edges, chain[chain.len() - 1]) {
            chain.push(edges.remove(next).1);
        }
        let place = if in_order {
            chains.len()
        } else {
            rng.within(0, chains.len())
        };
        chains.insert(place, chain);
    }
    chains
}

/// An edge that goes on from the end of a chain; sometimes none is wanted.
fn next_link(rng: &mut Rng, edges: &[(usize, usize)], end: usize) -> Option<usize> {
    let all = 0..edges.len();
    let onward: Vec<_> = all.filter(|edge| edges[*edge].0 == end).collect();
    (!onward.is_empty() && rng.chance(80)).then(|| rng.pick(&onward))
}

/// How many ways lead from an entry to an end, loops left out.
fn ways(plan: &Plan) -> usize {
    let shape = plan.shape();
    let mut way_ends = 0;
    let mut open = shape.entries.clone();
    while let Some(node) = open.pop() {
        let onward = shape.edges_from(node).filter(|(_, is_hop)| !is_hop);
        let before = open.len();
        open.extend(onward.map(|(to, _)| to));
        way_ends += usize::from(open.len() == before);
        if way_ends > MOST_WAYS {
            break;
        }
    }
    way_ends
}
