//! What each work is measured against, and what was aimed at.

use anyhow::Result;
use contest::{Feature, Flavour, Work};
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

/// A table of `aims.toml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Aim {
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

/// An aim beside its figure.
#[derive(Debug, Serialize)]
pub(crate) struct Verdict {
    #[serde(flatten)]
    pub(crate) aim: Aim,
    pub(crate) flavour: Flavour,
    /// The ratio, or the figure itself where the work has no yardstick.
    pub(crate) measured: Spread,
    /// Our figure, and the one that it is divided by.
    pub(crate) ours: f64,
    pub(crate) yardstick: Option<f64>,
    pub(crate) met: bool,
}

/// All aims whose works were measured.
pub(crate) fn verdicts(figures: &Figures<'_>) -> Result<Vec<Verdict>> {
    let aims = aims()?.into_iter();
    let verdicts = aims.flat_map(|aim| {
        let flavours = aim.work.flavours().iter();
        let meant = flavours.filter(|&&one| aim.flavour.is_none_or(|flavour| flavour == one));
        let verdicts = meant.filter_map(|&flavour| aim.verdict(flavour, figures));
        verdicts.collect::<Vec<_>>()
    });
    Ok(verdicts.collect())
}

fn aims() -> Result<Vec<Aim>> {
    #[derive(Deserialize)]
    struct Aims {
        aim: Vec<Aim>,
    }
    let aims: Aims = toml::from_str(include_str!("aims.toml"))?;
    Ok(aims.aim)
}

impl Aim {
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
            aim: self.clone(),
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
        (self.aim.work, self.flavour) == (work, flavour) && self.aim.than.is_none()
    }

    /// Why it is missed, if that is known.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.aim.reason.as_deref().filter(|_| !self.met)
    }
}

#[cfg(test)]
mod tests {
    use super::aims;

    #[test]
    fn aims_are_read() {
        let aims = aims().expect("they are well-formed");
        assert!(
            aims.iter()
                .all(|aim| aim.most > 0.0 && !aim.goal.is_empty())
        );
    }
}
