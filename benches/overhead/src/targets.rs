//! What each work is measured against, and its target.

use anyhow::Result;
use harness::{Feature, Flavour, Work};
use serde::{Deserialize, Serialize};

use crate::results::{Figures, Spread};

pub(crate) const OURS: &str = "penguiflow";

/// The figure that those of a work are divided by: at which work, whose. Some stand for
/// themselves.
pub(crate) fn yardstick(work: Work) -> Option<(Work, &'static str)> {
    Some(match work {
        Work::Line => (work, "channels"),
        Work::Waits | Work::Memory | Work::Cores(_) => (work, "tasks"),
        Work::Map | Work::MapWaits => (work, "buffered"),
        Work::Features(_) => (Work::Features(Feature::None), OURS),
        Work::MemoryParked | Work::Event => return None,
        _ => (work, "hand"),
    })
}

/// A table of `targets.toml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Target {
    pub(crate) goal: String,
    pub(crate) work: Work,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) than: Option<Work>,
    /// In this runtime of the work; otherwise in each.
    #[serde(skip_serializing_if = "Option::is_none")]
    flavour: Option<Flavour>,
    pub(crate) most: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// An target beside its figure.
#[derive(Debug, Serialize)]
pub(crate) struct Verdict {
    #[serde(flatten)]
    pub(crate) target: Target,
    pub(crate) flavour: Flavour,
    /// The ratio, or the figure itself where the work has no yardstick.
    pub(crate) measured: Spread,
    /// Our figure, and the one that it is divided by.
    pub(crate) ours: f64,
    pub(crate) yardstick: Option<f64>,
    pub(crate) met: bool,
}

/// All targets whose works were measured.
pub(crate) fn verdicts(figures: &Figures<'_>) -> Result<Vec<Verdict>> {
    let targets = targets()?.into_iter();
    let verdicts = targets.flat_map(|target| {
        let flavours = target.work.flavours().iter();
        let meant = flavours.filter(|&&one| target.flavour.is_none_or(|flavour| flavour == one));
        let verdicts = meant.filter_map(|&flavour| target.verdict(flavour, figures));
        verdicts.collect::<Vec<_>>()
    });
    Ok(verdicts.collect())
}

fn targets() -> Result<Vec<Target>> {
    #[derive(Deserialize)]
    struct Targets {
        target: Vec<Target>,
    }
    let targets: Targets = toml::from_str(include_str!("targets.toml"))?;
    Ok(targets.target)
}

impl Target {
    fn verdict(&self, flavour: Flavour, figures: &Figures<'_>) -> Option<Verdict> {
        let than = self.than.map(|work| (work, OURS));
        let place = (OURS, self.work, flavour);
        let ours = figures.spread(place)?;
        let (measured, yardstick) = match than.or_else(|| yardstick(self.work)) {
            Some((work, whose)) => {
                let base = (whose, work, flavour);
                let yardstick = figures.spread(base)?.median;
                (figures.ratio(place, base)?, Some(yardstick))
            }
            None => (ours, None),
        };
        Some(Verdict {
            target: self.clone(),
            flavour,
            measured,
            ours: ours.median,
            yardstick,
            met: measured.median <= self.most,
        })
    }
}

impl Verdict {
    /// Whether it is about the ratio of a work to its yardstick.
    pub(crate) fn is_of(&self, work: Work, flavour: Flavour) -> bool {
        (self.target.work, self.flavour) == (work, flavour) && self.target.than.is_none()
    }

    /// Why it is missed, if that is known.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.target.reason.as_deref().filter(|_| !self.met)
    }
}

#[cfg(test)]
mod tests {
    use super::targets;

    #[test]
    fn targets_are_read() {
        let targets = targets().expect("they are well-formed");
        assert!(
            targets
                .iter()
                .all(|target| target.most > 0.0 && !target.goal.is_empty())
        );
    }
}
