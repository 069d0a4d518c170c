//! The worst case of a flow value, some of whose policies were set at run time.

use std::time::Duration;

use super::super::{Graph, NodePolicies};
use super::bounded;
use super::longest_path::{Measure, UNBOUNDED, figure_of, visit_time_of};
use super::node_cost::NodeCost;

impl NodePolicies {
    /// What [`Graph::worst_case`] is by these policies.
    pub(crate) fn worst_case(&self, graph: &Graph) -> Option<Duration> {
        bounded(self.figure(graph))
    }

    fn figure(&self, graph: &Graph) -> u64 {
        let nodes = 0..graph.nodes.len();
        let costs: Vec<_> = nodes.map(|node| self.cost(graph, node)).collect();
        figure_of(graph, Measure::Time, Some(&costs))
    }

    fn cost(&self, graph: &Graph, node: usize) -> NodeCost {
        let info = &graph.nodes[node];
        let played = info.playbook.zip(self.of_playbook(node));
        let play_time = played.map_or(UNBOUNDED, |(playbook, policies)| policies.figure(playbook));
        NodeCost {
            time: visit_time_of(info.role, self.at(node), play_time),
            width: self.width(node),
        }
    }

    /// How many visits of a node run at once, also by what is in it if it is a playbook.
    fn width(&self, node: usize) -> usize {
        let own = self.at(node).concurrency.unwrap_or(usize::MAX);
        let inner = self.of_playbook(node).into_iter();
        let inner = inner.flat_map(|policies| (0..policies.len()).map(|node| policies.width(node)));
        inner.fold(own, usize::min)
    }
}
