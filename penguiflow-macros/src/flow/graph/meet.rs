//! Which ways lead to the inputs of a join, and where they part: there a join's waiting
//! begins, for one message by each of these ways.
//!
//! For each join, every node is asked which inputs a message of it comes to. The answers are
//! alternatives, since a `match` takes one arm; each alternative is a set of inputs, as bits.

use super::{Arm, Edge, Graph, Joining, Route, Unmet, Way};
use crate::flow::ast::Kind;

/// Sets of inputs, one of which a message comes to.
type Alternatives = Vec<u64>;

impl Graph {
    /// Finds where the ways to each join part, and what is wrong with those that have no
    /// such place.
    pub(super) fn find_meetings(&mut self) {
        let joins = self.joins().map(|(place, _)| place).enumerate();
        let mut joins: Vec<_> = joins.collect();
        // Of joins that begin to wait at one place, the last one to be met comes first.
        joins.sort_by_key(|(_, place)| {
            let met = self.order.iter().position(|node| node == place);
            std::cmp::Reverse(met)
        });
        for (number, place) in joins {
            self.find_meeting(number, place);
        }
        self.find_crossings();
    }

    fn find_meeting(&mut self, number: usize, place: usize) {
        let Some(joining) = self.nodes[place].join() else {
            return;
        };
        let (leads, fault) = match joining.map {
            Some(map) => (vec![0; self.nodes.len()], self.map_fault(map, place)),
            None => {
                let mut search = Search::of(number, place, joining, self.nodes.len());
                self.search(&mut search);
                let fault = search.fault();
                (search.leads, fault)
            }
        };
        if let Some(joining) = self.nodes[place].join_mut() {
            joining.fault = fault;
            joining.leads = leads;
        }
    }

    fn search(&mut self, search: &mut Search) {
        for node in self.order.clone().into_iter().rev() {
            let mut ways = std::mem::take(&mut self.nodes[node].ways);
            let mut inputs = search.part(&mut ways, &self.edges);
            let mut leads = search.leads_on(&ways, &self.edges);
            self.nodes[node].ways = ways;
            if let Some(edge) = self.fallback(node) {
                inputs = either(inputs, search.along(edge));
                leads |= search.leads_along(edge);
            }
            if self.scatters(node) {
                search.twice |= union(&inputs);
            }
            (search.inputs[node], search.leads[node]) = (inputs, leads);
        }
        search.part_at_entries(self);
    }
}

struct Search {
    join: usize,
    place: usize,
    kind: Kind,
    all: u64,
    /// For each node, which inputs a message of it comes to.
    inputs: Vec<Alternatives>,
    /// For each node, the inputs that it has a part in: also by way of another join, at
    /// which a message of it only helps to fill.
    leads: Vec<u64>,
    parted: bool,
    twice: u64,
    stray: u64,
    mixed: bool,
}

impl Search {
    fn of(join: usize, place: usize, joining: &Joining, nodes: usize) -> Self {
        let all = (1 << joining.slots.len().min(63)) - 1;
        let (parted, mixed) = (false, false);
        let (inputs, leads) = (vec![vec![0]; nodes], vec![0; nodes]);
        Self {
            join,
            place,
            kind: joining.kind,
            all,
            inputs,
            leads,
            parted,
            twice: 0,
            stray: 0,
            mixed,
        }
    }

    fn fault(&self) -> Option<Unmet> {
        if self.twice != 0 {
            return Some(Unmet::Twice(self.twice.trailing_zeros() as usize));
        }
        if !self.parted {
            return Some(Unmet::Never);
        }
        if self.stray != 0 {
            return Some(Unmet::Alone(self.stray.trailing_zeros() as usize));
        }
        self.mixed.then_some(Unmet::Mixed)
    }

    /// Which inputs a message comes to by these ways, all taken at once. Where they come to
    /// all inputs together, the ways to the join part here.
    fn part(&mut self, ways: &mut [Way], edges: &[Edge]) -> Alternatives {
        let by_way: Vec<_> = ways.iter_mut().map(|way| self.by(way, edges)).collect();
        let (together, parts) = self.together(&by_way);
        if parts {
            for way in ways {
                let inputs = self.leads_by(way, edges);
                way.opens.extend(self.opened(inputs));
            }
        }
        together
    }

    fn part_at_entries(&mut self, graph: &mut Graph) {
        let entries = graph.entries.iter();
        let by_entry: Vec<_> = entries
            .map(|entry| self.inputs[entry.node].clone())
            .collect();
        let (left, parts) = self.together(&by_entry);
        self.stray = union(&left);
        if parts {
            for entry in &mut graph.entries {
                entry.opens.extend(self.opened(self.leads[entry.node]));
            }
        }
    }

    fn by(&mut self, way: &mut Way, edges: &[Edge]) -> Alternatives {
        match &mut way.route {
            Route::Edge(edge) => self.along(&edges[*edge]),
            Route::Match(_, arms) => self.by_one_of(arms, edges),
        }
    }

    /// Which inputs a message comes to by one of these arms. A race takes whatever comes, so
    /// for it the ways part where arms lead to all inputs between them.
    fn by_one_of(&mut self, arms: &mut [Arm], edges: &[Edge]) -> Alternatives {
        let by_arm = arms
            .iter_mut()
            .flat_map(|arm| self.part(&mut arm.ways, edges));
        let by_arm = either(by_arm.collect(), Vec::new());
        if self.kind != Kind::Race || union(&by_arm) != self.all {
            return by_arm;
        }
        self.parted = true;
        for way in arms.iter_mut().flat_map(|arm| &mut arm.ways) {
            let inputs = self.leads_by(way, edges);
            way.opens.extend(self.opened(inputs));
        }
        vec![0]
    }

    /// What a node has a part in that goes on by these ways. Where they parted, nothing more.
    fn leads_on(&self, ways: &[Way], edges: &[Edge]) -> u64 {
        let opens_here = |way: &Way| way.opens.iter().any(|(join, _)| *join == self.join);
        if ways.iter().any(opens_here) {
            return 0;
        }
        ways.iter()
            .fold(0, |all, way| all | self.leads_by(way, edges))
    }

    fn leads_by(&self, way: &Way, edges: &[Edge]) -> u64 {
        match &way.route {
            Route::Edge(edge) => self.leads_along(&edges[*edge]),
            Route::Match(_, arms) => arms
                .iter()
                .fold(0, |all, arm| all | self.leads_on(&arm.ways, edges)),
        }
    }

    fn leads_along(&self, edge: &Edge) -> u64 {
        match edge.slot {
            _ if edge.is_hop => 0,
            Some(slot) if edge.to == self.place => 1 << slot,
            _ => self.leads[edge.to],
        }
    }

    /// A hop begins another round, which parts anew. What meets in another join goes on
    /// once, for its first input.
    fn along(&self, edge: &Edge) -> Alternatives {
        match edge.slot {
            _ if edge.is_hop => vec![0],
            Some(slot) if edge.to == self.place => vec![1 << slot],
            Some(slot) if slot > 0 => vec![0],
            _ => self.inputs[edge.to].clone(),
        }
    }

    /// All alternatives of several ways at once, and whether one of them is complete: then
    /// the ways have parted, and nothing further back has to do with the join.
    fn together(&mut self, by_way: &[Alternatives]) -> (Alternatives, bool) {
        let mut together = vec![0];
        for inputs in by_way {
            let mut next = Vec::new();
            for one in &together {
                for other in inputs {
                    self.twice |= one & other;
                    next.push(one | other);
                }
            }
            next.sort_unstable();
            next.dedup();
            together = next;
        }
        let parts = together.contains(&self.all);
        self.parted |= parts;
        // From here on the join waits for all that comes to it, whichever it is.
        (if parts { vec![0] } else { together }, parts)
    }

    /// The input that a way leads to, for the join that begins to wait.
    fn opened(&mut self, inputs: u64) -> Option<(usize, usize)> {
        if inputs == 0 {
            return None;
        }
        self.mixed |= inputs.count_ones() > 1 && self.kind != Kind::Join;
        Some((self.join, inputs.trailing_zeros() as usize))
    }
}

/// The alternatives of both, each once.
fn either(mut one: Alternatives, other: Alternatives) -> Alternatives {
    one.extend(other);
    one.sort_unstable();
    one.dedup();
    one
}

fn union(alternatives: &Alternatives) -> u64 {
    alternatives.iter().fold(0, |all, inputs| all | inputs)
}
