//! Opens joins: finds where the ways to a join's inputs part. From there on the join waits for one
//! message by each of these ways.
//!
//! For each join, the search goes back from the join, and finds for each node which inputs its
//! message reaches, up to where the ways part.

use std::collections::{BTreeMap, BinaryHeap};

use super::bitset::BitSet;
use super::{Arm, Edge, Graph, Join, JoinFault, Route, Way};
use crate::flow::join_kind::JoinKind;

impl Graph {
    /// Opens each join where its ways part, and records a fault where there is no such place.
    pub(super) fn open_joins(&mut self) {
        let mut position = vec![0; self.nodes.len()];
        for (at, node) in self.order.iter().enumerate() {
            position[*node] = at;
        }
        let joins = self.joins().map(|(index, _)| index).enumerate();
        let mut joins: Vec<_> = joins.collect();
        // Of joins that open at one place, the outermost comes first.
        joins.sort_by_key(|(_, index)| std::cmp::Reverse(position[*index]));
        for (number, index) in joins {
            self.open_join(number, index, &position);
        }
        self.check_nesting();
    }

    fn open_join(&mut self, number: usize, index: usize, position: &[usize]) {
        let Some(joining) = self.nodes[index].join() else {
            return;
        };
        let (leads, fault) = match joining.map {
            Some(map) => (BTreeMap::new(), self.map_fault(map, index)),
            None => {
                let mut search = Search::of(number, index, joining);
                self.search(&mut search, position);
                let fault = search.fault();
                let reached = search.reached.into_iter();
                let leading = reached.map(|(node, reached)| (node, reached.leads));
                (
                    leading.filter(|(_, leads)| !leads.is_empty()).collect(),
                    fault,
                )
            }
        };
        if let Some(joining) = self.nodes[index].join_mut() {
            joining.fault = fault;
            joining.leads = leads;
        }
    }

    /// Visits the nodes that lead to the join, each before its predecessors.
    fn search(&mut self, search: &mut Search, position: &[usize]) {
        let mut frontier = BinaryHeap::new();
        self.go_back(search.index, position, &mut frontier);
        while let Some((_, node)) = frontier.pop() {
            if search.reached.contains_key(&node) {
                continue;
            }
            let reached = self.ask(node, search);
            if !reached.is_nothing() {
                self.go_back(node, position, &mut frontier);
            }
            search.reached.insert(node, reached);
        }
        search.part_at_entries(self);
        if self.edges.iter().any(|edge| edge.is_back) {
            self.find_rounds(search);
        }
    }

    /// Finds inputs that are filled again in each round of a loop: where a node leads on and, at
    /// the same time, back.
    fn find_rounds(&self, search: &mut Search) {
        let reached = search.reached.iter();
        let reached = reached.filter(|(node, _)| !self.begins(**node, search.join));
        let mut comes: BTreeMap<_, _> = reached
            .map(|(node, reached)| (*node, reached.comes.inputs.clone()))
            .collect();
        let mut frontier: Vec<_> = comes.keys().copied().collect();
        while let Some(node) = frontier.pop() {
            let inputs = comes.get(&node).cloned().unwrap_or_default();
            for edge in self.edges_to(node).filter(|edge| is_first(edge)) {
                let known = comes.entry(edge.from).or_default();
                if !self.begins(edge.from, search.join) && known.common(&inputs) != inputs {
                    known.add(&inputs);
                    frontier.push(edge.from);
                }
            }
        }
        for node in comes.keys() {
            self.come_twice(&self.nodes[*node].ways, &comes, search);
        }
    }

    /// Whether the join opens after this node.
    fn begins(&self, node: usize, join: usize) -> bool {
        opens(&self.nodes[node].ways, join)
    }

    /// The inputs that are reached by these ways, all taken at once, loops included. Records those
    /// that several of the ways reach.
    fn come_twice(
        &self,
        ways: &[Way],
        comes: &BTreeMap<usize, BitSet>,
        search: &mut Search,
    ) -> BitSet {
        let mut all = BitSet::default();
        for way in ways {
            let inputs = match &way.route {
                Route::Edge(edge) => match &self.edges[*edge] {
                    edge if edge.to == search.index => {
                        edge.slot.map_or_else(BitSet::default, BitSet::one)
                    }
                    edge if is_first(edge) => comes.get(&edge.to).cloned().unwrap_or_default(),
                    _ => BitSet::default(),
                },
                Route::Match(_, arms) => {
                    let by_arm = arms
                        .iter()
                        .map(|arm| self.come_twice(&arm.ways, comes, search));
                    by_arm.collect()
                }
            };
            search.twice.add(&all.common(&inputs));
            all.add(&inputs);
        }
        all
    }

    fn go_back(&self, node: usize, position: &[usize], frontier: &mut BinaryHeap<(usize, usize)>) {
        let forward = self.edges_to(node).filter(|edge| !edge.is_back);
        frontier.extend(forward.map(|edge| (position[edge.from], edge.from)));
    }

    fn ask(&mut self, node: usize, search: &mut Search) -> Reached {
        let mut ways = std::mem::take(&mut self.nodes[node].ways);
        let mut comes = search.part(&mut ways, &self.edges);
        let mut leads = search.leads_on(&ways, &self.edges);
        self.nodes[node].ways = ways;
        if let Some(edge) = self.fallback(node) {
            if self.begins(node, search.join) {
                search.stray.add(&search.along(edge).inputs);
            }
            comes = either([comes, search.along(edge)]);
            leads.add(&search.leads_along(edge));
        }
        if self.items_go_on(node) {
            search.twice.add(&comes.inputs);
        }
        Reached { comes, leads }
    }
}

/// The inputs that a message reaches.
#[derive(Clone, Default)]
struct Arrivals {
    inputs: BitSet,
    /// Whether a `match` decides which of them it reaches, and it never reaches all.
    is_split: bool,
}

#[derive(Default)]
struct Reached {
    comes: Arrivals,
    /// The inputs that a message contributes to, also through other joins.
    leads: BitSet,
}

impl Reached {
    fn is_nothing(&self) -> bool {
        self.comes.inputs.is_empty() && self.leads.is_empty()
    }
}

struct Search {
    join: usize,
    index: usize,
    kind: JoinKind,
    all: BitSet,
    reached: BTreeMap<usize, Reached>,
    parted: bool,
    twice: BitSet,
    stray: BitSet,
    mixed: bool,
}

impl Search {
    fn of(join: usize, index: usize, joining: &Join) -> Self {
        Self {
            join,
            index,
            kind: joining.kind,
            all: (0..joining.slots.len()).map(BitSet::one).collect(),
            reached: BTreeMap::new(),
            parted: false,
            twice: BitSet::default(),
            stray: BitSet::default(),
            mixed: false,
        }
    }

    fn fault(&self) -> Option<JoinFault> {
        if let Some(input) = self.twice.lowest() {
            return Some(JoinFault::InputTwice(input));
        }
        if !self.parted {
            return Some(JoinFault::NeverFills);
        }
        let stray = self.stray.lowest().map(JoinFault::InputAlone);
        stray.or(self.mixed.then_some(JoinFault::MixedInputs))
    }

    /// The inputs that a message reaches by these ways, all taken at once. If together they reach
    /// all inputs, the ways to the join part here.
    fn part(&mut self, ways: &mut [Way], edges: &[Edge]) -> Arrivals {
        let by_way: Vec<_> = ways.iter_mut().map(|way| self.by(way, edges)).collect();
        self.race_twice(ways, edges);
        let (together, parts) = self.together(by_way);
        if parts {
            for way in ways {
                let inputs = self.leads_by(way, edges);
                way.opens.extend(self.opened(&inputs));
            }
        }
        together
    }

    fn part_at_entries(&mut self, graph: &mut Graph) {
        let index = |node: &usize| graph.entries.binary_search_by_key(node, |entry| entry.node);
        let reached = self.reached.iter();
        let entered: Vec<_> = reached
            .filter_map(|(node, reached)| Some((index(node).ok()?, reached)))
            .map(|(index, reached)| (index, reached.comes.clone(), reached.leads.clone()))
            .collect();
        let by_entry = entered.iter().map(|(_, comes, _)| comes.clone()).collect();
        let (left, parts) = self.together(by_entry);
        self.stray = left.inputs;
        if parts {
            for (index, _, leads) in entered {
                graph.entries[index].opens.extend(self.opened(&leads));
            }
        }
    }

    fn by(&mut self, way: &mut Way, edges: &[Edge]) -> Arrivals {
        match &mut way.route {
            Route::Edge(edge) => self.along(&edges[*edge]),
            Route::Match(_, arms) => self.by_one_of(arms, edges),
        }
    }

    /// The inputs that a message reaches by one of these arms. A race takes whatever comes, so its
    /// ways part here if the arms reach all inputs between them.
    fn by_one_of(&mut self, arms: &mut [Arm], edges: &[Edge]) -> Arrivals {
        let by_arm = either(arms.iter_mut().map(|arm| self.part(&mut arm.ways, edges)));
        if self.kind != JoinKind::Race || by_arm.inputs != self.all {
            return by_arm;
        }
        self.parted = true;
        for way in arms.iter_mut().flat_map(|arm| &mut arm.ways) {
            let inputs = self.leads_by(way, edges);
            way.opens.extend(self.opened(&inputs));
        }
        Arrivals::default()
    }

    /// Records a race that opens in the arms of a `match` and is reached by another way, too.
    fn race_twice(&mut self, ways: &[Way], edges: &[Edge]) {
        if self.kind != JoinKind::Race {
            return;
        }
        let begun = ways.iter().filter(|way| match &way.route {
            Route::Edge(_) => false,
            Route::Match(_, arms) => arms.iter().any(|arm| opens(&arm.ways, self.join)),
        });
        let leading = ways
            .iter()
            .filter(|way| !self.leads_by(way, edges).is_empty());
        let begun = begun.count();
        if begun > 0 && begun + leading.count() > 1 {
            self.twice.add(&BitSet::one(0));
        }
    }

    /// The inputs that these ways contribute to; none where the join opens here.
    fn leads_on(&self, ways: &[Way], edges: &[Edge]) -> BitSet {
        let opens_here = |way: &Way| way.opens.iter().any(|(join, _)| *join == self.join);
        if ways.iter().any(opens_here) {
            return BitSet::default();
        }
        ways.iter().map(|way| self.leads_by(way, edges)).collect()
    }

    fn leads_by(&self, way: &Way, edges: &[Edge]) -> BitSet {
        match &way.route {
            Route::Edge(edge) => self.leads_along(&edges[*edge]),
            Route::Match(_, arms) => {
                let by_arm = arms.iter().map(|arm| self.leads_on(&arm.ways, edges));
                by_arm.collect()
            }
        }
    }

    fn leads_along(&self, edge: &Edge) -> BitSet {
        match edge.slot {
            _ if edge.is_back => BitSet::default(),
            Some(slot) if edge.to == self.index => BitSet::one(slot),
            _ => {
                let reached = self.reached.get(&edge.to);
                reached.map_or_else(BitSet::default, |reached| reached.leads.clone())
            }
        }
    }

    /// A back edge begins another round, in which the join opens anew. After another join, one
    /// message goes on: that of its first input.
    fn along(&self, edge: &Edge) -> Arrivals {
        match edge.slot {
            _ if edge.is_back => Arrivals::default(),
            Some(slot) if edge.to == self.index => Arrivals {
                inputs: BitSet::one(slot),
                is_split: false,
            },
            Some(slot) if slot > 0 => Arrivals::default(),
            _ => {
                let reached = self.reached.get(&edge.to);
                reached.map_or_else(Arrivals::default, |reached| reached.comes.clone())
            }
        }
    }

    /// The inputs that several ways reach at once, and whether these are all. If so, the join opens
    /// here, and no earlier node matters to it.
    fn together(&mut self, by_way: Vec<Arrivals>) -> (Arrivals, bool) {
        let mut together = Arrivals::default();
        for arrivals in by_way {
            self.twice.add(&together.inputs.common(&arrivals.inputs));
            together.inputs.add(&arrivals.inputs);
            together.is_split |= arrivals.is_split;
        }
        let parts = !together.is_split && together.inputs == self.all;
        self.parted |= parts;
        // From here on the join waits for whatever comes to it.
        (if parts { Arrivals::default() } else { together }, parts)
    }

    /// The input that a way leads to, for a join that opens on it.
    fn opened(&mut self, inputs: &BitSet) -> Option<(usize, usize)> {
        let first = inputs.lowest()?;
        self.mixed |= inputs.count() > 1 && self.kind != JoinKind::Join;
        Some((self.join, first))
    }
}

/// Whether the join opens on one of these ways.
fn opens(ways: &[Way], join: usize) -> bool {
    ways.iter().any(|way| {
        let opens_here = way.opens.iter().any(|(other, _)| *other == join);
        opens_here
            || match &way.route {
                Route::Edge(_) => false,
                Route::Match(_, arms) => arms.iter().any(|arm| opens(&arm.ways, join)),
            }
    })
}

/// Whether a message goes on after this edge. After a join, one message goes on: that of its first
/// input.
pub(super) fn is_first(edge: &Edge) -> bool {
    edge.slot.is_none_or(|slot| slot == 0)
}

/// The inputs that are reached by one of several ways.
fn either(by_way: impl IntoIterator<Item = Arrivals>) -> Arrivals {
    let by_way: Vec<_> = by_way.into_iter().collect();
    let inputs: BitSet = by_way
        .iter()
        .map(|arrivals| arrivals.inputs.clone())
        .collect();
    let brings_all = |arrivals: &Arrivals| !arrivals.is_split && arrivals.inputs == inputs;
    let is_split = !inputs.is_empty() && !by_way.iter().any(brings_all);
    Arrivals { inputs, is_split }
}
