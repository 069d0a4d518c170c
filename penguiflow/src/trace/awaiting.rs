//! The joins that wait for a message: at most one, unless joins stand within joins.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::course::StepId;
use crate::few::Few;

/// A join that waits for a message: which one, since which step, and at which input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Awaited {
    pub(crate) join: u32,
    pub(crate) since: StepId,
    pub(crate) slot: u32,
}

impl Awaited {
    /// Whether both are inputs of one join, since one step.
    pub(super) fn is_with(&self, other: &Self) -> bool {
        (self.join, self.since) == (other.join, other.since)
    }
}

/// The joins that wait for a message, the last one first to be met. Serialised as a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Awaiting(Few<Awaited>);

impl Awaiting {
    #[inline]
    pub(super) fn push(&mut self, awaited: Awaited) {
        self.0.push(awaited);
    }

    #[inline]
    pub(super) fn extend(&mut self, awaited: &[Awaited]) {
        self.0.extend(awaited.iter().copied());
    }

    #[inline]
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Awaited> {
        self.0.iter()
    }

    pub(super) fn last_mut(&mut self) -> Option<&mut Awaited> {
        self.0.last_mut()
    }

    /// The joins that waited before this one began to; `None` if it does not wait.
    pub(super) fn before(&self, met: Awaited) -> Option<Self> {
        let place = self.iter().position(|awaited| awaited.is_with(&met))?;
        Some(Self(self.iter().take(place).copied().collect()))
    }
}

impl Serialize for Awaiting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Awaiting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let awaited = Vec::deserialize(deserializer)?;
        Ok(Self(awaited.into_iter().collect()))
    }
}
