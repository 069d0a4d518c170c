//! Which visit of a trace led to which, found by the ids of their steps: a step's id is the hash of
//! its parent's and of its place. Joins and maps are steps that no event tells of; they are found by
//! what comes after them.

use std::collections::HashMap;

use crate::graph::{Graph, NodeKind};
use crate::message::StepId;

/// The most playbooks that a visit runs, as far as they are looked for.
const CALLS: u32 = 16;

/// A visit that was found to follow another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// The visit that it comes from; `None` for the flow's own beginning.
    pub(crate) from: Option<StepId>,
    pub(crate) to: StepId,
    /// The places on the way, by which the visits after one visit are put in order.
    pub(crate) places: Vec<u32>,
    /// The edges on the way.
    pub(crate) edges: Vec<usize>,
}

/// The visits of one flow in a trace, by their steps.
pub(crate) type Visits = HashMap<StepId, usize>;

/// The steps that the playbooks of this step may begin with.
pub(crate) fn calls(step: StepId) -> impl Iterator<Item = StepId> {
    (0..CALLS).map(move |call| step.call(call))
}

/// The links from the beginning of a flow, at this step, to its first visits.
pub(crate) fn links_from_begin(graph: &Graph, visits: &Visits, begin: StepId) -> Vec<Link> {
    let mut search = Search::of(graph, visits);
    search.begin(begin);
    search.found
}

/// All links between these visits of a graph.
pub(crate) fn links(graph: &Graph, visits: &Visits) -> Vec<Link> {
    let mut search = Search::of(graph, visits);
    for (id, node) in visits {
        let way = Way::from(Some(*id));
        search.after(*id, *node, &way);
        // To be resumed is a step of its own, in whose place a fallback has a visit.
        let resumed = id.child(0);
        if graph.nodes[*node].kind() == NodeKind::Parking && !visits.contains_key(&resumed) {
            search.after(resumed, *node, &way.place(0));
        }
    }
    search.found
}

/// The most branches that part at one place.
fn branches(graph: &Graph) -> u32 {
    let of = |node| graph.edges.iter().filter(|edge| edge.from == node).count();
    let most = (0..graph.nodes.len()).map(of).max().unwrap_or(0);
    most.max(graph.entries.len()) as u32
}

struct Search<'a> {
    graph: &'a Graph,
    visits: &'a Visits,
    branches: u32,
    /// How many items of a map are looked for.
    items: u32,
    found: Vec<Link>,
}

/// The way so far, from a visit on.
#[derive(Clone)]
struct Way {
    from: Option<StepId>,
    places: Vec<u32>,
    edges: Vec<usize>,
}

impl Way {
    fn from(from: Option<StepId>) -> Self {
        Self {
            from,
            places: Vec::new(),
            edges: Vec::new(),
        }
    }

    fn place(&self, place: u32) -> Self {
        let mut way = self.clone();
        way.places.push(place);
        way
    }

    fn edge(&self, edge: usize) -> Self {
        let mut way = self.clone();
        way.edges.push(edge);
        way
    }
}

impl<'a> Search<'a> {
    fn of(graph: &'a Graph, visits: &'a Visits) -> Self {
        Self {
            graph,
            visits,
            branches: branches(graph),
            items: visits.len() as u32 * 2 + 64,
            found: Vec::new(),
        }
    }

    fn out_degree(&self, node: usize) -> usize {
        let edges = self.graph.edges.iter();
        edges.filter(|edge| edge.from == node).count()
    }

    /// Looks for the entries: at the first step itself, or on its branches.
    fn begin(&mut self, id: StepId) {
        let way = Way::from(None);
        for entry in self.graph.entries {
            self.reach(id, *entry, &way);
            for place in 0..self.branches {
                self.reach(id.child(place), *entry, &way.place(place));
            }
        }
        self.joins(id, self.graph.entries.len(), &way);
    }

    /// Looks for what follows a node, and the joins of what parts there.
    fn after(&mut self, id: StepId, node: usize, way: &Way) {
        self.follow(id, node, way);
        self.joins(id, self.out_degree(node), way);
    }

    /// Looks for what follows a node, and returns whether something does.
    fn follow(&mut self, id: StepId, node: usize, way: &Way) -> bool {
        let mut is_followed = false;
        for (number, edge) in self.graph.edges.iter().enumerate() {
            if edge.from != node {
                continue;
            }
            let way = way.edge(number);
            for place in 0..self.branches {
                is_followed |= self.reach(id.child(place), edge.to, &way.place(place));
            }
        }
        is_followed
    }

    /// Looks for a node at a step, and returns whether it is there.
    fn reach(&mut self, id: StepId, node: usize, way: &Way) -> bool {
        match self.graph.nodes[node].kind() {
            NodeKind::Visit | NodeKind::Parking => self.visited(id, node, way),
            NodeKind::MapStart => self.items(id, node, way),
            // Found by the step where its branches part.
            NodeKind::Join => false,
        }
    }

    fn visited(&mut self, id: StepId, node: usize, way: &Way) -> bool {
        let is_there = self.visits.get(&id) == Some(&node);
        if is_there {
            let Way {
                from,
                places,
                edges,
            } = way.clone();
            self.found.push(Link {
                from,
                to: id,
                places,
                edges,
            });
        }
        is_there
    }

    /// Looks for the items of a map, and for what follows when they are gathered.
    fn items(&mut self, id: StepId, map: usize, way: &Way) -> bool {
        let mut has_items = false;
        for item in 0..self.items {
            let (at, way) = (id.child(item), way.place(item));
            if self.follow(at, map, &way) {
                has_items = true;
                self.joins(at, self.out_degree(map), &way);
            }
        }
        // Its items part here, however few edges are drawn.
        has_items | self.joins(id, usize::MAX, way)
    }

    /// Looks for what follows the joins of branches that part at a step.
    fn joins(&mut self, since: StepId, branches: usize, way: &Way) -> bool {
        let mut is_joined = false;
        if branches < 2 {
            return is_joined;
        }
        let graph = self.graph;
        for number in 0..graph.nodes.len() as u32 {
            let id = since.child(u32::MAX - number);
            let way = way.place(u32::MAX - number);
            for (node, info) in graph.nodes.iter().enumerate() {
                if info.kind() == NodeKind::Join && self.follow(id, node, &way) {
                    is_joined = true;
                    self.joins(id, self.out_degree(node), &way);
                }
            }
        }
        is_joined
    }
}
