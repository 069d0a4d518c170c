//! The longest path through a graph, walked from its beginning, for the report of a worst case.

use super::super::{Graph, NodeInfo, Role};
use super::const_text::ConstText;
use super::longest_path::{LongestPath, Measure, attempt_time, nanos, visit_time};

/// The nodes of a path in the order in which it first reaches them, and how often it reaches
/// each. `N` is at least their number.
pub(super) struct CriticalPath<'g, const N: usize> {
    graph: &'g Graph,
    nodes: [usize; N],
    len: usize,
    visits: [u64; N],
}

/// How many nodes of a path are listed.
const LISTED: usize = 20;

/// A map that the path is in: where it ends, and what holds again after it.
#[derive(Clone, Copy)]
struct Inside {
    end: usize,
    depth: usize,
    times: u64,
}

impl<'g, const N: usize> CriticalPath<'g, N> {
    pub(super) const fn through(graph: &'g Graph) -> Self {
        let mut path = Self {
            graph,
            nodes: [0; N],
            len: 0,
            visits: [0; N],
        };
        path.walk(&LongestPath::of(graph, Measure::Time, None));
        path
    }

    const fn walk(&mut self, survey: &LongestPath<'g, N>) {
        let mut layer = survey.layer(survey.rounds());
        let mut at = survey.worst_entry(&layer);
        let (mut maps, mut open, mut times) = ([None; N], 0, 1u64);
        loop {
            self.come_to(at, times);
            if let Role::Map(map) = self.graph.nodes[at].role {
                let (end, depth) = (map.end, layer.depth);
                maps[open] = Some(Inside { end, depth, times });
                open += 1;
                times = times.saturating_mul(survey.times[at]);
            }
            let mut onto = survey.onto(at, &layer);
            if onto.is_none() && open > 0 {
                open -= 1;
                if let Some(inside) = maps[open] {
                    onto = Some((inside.end, inside.depth));
                    times = inside.times;
                }
            }
            let Some((to, depth)) = onto else { return };
            if depth != layer.depth {
                layer = survey.layer(depth);
            }
            at = to;
        }
    }

    const fn come_to(&mut self, node: usize, times: u64) {
        if visit_time(&self.graph.nodes[node]) == 0 {
            return;
        }
        if self.visits[node] == 0 {
            self.nodes[self.len] = node;
            self.len += 1;
        }
        self.visits[node] = self.visits[node].saturating_add(times);
    }

    /// `triage 2s -> plan 8 × 6.5s (2 × 3s + waits 500ms)`
    pub(super) const fn write(&self, text: &mut ConstText) {
        let mut place = 0;
        while place < self.len {
            if place > 0 {
                text.push(" -> ");
            }
            if place == LISTED && self.len > LISTED + 1 {
                text.push_number((self.len - place) as u64);
                return text.push(" more");
            }
            let node = self.nodes[place];
            write_node(text, &self.graph.nodes[node], self.visits[node]);
            place += 1;
        }
    }
}

const fn write_node(text: &mut ConstText, info: &NodeInfo, visits: u64) {
    text.push(info.name);
    text.push(" ");
    if visits > 1 {
        text.push_number(visits);
        text.push(" × ");
    }
    text.push_time(visit_time(info));
    if info.policy.retries > 0 {
        text.push(" (");
        text.push_number(info.policy.retries as u64 + 1);
        text.push(" × ");
        text.push_time(attempt_time(info));
        text.push(" + waits ");
        text.push_time(nanos(info.policy.longest_waits()));
        text.push(")");
    }
}
