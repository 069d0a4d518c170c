//! The most that a trace can cost: its time, and the attempts of each node. All of it is
//! `const`, so that it can be checked while a flow is compiled, and nothing of it is computed
//! unless it is asked for.

mod const_text;
mod critical_path;
mod effective;
mod longest_path;
mod map_width;
mod node_cost;
mod report;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use super::{Graph, Role};
use const_text::ConstText;
use longest_path::{Measure, UNBOUNDED, figure};
pub use report::{refuse, report_excess, report_gap};

impl Graph {
    /// The longest that a trace can take: the timeouts, attempts and waits of the longest path
    /// through the flow. `None` if it has no bound.
    ///
    /// A node counts with `(1 + retries) × timeout` and the longest waits of its backoff, a map
    /// with its rounds of items, a loop with as many rounds as the flow's `hops` allow, a
    /// fallback with all that comes before it, a playbook with its own figure. Not counted are
    /// the waits that a trace has for others, by `concurrency` and `rate`. Where an error may ask
    /// for a wait, `after_max` is the longest.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use std::time::Duration;
    ///
    /// #[node(timeout = "2s", retries = 1, backoff = "500ms")]
    /// async fn fetch(url: String) -> Result<Vec<u8>, std::io::Error> {
    ///     Ok(url.into_bytes())
    /// }
    ///
    /// #[node(timeout = "100ms")]
    /// async fn hash(bytes: Vec<u8>) -> u64 {
    ///     bytes.len() as u64
    /// }
    ///
    /// let flow = flow! { fetch -> hash };
    /// assert_eq!(flow.graph().worst_case(), Some(Duration::from_millis(4600)));
    /// ```
    pub const fn worst_case(&self) -> Option<Duration> {
        bounded(figure(self, Measure::Time))
    }

    /// How many attempts each node can be given in a trace.
    pub const fn worst_attempts(&'static self) -> WorstAttempts {
        WorstAttempts { graph: self }
    }
}

/// A figure of time; `None` if it has no bound.
const fn bounded(figure: u64) -> Option<Duration> {
    match figure {
        UNBOUNDED => None,
        nanos => Some(Duration::from_nanos(nanos)),
    }
}

/// How many attempts each node of a flow can be given in a trace, for those who pay per call.
///
/// Attempts are counted as [`Graph::worst_case`] counts time: every `match` takes the arm that
/// is worst for the node, every item of a map and every round of a loop counts.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node(timeout = "10s")]
/// async fn split(text: String) -> Vec<String> {
///     text.lines().map(str::to_owned).collect()
/// }
///
/// #[node(timeout = "20s", retries = 2)]
/// async fn ask_model(line: &str) -> Result<String, std::io::Error> {
///     Ok(line.to_uppercase())
/// }
///
/// flow! {
///     struct Rewrite(String) -> Vec<String>;
///
///     split -> [ask_model; 8, max = 50] -> join;
/// }
///
/// const _: () = assert!(Rewrite::WORST_ATTEMPTS.of("ask_model").unwrap() <= 150);
/// ```
#[derive(Clone, Copy)]
pub struct WorstAttempts {
    graph: &'static Graph,
}

impl WorstAttempts {
    /// The most attempts of this node; `None` if there is no bound. A node of a playbook is
    /// named after it: `"Search/retrieve"`.
    ///
    /// # Panics
    ///
    /// If the flow has no such node: in a constant, this is a compile error.
    #[track_caller]
    pub const fn of(&self, node: &str) -> Option<u64> {
        match attempts(self.graph, node.as_bytes()) {
            Some(UNBOUNDED) => None,
            Some(attempts) => Some(attempts),
            None => {
                let mut text = ConstText::new();
                text.push("no node of `");
                text.push(self.graph.name);
                text.push("` is called `");
                text.push(node);
                text.push("`");
                panic!("{}", text.as_str())
            }
        }
    }

    /// The flow's nodes, each with its most attempts, or `None` if there is no bound.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Option<u64>)> {
        let nodes = self.graph.nodes.iter();
        let visited = nodes.filter(|node| matches!(node.role, Role::Visit));
        let names = visited.map(|node| node.name);
        names.map(|name| (name, self.of(name)))
    }
}

/// A map of the flow's nodes to their attempts.
impl fmt::Debug for WorstAttempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// The most attempts of the node that is called so; `None` if there is none.
const fn attempts(graph: &Graph, name: &[u8]) -> Option<u64> {
    let mut node = 0;
    while node < graph.nodes.len() {
        let info = &graph.nodes[node];
        let inner = match (behind(info.name.as_bytes(), name), info.playbook) {
            (Some([]), _) => Some(1),
            (Some([b'/', inner @ ..]), Some(playbook)) => attempts(playbook, inner),
            _ => None,
        };
        if let Some(inner) = inner {
            let visits = figure(graph, Measure::Visits(node));
            let tries = info.policy.retries as u64 + 1;
            return Some(visits.saturating_mul(tries).saturating_mul(inner));
        }
        node += 1;
    }
    None
}

/// The rest of a name that begins with this one.
const fn behind<'n>(beginning: &[u8], name: &'n [u8]) -> Option<&'n [u8]> {
    let mut place = 0;
    while place < beginning.len() {
        if place == name.len() || name[place] != beginning[place] {
            return None;
        }
        place += 1;
    }
    Some(name.split_at(place).1)
}
