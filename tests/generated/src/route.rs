//! A load on one of several routes: what a `match` in a flow takes apart.

use serde::{Deserialize, Serialize};

use crate::load::Load;

/// Where a load is to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Route {
    Near(Load),
    Far { load: Load, odd: bool },
    Lost(Load),
}

impl Route {
    /// The route of a load, which says it itself.
    pub(crate) fn of(load: Load) -> Self {
        match load.rng(&[3000]).below(5) {
            0 | 1 => Self::Near(load),
            2 => Self::Far { load, odd: true },
            3 => Self::Far { load, odd: false },
            _ => Self::Lost(load),
        }
    }

    pub(crate) fn load(&self) -> &Load {
        match self {
            Self::Near(load) | Self::Far { load, .. } | Self::Lost(load) => load,
        }
    }
}
