//! The works, and how each is run and measured.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a subject is asked to do. Its `Display` is its id in the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Work {
    /// Three nodes in a line, streamed, [`IN_FLIGHT`](crate::IN_FLIGHT) at most.
    Line,
    /// Three nodes in a line, one question awaited at a time.
    Request,
    /// The same, each node with a timeout and retries that never fire.
    Policies,
    /// One node, eight branches, each with a copy of the payload, and a join; awaited.
    Broadcast,
    /// A loop of a hundred hops on one node; awaited.
    Rounds,
    /// 10,000 messages in flight at once, whose middle node waits for 10 ms.
    Waits,
    /// 100,000 traces that wait in the middle node, spawned or emitted.
    Memory,
    /// The same, as futures that are merely held.
    MemoryHeld,
    /// 100,000 traces that wait for a value from outside.
    MemoryParked,
    /// A map over a thousand items, 64 at a time; awaited.
    Map,
    /// The same, each item waiting for 1 ms.
    MapWaits,
    /// [`Request`](Self::Request), with one feature switched on.
    Features(Feature),
    /// What an observer adds to [`Request`](Self::Request), per event.
    Event,
    /// A line of that many trivial nodes; awaited.
    Nodes(u64),
    /// So many worker threads; the line, streamed, with a middle node that computes for about 20 µs.
    Cores(usize),
}

/// What can be switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Nothing.
    None,
    /// A timeout and retries on each node, which never fire.
    Policy,
    /// An observer.
    Observer,
    /// A `tracing` subscriber that takes warnings only.
    Quiet,
    /// A `tracing` subscriber that formats everything, and throws it away.
    Tracing,
}

/// The runtime that a work is run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// One thread.
    Current,
    /// As many worker threads as there are cores, or as the work says.
    Multi,
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Nanoseconds per message, hop, item or node.
    #[serde(rename = "ns")]
    Nanoseconds,
    /// Milliseconds in all.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Bytes per trace.
    #[serde(rename = "bytes")]
    Bytes,
    /// Messages per second.
    #[serde(rename = "per_s")]
    PerSecond,
}

impl Work {
    /// All works, in the order of the table.
    pub const ALL: [Self; 20] = [
        Self::Line,
        Self::Request,
        Self::Policies,
        Self::Broadcast,
        Self::Rounds,
        Self::Waits,
        Self::Memory,
        Self::MemoryHeld,
        Self::MemoryParked,
        Self::Map,
        Self::MapWaits,
        Self::Features(Feature::None),
        Self::Features(Feature::Policy),
        Self::Features(Feature::Observer),
        Self::Features(Feature::Quiet),
        Self::Features(Feature::Tracing),
        Self::Event,
        Self::Nodes(10),
        Self::Nodes(100),
        Self::Cores(2),
    ];

    /// All works in all of their runtimes, in the order of the table.
    pub fn all() -> impl Iterator<Item = (Self, Flavour)> {
        Self::ALL.into_iter().flat_map(|work| {
            let flavours = work.flavours().iter();
            flavours.map(move |&flavour| (work, flavour))
        })
    }

    /// The runtimes that it is measured in.
    pub fn flavours(self) -> &'static [Flavour] {
        match self {
            Self::Line | Self::Waits | Self::Memory => &[Flavour::Current, Flavour::Multi],
            Self::Cores(_) => &[Flavour::Multi],
            _ => &[Flavour::Current],
        }
    }

    /// What its figure counts.
    pub fn unit(self) -> Unit {
        match self {
            Self::Waits => Unit::Milliseconds,
            Self::Memory | Self::MemoryHeld | Self::MemoryParked => Unit::Bytes,
            Self::Cores(_) => Unit::PerSecond,
            _ => Unit::Nanoseconds,
        }
    }

    /// How many hops, items or nodes one message makes, where the figure is for one of them.
    pub fn parts(self) -> u64 {
        match self {
            Self::Rounds => crate::HOPS.into(),
            Self::Map | Self::MapWaits => crate::ITEMS,
            Self::Nodes(nodes) => nodes,
            _ => 1,
        }
    }

    /// How many messages a sample has, where that is part of the work.
    pub fn fixed_count(self) -> Option<u64> {
        match self {
            Self::Waits => Some(10_000),
            Self::Memory | Self::MemoryHeld | Self::MemoryParked => Some(100_000),
            Self::MapWaits => Some(4),
            Self::Event => Some(20_000),
            _ => None,
        }
    }

    /// Whether it needs a process of its own: a subscriber is one for all of a process, and the
    /// memory of one sample is there for the next one.
    pub fn needs_own_process(self) -> bool {
        match self {
            Self::Features(feature) => matches!(feature, Feature::Quiet | Feature::Tracing),
            _ => self.unit() == Unit::Bytes,
        }
    }

    /// How many worker threads it asks for; otherwise as many as there are cores.
    pub(crate) fn workers(self) -> Option<usize> {
        match self {
            Self::Cores(workers) => Some(workers),
            _ => None,
        }
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line => f.write_str("line"),
            Self::Request => f.write_str("request"),
            Self::Policies => f.write_str("policies"),
            Self::Broadcast => f.write_str("broadcast"),
            Self::Rounds => f.write_str("rounds"),
            Self::Waits => f.write_str("waits"),
            Self::Memory => f.write_str("memory"),
            Self::MemoryHeld => f.write_str("memory_held"),
            Self::MemoryParked => f.write_str("memory_parked"),
            Self::Map => f.write_str("map"),
            Self::MapWaits => f.write_str("map_waits"),
            Self::Features(feature) => write!(f, "features_{feature}"),
            Self::Event => f.write_str("event"),
            Self::Nodes(nodes) => write!(f, "nodes_{nodes}"),
            Self::Cores(workers) => write!(f, "cores_{workers}"),
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Policy => "policy",
            Self::Observer => "observer",
            Self::Quiet => "quiet",
            Self::Tracing => "tracing",
        })
    }
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Current => "current",
            Self::Multi => "multi",
        })
    }
}

impl FromStr for Work {
    type Err = String;

    fn from_str(id: &str) -> Result<Self, String> {
        let mut all = Self::ALL.into_iter();
        all.find(|work| work.to_string() == id)
            .ok_or_else(|| format!("there is no work `{id}`"))
    }
}

impl FromStr for Flavour {
    type Err = String;

    fn from_str(id: &str) -> Result<Self, String> {
        let mut all = [Self::Current, Self::Multi].into_iter();
        all.find(|flavour| flavour.to_string() == id)
            .ok_or_else(|| format!("there is no flavour `{id}`"))
    }
}

impl From<Work> for String {
    fn from(work: Work) -> Self {
        work.to_string()
    }
}

impl TryFrom<String> for Work {
    type Error = String;

    fn try_from(id: String) -> Result<Self, String> {
        id.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::Work;

    /// The programs that measure and those that are measured mean the same by an id.
    #[test]
    fn every_work_is_found_by_its_id() {
        for work in Work::ALL {
            assert_eq!(work.to_string().parse(), Ok(work));
        }
    }
}
