//! The number of a map's items that run at once: the map's own limit, or less if a node in it
//! allows fewer.

use super::super::edge_lists::{Edges, NONE};
use super::super::{Graph, Mapping, NodeInfo};
use super::node_cost::NodeCost;

/// How many items run at once between the map's beginning and its end.
pub(super) const fn map_width<const N: usize>(
    graph: &Graph,
    edges: &Edges<N>,
    (beginning, map): (usize, Mapping),
    costs: Option<&[NodeCost]>,
) -> usize {
    let (mut inside, mut least) = ([false; N], map.at_once);
    inside[beginning] = true;
    let mut place = 0;
    while place < graph.nodes.len() {
        let node = edges.order[place];
        let mut next = if inside[node] {
            edges.first[node]
        } else {
            NONE
        };
        while next != NONE {
            let to = graph.edges[next].to;
            if to != map.end {
                inside[to] = true;
                let width = match costs {
                    Some(costs) => costs[to].width,
                    None => allowed(&graph.nodes[to]),
                };
                least = smaller(least, width);
            }
            next = edges.next[next];
        }
        place += 1;
    }
    least
}

/// How many visits of a node run at once, also by what is in it if it is a playbook.
const fn allowed(info: &NodeInfo) -> usize {
    let mut least = match info.policy.concurrency {
        Some(limit) => limit,
        None => usize::MAX,
    };
    if let Some(playbook) = info.playbook {
        let mut node = 0;
        while node < playbook.nodes.len() {
            least = smaller(least, allowed(&playbook.nodes[node]));
            node += 1;
        }
    }
    least
}

const fn smaller(one: usize, other: usize) -> usize {
    if one < other { one } else { other }
}
