//! The model of a flow that is made of parts, each inside another: what follows what is
//! what stands behind it.

use super::{Joining, Rule};

/// Stages, one behind the other.
pub type Chain = Vec<Stage>;

/// A part of a flow.
#[derive(Debug, Clone)]
pub enum Stage {
    /// A node, by its place among the plan's.
    Node(usize),
    /// Branches that do not meet: what follows the group follows each of them.
    Group(Vec<Chain>),
    /// Branches that meet.
    Meet(Meet),
    /// One of several arms.
    Match(Vec<Arm>),
    /// Rounds.
    Loop(Box<Loop>),
    /// Items.
    Map(Map),
    /// `await Load`: a trace parks, until it is given a load.
    Wait,
    /// `a else b`: a node, and those that take over from the one before them.
    Else(Vec<usize>),
}

/// `[a, b] -> join`
#[derive(Debug, Clone)]
pub struct Meet {
    /// What it waits for.
    pub joining: Joining,
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
    /// Where they meet; `None` if each goes on by itself.
    pub joining: Option<Joining>,
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
    /// Where that goes. In an arm that leads back this may be empty.
    pub chain: Chain,
}

/// `head -> body -> match { again => head, other => done }`
#[derive(Debug, Clone)]
pub struct Loop {
    /// Where each round begins, and what takes over from there.
    pub heads: Vec<usize>,
    /// What else there is in a round.
    pub body: Chain,
    /// The arm that leads back.
    pub again: Arm,
    /// The arm that leads out.
    pub done: Arm,
}

impl Stage {
    /// The chains inside it, in the order of the text.
    pub fn chains(&self) -> Vec<&Chain> {
        match self {
            Self::Node(_) | Self::Else(_) | Self::Wait => Vec::new(),
            Self::Map(map) => vec![&map.chain],
            Self::Group(branches) => branches.iter().collect(),
            Self::Meet(meet) => meet.branches.iter().collect(),
            Self::Match(arms) => arms.iter().map(|arm| &arm.chain).collect(),
            Self::Loop(round) => vec![&round.body, &round.again.chain, &round.done.chain],
        }
    }

    fn chains_mut(&mut self) -> Vec<&mut Chain> {
        match self {
            Self::Node(_) | Self::Else(_) | Self::Wait => Vec::new(),
            Self::Map(map) => vec![&mut map.chain],
            Self::Group(branches) => branches.iter_mut().collect(),
            Self::Meet(meet) => meet.branches.iter_mut().collect(),
            Self::Match(arms) => arms.iter_mut().map(|arm| &mut arm.chain).collect(),
            Self::Loop(round) => {
                let Loop {
                    body, again, done, ..
                } = &mut **round;
                vec![body, &mut again.chain, &mut done.chain]
            }
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
            Self::Else(nodes) => nodes.clone(),
            Self::Loop(round) => round.heads.clone(),
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
            Stage::Meet(meet) => {
                meet.number = joins(known);
                meet.name = name(meet.joining.name(), known);
            }
            Stage::Map(map) => {
                map.number = joins(known);
                map.names[1] = name(map.joining.map_or("each", Joining::name), known);
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
        Stage::Node(_) | Stage::Else(_) | Stage::Wait => rest,
        Stage::Map(map) => {
            let orders = match map.joining {
                Some(Joining::Race) => 4.0,
                Some(Joining::Quorum(_)) => 12.0,
                Some(Joining::Join | Joining::Settle) | None => 1.0,
            };
            let ends = if map.joining.is_none() { 4 } else { 1 };
            inside.product::<f64>().powi(4) * orders * rest.powi(ends)
        }
        Stage::Group(_) => inside.map(|branch| branch * rest).product(),
        Stage::Meet(meet) => {
            let orders = match meet.joining {
                Joining::Race | Joining::Quorum(_) => (1..=meet.branches.len())
                    .map(|place| place as f64)
                    .product(),
                Joining::Join | Joining::Settle => 1.0,
            };
            inside.product::<f64>() * orders * rest
        }
        Stage::Match(_) => inside.fold(1.0, f64::max) * rest,
        Stage::Loop(_) => inside.product::<f64>().powi(2) * rest,
    }
}
