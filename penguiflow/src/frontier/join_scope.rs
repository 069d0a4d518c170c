//! The open joins that a step counts for: at most one, unless joins are nested.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::message::StepId;
use crate::small_list::SmallList;

/// One opening of a join: every fork, every turn of a loop opens its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct ScopeKey {
    pub(crate) join: u32,
    /// The step at which the ways to the join parted.
    pub(crate) since: StepId,
}

/// An input of an open join, or an item of an open map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct JoinScope {
    pub(crate) join: u32,
    pub(crate) since: StepId,
    pub(crate) input: u32,
}

impl JoinScope {
    pub(crate) fn key(self) -> ScopeKey {
        let Self { join, since, .. } = self;
        ScopeKey { join, since }
    }
}

/// The joins that wait for a step, the outermost first. Serialised as a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct JoinScopes(SmallList<JoinScope>);

impl JoinScopes {
    #[inline]
    pub(crate) fn push(&mut self, scope: JoinScope) {
        self.0.push(scope);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline]
    pub(crate) fn extend(&mut self, scopes: &[JoinScope]) {
        self.0.extend(scopes.iter().copied());
    }

    #[inline]
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &JoinScope> {
        self.0.iter()
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut JoinScope> {
        self.0.last_mut()
    }

    /// Lets joins have other numbers.
    pub(super) fn renumber(&mut self, number: impl Fn(u32) -> u32) {
        let scopes = self.0.iter_mut();
        scopes.for_each(|scope| scope.join = number(scope.join));
    }

    /// The joins around this one; `None` if it is not among them.
    pub(crate) fn outside(&self, key: ScopeKey) -> Option<Self> {
        let place = self.iter().position(|scope| scope.key() == key)?;
        Some(Self(self.iter().take(place).copied().collect()))
    }

    /// The joins opened within this one.
    pub(crate) fn within(&self, key: ScopeKey) -> impl Iterator<Item = &JoinScope> {
        self.iter()
            .skip_while(move |scope| scope.key() != key)
            .skip(1)
    }
}

impl Serialize for JoinScopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for JoinScopes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let scopes = Vec::deserialize(deserializer)?;
        Ok(Self(scopes.into_iter().collect()))
    }
}
