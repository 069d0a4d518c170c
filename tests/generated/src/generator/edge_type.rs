//! What travels along edges.

/// What travels along an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeType {
    /// A load.
    Load,
    /// A load in a carton.
    Carton,
    /// A load on one of several routes.
    Route,
    /// Two loads that were joined.
    Pair,
    /// Three of them.
    Triple,
    /// A load, and one in a carton.
    Mixed,
    /// A pair and a load.
    Nested,
    /// The loads of a quorum.
    List,
    /// The pairs of a quorum.
    Pairs,
    /// Two settled loads.
    Both,
    /// Three of them.
    Each,
    /// A settled pair, and a settled list.
    Deep,
    /// The settled items of a map.
    Verdicts,
}

impl EdgeType {
    /// The type of node that ties it into one load.
    pub(super) fn tie(self) -> &'static str {
        match self {
            Self::Pair => "TiePair",
            Self::Triple => "TieTriple",
            Self::Mixed => "TieMixed",
            Self::Nested => "TieNested",
            Self::List => "TieList",
            Self::Pairs => "TiePairs",
            Self::Both => "TieBoth",
            Self::Each => "TieEach",
            Self::Deep => "TieDeep",
            Self::Verdicts => "TieVerdicts",
            Self::Load | Self::Carton | Self::Route => unreachable!("it is one load already"),
        }
    }
}
