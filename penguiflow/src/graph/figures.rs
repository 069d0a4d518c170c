//! What a flow's nodes did in recorded runs: how often, how fast, how well.

use std::time::Duration;

use serde::Serialize;

/// What a node did in recorded runs. See [`Recording::figures`](crate::Recording::figures).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NodeFigures {
    /// The node's name in the flow.
    pub node: &'static str,
    /// The playbooks that it runs in, outermost first: `Support/Search`; empty for a node of the
    /// flow itself.
    pub playbook: String,
    /// How many visits began.
    pub visits: u64,
    /// How many attempts began.
    pub attempts: u64,
    /// How many visits failed for good.
    pub failed: u64,
    /// How many visits were dropped before their end.
    pub cancelled: u64,
    /// The median of the time of successful attempts, if there was one.
    pub median: Option<Duration>,
    /// The longest time of a successful attempt.
    pub longest: Option<Duration>,
}

/// What the nodes of a flow did in recorded runs, in the order in which they were first visited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Figures {
    /// The nodes that were visited.
    pub nodes: Vec<NodeFigures>,
}

impl Figures {
    /// Those of a node of the flow itself.
    pub fn node(&self, name: &str) -> Option<&NodeFigures> {
        let mut nodes = self.nodes.iter();
        nodes.find(|figures| figures.node == name && figures.playbook.is_empty())
    }
}

/// A time with three digits: `1.24 ms`, `12.4 s`.
pub(crate) fn time(of: Duration) -> String {
    let seconds = of.as_secs_f64();
    let (value, unit) = match seconds {
        ..1e-3 => (seconds * 1e6, "µs"),
        ..1.0 => (seconds * 1e3, "ms"),
        _ => (seconds, "s"),
    };
    let decimals = match value {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits() {
        let of = |nanos| time(Duration::from_nanos(nanos));
        assert_eq!(of(1_234), "1.23 µs");
        assert_eq!(of(12_340_000), "12.3 ms");
        assert_eq!(of(999_000_000), "999 ms");
        assert_eq!(of(61_000_000_000), "61.0 s");
        assert_eq!(of(0), "0.00 µs");
    }
}
