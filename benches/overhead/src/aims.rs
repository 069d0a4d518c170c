//! What each work is measured against, and what was aimed at.

use contest::{Feature, Flavour, Work};
use serde::Serialize;

use crate::results::{Figures, Spread};

pub(crate) const OURS: &str = "penguiflow";

/// The figure that those of a work are divided by: whose, at which work.
pub(crate) fn yardstick(work: Work) -> (Work, &'static str) {
    match work {
        Work::Line => (work, "channels"),
        Work::Waits | Work::Memory | Work::Cores(_) => (work, "tasks"),
        Work::Map => (work, "buffered"),
        Work::Features(_) => (Work::Features(Feature::None), OURS),
        _ => (work, "hand"),
    }
}

/// At most so many times a yardstick.
struct Aim {
    goal: &'static str,
    work: Work,
    flavour: Flavour,
    /// The yardstick of the work, unless it is another one.
    against: Option<(Work, &'static str)>,
    most: f64,
    /// Where it is missed: why, by the profile.
    reason: &'static str,
}

const fn aim(goal: &'static str, work: Work, flavour: Flavour, most: f64) -> Aim {
    Aim {
        goal,
        work,
        flavour,
        against: None,
        most,
        reason: "",
    }
}

const AIMS: [Aim; 13] = {
    use Flavour::{Current, Multi};
    [
        aim(
            "three nodes, awaited, against the same awaited by hand",
            Work::Request,
            Current,
            2.0,
        ),
        aim(
            "with timeouts and retries, against the same by hand",
            Work::Policies,
            Current,
            1.3,
        ),
        aim(
            "three nodes, streamed, against channels",
            Work::Line,
            Current,
            0.6,
        ),
        aim(
            "three nodes, streamed, against channels",
            Work::Line,
            Multi,
            0.6,
        ),
        aim(
            "eight branches and a join, against `join!`",
            Work::Broadcast,
            Current,
            1.3,
        ),
        aim(
            "a hop of a loop, against a bare loop",
            Work::Rounds,
            Current,
            6.0,
        ),
        aim(
            "10,000 waits of 10 ms, against a task per message",
            Work::Waits,
            Current,
            1.2,
        ),
        aim(
            "10,000 waits of 10 ms, against a task per message",
            Work::Waits,
            Multi,
            1.2,
        ),
        aim(
            "memory of a future of `run`, against the bare future",
            Work::MemoryHeld,
            Current,
            1.5,
        ),
        aim(
            "memory of an emitted trace, against a task",
            Work::Memory,
            Current,
            1.5,
        ),
        aim(
            "memory of an emitted trace, against a task",
            Work::Memory,
            Multi,
            1.5,
        ),
        Aim {
            against: Some((Work::Nodes(10), OURS)),
            ..aim(
                "a node of 100, against one of 10",
                Work::Nodes(100),
                Current,
                1.2,
            )
        },
        aim(
            "nodes that compute, on two cores, against a task per message",
            Work::Cores(2),
            Multi,
            1.1,
        ),
    ]
};

/// An aim beside its figure.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Verdict {
    pub(crate) goal: &'static str,
    pub(crate) work: Work,
    pub(crate) flavour: Flavour,
    pub(crate) most: f64,
    pub(crate) measured: Spread,
    pub(crate) met: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) reason: &'static str,
}

/// All aims whose works were measured.
pub(crate) fn verdicts(figures: &Figures) -> Vec<Verdict> {
    AIMS.iter().filter_map(|aim| aim.verdict(figures)).collect()
}

/// The aim of a work, as a ratio to its yardstick.
pub(crate) fn aim_of(work: Work, flavour: Flavour) -> Option<f64> {
    let is_it = |aim: &&Aim| (aim.work, aim.flavour) == (work, flavour) && aim.against.is_none();
    AIMS.iter().find(is_it).map(|aim| aim.most)
}

impl Aim {
    fn verdict(&self, figures: &Figures) -> Option<Verdict> {
        let (work, whose) = self.against.unwrap_or(yardstick(self.work));
        let ours = (OURS, self.work, self.flavour);
        let measured = figures.ratio(ours, (whose, work, self.flavour))?;
        let met = measured.median <= self.most;
        Some(Verdict {
            goal: self.goal,
            work: self.work,
            flavour: self.flavour,
            most: self.most,
            measured,
            met,
            reason: if met { "" } else { self.reason },
        })
    }
}
