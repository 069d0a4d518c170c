//! The joins that wait for a message: at most one, unless joins stand within joins. So the first
//! of them is kept in place, and a course is copied without an allocation.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::course::StepId;

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
pub(crate) struct Awaiting {
    first: Option<Awaited>,
    more: Vec<Awaited>,
}

impl Awaiting {
    pub(super) fn push(&mut self, awaited: Awaited) {
        match self.first {
            None => self.first = Some(awaited),
            Some(_) => self.more.push(awaited),
        }
    }

    pub(super) fn extend(&mut self, awaited: &[Awaited]) {
        awaited.iter().for_each(|awaited| self.push(*awaited));
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Awaited> {
        self.first.iter().chain(&self.more)
    }

    pub(super) fn last_mut(&mut self) -> Option<&mut Awaited> {
        self.more.last_mut().or(self.first.as_mut())
    }

    /// The joins that waited before this one began to; `None` if it does not wait.
    pub(super) fn before(&self, met: Awaited) -> Option<Self> {
        let place = self.iter().position(|awaited| awaited.is_with(&met))?;
        Some(self.iter().take(place).copied().collect())
    }
}

impl FromIterator<Awaited> for Awaiting {
    fn from_iter<I: IntoIterator<Item = Awaited>>(awaited: I) -> Self {
        let mut awaited = awaited.into_iter();
        Self {
            first: awaited.next(),
            more: awaited.collect(),
        }
    }
}

impl Serialize for Awaiting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Awaiting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from_iter)
    }
}
