//! What joins must not do to each other: a branch that one of them waits for, and may drop, is
//! nobody else's; and one that begins to wait on such a branch is met on it, too.

use super::{Entry, Graph, Route, Unmet, Way};
use crate::flow::ast::Kind;

impl Graph {
    /// Finds joins that cross others, once it is known what leads to which.
    pub(super) fn find_crossings(&mut self) {
        self.follow_loops();
        let faults: Vec<_> = self
            .joins()
            .enumerate()
            .map(|(number, (place, _))| (place, self.crossing(number, place)))
            .collect();
        for (place, crossing) in faults {
            if let Some(joining) = self.nodes[place].join_mut() {
                joining.fault = joining.fault.or(crossing);
            }
        }
    }

    fn crossing(&self, number: usize, place: usize) -> Option<Unmet> {
        let joining = self.nodes[place].join()?;
        let branches = (0..self.nodes.len()).filter(|node| joining.leads[*node] != 0);
        let elsewhere = |node: &usize| {
            let ways = &self.nodes[*node].ways;
            !ways
                .iter()
                .all(|way| self.leads_only_to(place, &joining.leads, way))
        };
        if joining.kind != Kind::Join
            && let Some(node) = branches.clone().find(elsewhere)
        {
            return Some(Unmet::Elsewhere(node));
        }
        let crosses = |(other, join): &(usize, &super::Joining)| {
            let begins =
                |node: usize| join.leads[node] != 0 && opens(&self.nodes[node].ways, number);
            *other != place && join.leads[place] == 0 && (0..self.nodes.len()).any(begins)
        };
        self.joins()
            .find(crosses)
            .map(|(other, _)| Unmet::Across(other))
    }

    /// Whether all that goes this way comes to the join, or round a loop before it.
    fn leads_only_to(&self, place: usize, leads: &[u64], way: &Way) -> bool {
        match &way.route {
            Route::Edge(edge) => {
                let to = self.edges[*edge].to;
                to == place || leads[to] != 0
            }
            Route::Match(_, arms) => {
                let mut ways = arms.iter().flat_map(|arm| &arm.ways);
                ways.all(|way| self.leads_only_to(place, leads, way))
            }
        }
    }
}

impl Graph {
    /// Finds what leads to a join round a loop that stands on one of its branches.
    fn follow_loops(&mut self) {
        for number in 0..self.joins().count() {
            let Some((place, joining)) = self.joins().nth(number) else {
                continue;
            };
            let on_branch = self.on_branches(number, place);
            let mut leads = joining.leads.clone();
            while let Some(edge) = self
                .edges
                .iter()
                .find(|edge| on_branch[edge.from] && leads[edge.to] & !leads[edge.from] != 0)
            {
                leads[edge.from] |= leads[edge.to];
            }
            if let Some(joining) = self.nodes[place].join_mut() {
                joining.leads = leads;
            }
        }
    }

    /// The nodes behind the place where a join begins to wait, up to the join.
    fn on_branches(&self, number: usize, place: usize) -> Vec<bool> {
        let mut on_branch = vec![false; self.nodes.len()];
        let mut frontier = self.begun(number);
        while let Some(node) = frontier.pop() {
            if node != place && !std::mem::replace(&mut on_branch[node], true) {
                frontier.extend(self.edges_from(node).map(|edge| edge.to));
            }
        }
        on_branch
    }

    /// Where the branches of a join begin.
    fn begun(&self, join: usize) -> Vec<usize> {
        let mut begun = Vec::new();
        for node in &self.nodes {
            self.begun_by(&node.ways, join, false, &mut begun);
        }
        let opened = |entry: &&Entry| entry.opens.iter().any(|(opened, _)| *opened == join);
        begun.extend(self.entries.iter().filter(opened).map(|entry| entry.node));
        begun
    }

    fn begun_by(&self, ways: &[Way], join: usize, is_open: bool, begun: &mut Vec<usize>) {
        for way in ways {
            let is_open = is_open || way.opens.iter().any(|(opened, _)| *opened == join);
            match &way.route {
                Route::Edge(edge) if is_open => begun.push(self.edges[*edge].to),
                Route::Edge(_) => {}
                Route::Match(_, arms) => {
                    for arm in arms {
                        self.begun_by(&arm.ways, join, is_open, begun);
                    }
                }
            }
        }
    }
}

/// Whether the join begins to wait by one of these ways.
fn opens(ways: &[Way], join: usize) -> bool {
    ways.iter().any(|way| {
        let inside = match &way.route {
            Route::Edge(_) => false,
            Route::Match(_, arms) => arms.iter().any(|arm| opens(&arm.ways, join)),
        };
        inside || way.opens.iter().any(|(opened, _)| *opened == join)
    })
}
