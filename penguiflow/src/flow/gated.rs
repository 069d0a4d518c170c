//! Methods of the test kit where its feature is switched off: they name the feature where they are called.

use super::Flow;
use crate::graph::{FeatureTesting, Topology};

impl<F: Topology, S> Flow<F, S> {
    #[doc(hidden)]
    #[must_use]
    pub fn stub<N>(self, _stub: impl Sized) -> Self
    where
        F: FeatureTesting,
    {
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub fn script<N>(self, _write: impl Sized) -> Self
    where
        F: FeatureTesting,
    {
        self
    }
}
