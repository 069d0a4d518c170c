//! How many items of a map run at once: as many as it says, unless a node in it lets fewer.

use super::super::edges::NONE;
use super::survey::Survey;
use crate::node::{Mapping, NodeInfo};

impl<const N: usize> Survey<'_, N> {
    /// How many items run at once between the map's beginning and its end.
    pub(super) const fn at_once(&self, beginning: usize, map: Mapping) -> usize {
        let (mut inside, mut least) = ([false; N], map.at_once);
        inside[beginning] = true;
        let mut place = 0;
        while place < self.graph.nodes.len() {
            let node = self.edges.order[place];
            let mut next = if inside[node] {
                self.edges.first[node]
            } else {
                NONE
            };
            while next != NONE {
                let to = self.graph.edges[next].to;
                if to != map.end {
                    inside[to] = true;
                    least = smaller(least, allowed(&self.graph.nodes[to]));
                }
                next = self.edges.next[next];
            }
            place += 1;
        }
        least
    }
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
