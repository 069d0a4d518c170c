//! The model of a flow that is made of parts, each inside another: what follows what is
//! what comes after it.

use super::{JoinKind, Rule};

/// Stages, one after the other.
pub type Chain = Vec<Stage>;

/// A part of a flow.
#[derive(Debug, Clone)]
pub enum Stage {
    /// A node, by its place among the plan's.
    Node(usize),
    /// `_`: a branch of a join that hands on what comes to it.
    HandOn,
    /// Branches that do not meet: what follows the group follows each of them.
    Group(Vec<Chain>),
    /// Branches that join.
    Join(Join),
    /// One of several arms.
    Match(Vec<Arm>),
    /// Rounds.
    Loop(Loop),
    /// Back to the head of a loop around it: the end of an arm.
    Back(usize),
    /// Items.
    Map(Map),
    /// `await Load`: a trace parks until it is given a load.
    Await(Await),
    /// `a else b`: a node, and those that take over from the one before them.
    Fallback(Vec<usize>),
}

/// `[a, b] -> join`
#[derive(Debug, Clone)]
pub struct Join {
    /// What it waits for.
    pub kind: JoinKind,
    /// Its branches.
    pub branches: Vec<Chain>,
    /// Its name.
    pub name: String,
    /// Its number among the joins.
    pub number: usize,
}

/// `[chain; 2] -> join`
#[derive(Debug, Clone)]
pub struct Map {
    /// What each item goes through.
    pub chain: Chain,
    /// How many of them at once.
    pub at_once: usize,
    /// How many items it takes.
    pub max: Option<usize>,
    /// Where they meet; `None` if each goes on by itself.
    pub kind: Option<JoinKind>,
    /// The names of where it begins, and of where it ends.
    pub names: [String; 2],
    /// The number of its end among the joins.
    pub number: usize,
}

/// `pattern => chain`
#[derive(Debug, Clone)]
pub struct Arm {
    /// The pattern, and what is passed on.
    pub rule: Rule,
    /// Where that goes.
    pub chain: Chain,
}

/// `head -> body`, where arms in the body lead back to the head.
#[derive(Debug, Clone)]
pub struct Loop {
    /// Where each round begins, and what takes over from there.
    pub heads: Vec<usize>,
    /// What else there is in a round, and what follows the last one.
    pub body: Chain,
}

/// `await Load within "4ms" else node`
#[derive(Debug, Clone, Copy)]
pub struct Await {
    /// How many milliseconds it waits.
    pub within: Option<u64>,
    /// What takes over then.
    pub fallback: Option<usize>,
}

impl Loop {
    /// Whether an arm leads back to its head.
    fn leads_back(&self, stage: &Stage) -> bool {
        matches!(stage, Stage::Back(head) if *head == self.heads[0])
    }

    fn has(&self, is: &dyn Fn(&Stage) -> bool) -> bool {
        self.body.iter().any(|stage| stage.has(is))
    }

    /// Whether an arm on a branch of a join leads back to its head.
    pub fn is_left_from_a_join(&self) -> bool {
        let back = |stage: &Stage| self.leads_back(stage);
        self.has(&|stage| matches!(stage, Stage::Join(_)) && stage.holds(&back))
    }

    /// Whether a loop begins in its rounds, and leads both to its own head and back to this one.
    pub fn crosses(&self) -> bool {
        let back = |stage: &Stage| self.leads_back(stage);
        self.has(&|stage| matches!(stage, Stage::Loop(_)) && stage.holds(&back))
    }
}

impl Stage {
    /// The chains inside it, in the order of the text.
    pub fn chains(&self) -> Vec<&Chain> {
        match self {
            Self::Node(_) | Self::HandOn | Self::Fallback(_) | Self::Await(_) | Self::Back(_) => {
                Vec::new()
            }
            Self::Map(map) => vec![&map.chain],
            Self::Group(branches) => branches.iter().collect(),
            Self::Join(join) => join.branches.iter().collect(),
            Self::Match(arms) => arms.iter().map(|arm| &arm.chain).collect(),
            Self::Loop(round) => vec![&round.body],
        }
    }

    fn chains_mut(&mut self) -> Vec<&mut Chain> {
        match self {
            Self::Node(_) | Self::HandOn | Self::Fallback(_) | Self::Await(_) | Self::Back(_) => {
                Vec::new()
            }
            Self::Map(map) => vec![&mut map.chain],
            Self::Group(branches) => branches.iter_mut().collect(),
            Self::Join(join) => join.branches.iter_mut().collect(),
            Self::Match(arms) => arms.iter_mut().map(|arm| &mut arm.chain).collect(),
            Self::Loop(round) => vec![&mut round.body],
        }
    }

    /// Whether it, or anything inside it, is such a stage.
    pub fn has(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        is(self) || self.holds(is)
    }

    /// Whether anything inside it is such a stage.
    pub fn holds(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        let mut inside = self.chains().into_iter().flatten();
        inside.any(|stage| stage.has(is))
    }

    /// The nodes in it.
    pub fn nodes(&self) -> Vec<usize> {
        let own = match self {
            Self::Node(node) => vec![*node],
            Self::Fallback(nodes) => nodes.clone(),
            Self::Loop(round) => round.heads.clone(),
            Self::Await(place) => place.fallback.into_iter().collect(),
            _ => Vec::new(),
        };
        let inside = self.chains().into_iter().flatten().flat_map(Self::nodes);
        own.into_iter().chain(inside).collect()
    }
}

/// Joins and maps are called by what they are, and numbered by their order in the text: those
/// inside branches come before the join, and a map before what is inside it.
pub(super) fn name_joins(chain: &mut Chain, known: &mut Vec<String>) {
    let name = |word: &str, known: &mut Vec<String>| {
        let number = known.iter().filter(|other| *other == word).count() + 1;
        known.push(word.to_owned());
        match number {
            1 => word.to_owned(),
            _ => format!("{word}{number}"),
        }
    };
    for stage in chain {
        if let Stage::Map(map) = stage {
            map.names[0] = name("map", known);
        }
        for inside in stage.chains_mut() {
            name_joins(inside, known);
        }
        match stage {
            Stage::Join(join) => {
                join.number = joins(known);
                join.name = name(join.kind.name(), known);
            }
            Stage::Map(map) => {
                map.number = joins(known);
                map.names[1] = name(map.kind.map_or("each", JoinKind::name), known);
            }
            _ => {}
        }
    }
}

/// How many joins are named.
fn joins(known: &[String]) -> usize {
    known.iter().filter(|word| *word != "map").count()
}

/// In how many ways a message may go through a chain, as far as it depends on what is first: a
/// number that no integer may hold.
pub(super) fn choices(chain: &[Stage]) -> f64 {
    let Some((stage, rest)) = chain.split_first() else {
        return 1.0;
    };
    let rest = choices(rest);
    let inside = stage.chains().into_iter().map(|chain| choices(chain));
    match stage {
        Stage::Node(_) | Stage::HandOn | Stage::Fallback(_) | Stage::Back(_) => rest,
        // Started, it may be given a load in time or not.
        Stage::Await(place) => rest * if place.within.is_some() { 2.0 } else { 1.0 },
        Stage::Map(map) => {
            let orders = match map.kind {
                Some(JoinKind::Race) => 4.0,
                Some(JoinKind::Quorum(_)) => 12.0,
                Some(JoinKind::Join | JoinKind::Settle) | None => 1.0,
            };
            let ends = if map.kind.is_none() { 4 } else { 1 };
            inside.product::<f64>().powi(4) * orders * rest.powi(ends)
        }
        Stage::Group(_) => inside.map(|branch| branch * rest).product(),
        Stage::Join(join) => {
            let orders = match join.kind {
                JoinKind::Race | JoinKind::Quorum(_) => (1..=join.branches.len())
                    .map(|place| place as f64)
                    .product(),
                JoinKind::Join | JoinKind::Settle => 1.0,
            };
            inside.product::<f64>() * orders * rest
        }
        Stage::Match(_) => inside.fold(1.0, f64::max) * rest,
        Stage::Loop(_) => inside.product::<f64>().powi(2) * rest,
    }
}
