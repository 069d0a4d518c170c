//! Which step a message is at: the id by which nodes distinguish their visits. Written apart from
//! the library's own, to be compared with it.

use crate::generator::{Chain, Stage};

use super::Walk;
use super::event::Token;
use super::tree::taken_by;

/// Where a message is, between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// The step that it comes from.
    id: u64,
    /// Its place among what that one emits; `None` if it is there already.
    place: Option<u32>,
}

impl Step {
    /// Where a trace begins. Several entries are places of one step.
    pub(super) fn root(entries: u32) -> Self {
        let id = 0x9e37_79b9_7f4a_7c15;
        Self::at(id).among(entries)
    }

    fn at(id: u64) -> Self {
        Self { id, place: None }
    }

    fn among(self, entries: u32) -> Self {
        let place = (entries > 1).then_some(0);
        Self { place, ..self }
    }

    /// The step that is come to.
    pub(super) fn next(self) -> u64 {
        self.place.map_or(self.id, |place| child(self.id, place))
    }

    /// Behind the step that is come to.
    #[must_use]
    pub(super) fn behind(self) -> Self {
        let place = Some(0);
        Self {
            id: self.next(),
            place,
        }
    }

    /// So many places further on among what the same step emits.
    #[must_use]
    pub(super) fn beside(self, places: u32) -> Self {
        let place = Some(self.place.unwrap_or(0) + places);
        Self { place, ..self }
    }

    /// An item of a map that is this step.
    #[must_use]
    pub(super) fn item(self, number: usize) -> Self {
        Self {
            id: child(self.next(), number as u32),
            place: Some(0),
        }
    }

    /// Behind the join with this number, of what parted from the step that it comes from.
    #[must_use]
    pub(super) fn joined(self, join: usize) -> Self {
        Self {
            id: child(self.id, u32::MAX - join as u32),
            place: Some(0),
        }
    }

    /// Where a flow begins that this step plays.
    pub(super) fn played(self, entries: u32) -> Self {
        Self::at(child(self.next(), u32::MAX / 2)).among(entries)
    }
}

/// The id of the step at this place below another: one round of SplitMix64.
pub fn child(id: u64, place: u32) -> u64 {
    let mut bits = id.wrapping_add(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(u64::from(place) + 1));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

impl Walk<'_> {
    /// How many ways a message sets out by where these chains begin.
    pub(super) fn entries(&self, token: &Token) -> u32 {
        match self.plan.tree() {
            [] => self.plan.shape().entries.len() as u32,
            chains => chains.iter().map(|chain| width(chain, token)).sum(),
        }
    }
}

/// How many steps a message comes to where a chain begins.
pub(super) fn width(chain: &Chain, token: &Token) -> u32 {
    match chain.first() {
        Some(Stage::Group(branches)) => branches.iter().map(|chain| width(chain, token)).sum(),
        Some(Stage::Join(join)) => join.branches.iter().map(|chain| width(chain, token)).sum(),
        Some(Stage::Match(arms)) => {
            let mut taken = arms
                .iter()
                .filter_map(|arm| Some((arm, taken_by(arm, token)?)));
            let taken = taken.next();
            taken.map_or(1, |(arm, token)| width(&arm.chain, &token))
        }
        _ => 1,
    }
}
