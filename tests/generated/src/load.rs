//! What travels through generated flows: a script that says what nodes do with it, and the
//! trail that it leaves, so that every way through a flow gives another output.

use serde::{Deserialize, Serialize};

use crate::generator::Rng;

/// A payload. Where it has been and its seed decide what a node does with it, so that a
/// trace's outcome does not depend on when anything runs, where nothing waits for what is
/// first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Load {
    /// Decides what nodes do with it.
    pub seed: u64,
    /// What nodes tend to do with it.
    pub mood: Mood,
    /// Whether nodes are busy with it for microseconds, and do not wait for milliseconds.
    pub hasty: bool,
    /// The nodes that it has passed: ` 1 2 [3|4] 5` has passed node 2, was tied of what came
    /// from 3 and 4, and has passed node 5.
    pub trail: String,
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
            trail: String::new(),
        }
    }

    /// A random load that was nowhere yet.
    pub fn random(rng: &mut Rng) -> Self {
        Self::new(rng.bits(), rng.pick(&Mood::ALL))
    }

    /// What traces are given that wait for a load.
    pub fn given() -> Self {
        let mut load = Self::new(0, Mood::Calm);
        load.trail += " given";
        load
    }

    /// The same load, for nodes that do not wait.
    #[must_use]
    pub fn in_haste(mut self) -> Self {
        self.hasty = true;
        self
    }

    /// The load after a node.
    #[must_use]
    pub(crate) fn past(&self, node: u16) -> Self {
        let mut load = self.clone();
        load.trail += &format!(" {node}");
        load
    }

    /// Random numbers that this load, where it is, decides.
    pub(crate) fn rng(&self, more: &[u64]) -> Rng {
        let trail = self.trail.bytes().fold(0, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut seed = vec![self.seed, trail];
        seed.extend(more);
        Rng::from_seed(&seed)
    }

    /// Which arm of a `match` it takes, as guards ask it.
    pub(crate) fn leans(&self, way: u8) -> bool {
        self.rng(&[1000, u64::from(way)]).chance(50)
    }

    /// Whether it wants another round of a loop.
    pub(crate) fn goes_round(&self) -> bool {
        match self.mood {
            _ if self.trail.contains("BudgetExhausted") => false,
            Mood::Stubborn => true,
            Mood::Brief => false,
            _ => self.rng(&[2000]).chance(50),
        }
    }

    /// The items of a list that is made of it.
    pub(crate) fn items(&self) -> Vec<Self> {
        let items = self.rng(&[4000]).pick(&[0, 1, 1, 2, 3, 4]);
        let item = |number: usize| {
            let mut item = self.clone();
            item.trail += &format!(" #{number}");
            item
        };
        (0..items).map(item).collect()
    }

    /// The load that could not pass a node, for the one that takes over.
    pub(crate) fn mended(&self, failure: &str) -> Self {
        let mut load = self.clone();
        load.trail += &format!(" ({failure})");
        load
    }

    /// One load of several, and of the failures that stand in for others.
    pub(crate) fn tied(parts: &[Result<Self, String>]) -> Self {
        let mut loads = parts.iter().flatten();
        let Some(first) = loads.next() else {
            return Self::new(0, Mood::Calm).tied_to(0, parts);
        };
        let common = loads.fold(first.trail.len(), |common, other| {
            let pairs = first.trail.bytes().zip(other.trail.bytes());
            pairs
                .take_while(|(one, other)| one == other)
                .count()
                .min(common)
        });
        first.clone().tied_to(common, parts)
    }

    /// What all have passed stands once, then what each has passed.
    fn tied_to(mut self, common: usize, parts: &[Result<Self, String>]) -> Self {
        let own = parts.iter().map(|part| match part {
            Ok(load) => &load.trail[common..],
            Err(failure) => failure,
        });
        let own = own.collect::<Vec<_>>().join("|");
        self.trail.truncate(common);
        self.trail += &format!("[{own}]");
        self
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
