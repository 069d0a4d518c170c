//! What travels through generated flows: a script that says what nodes do with it, and the
//! trail that it leaves, so that every way through a flow gives another output.

use serde::{Deserialize, Serialize};

use crate::generator::Dice;

/// A payload. Where it has been and its seed decide what a node does with it, so that a
/// trace's outcome does not depend on when anything runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Load {
    /// Decides what nodes do with it.
    pub seed: u64,
    /// What nodes tend to do with it.
    pub mood: Mood,
    /// Whether nodes are busy with it for microseconds, and do not wait for milliseconds.
    pub hasty: bool,
    /// The nodes that it has passed.
    pub trail: Vec<u16>,
}

/// What nodes tend to do with a load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mood {
    /// All goes well.
    Calm,
    /// Much fails, and is tried again.
    Flaky,
    /// Much fails, also for good, and panics.
    Stormy,
    /// Most paths end in `None`.
    Sparse,
    /// Loops go round for as long as they may.
    Stubborn,
    /// Loops are left at once.
    Brief,
}

impl Mood {
    const ALL: [Self; 6] = [
        Self::Calm,
        Self::Flaky,
        Self::Stormy,
        Self::Sparse,
        Self::Stubborn,
        Self::Brief,
    ];
}

impl Load {
    /// A load that was nowhere yet.
    pub fn new(seed: u64, mood: Mood) -> Self {
        Self {
            seed,
            mood,
            hasty: false,
            trail: Vec::new(),
        }
    }

    /// A random load that was nowhere yet.
    pub fn thrown(dice: &mut Dice) -> Self {
        Self::new(dice.bits(), dice.pick(&Mood::ALL))
    }

    /// The same load, for nodes that do not wait.
    #[must_use]
    pub fn in_haste(mut self) -> Self {
        self.hasty = true;
        self
    }

    /// The load behind a node.
    #[must_use]
    pub(crate) fn past(&self, node: u16) -> Self {
        let mut load = self.clone();
        load.trail.push(node);
        load
    }
}

/// A load in a carton: another type on some edges, which Rookery unpacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carton(pub Load);

impl From<Carton> for Load {
    fn from(carton: Carton) -> Self {
        carton.0
    }
}
