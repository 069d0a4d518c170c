//! Draws the parts of a tree at random, one after the other: each stage fits what is before it, so
//! that whatever is drawn compiles.

use super::generate::play;
use super::position::{DEPTH, Place};
use super::{
    Arm, Await, Chain, EdgeType, Join, JoinKind, Map, NodeKind, Passes, Pattern, Plan, Rng, Rule,
    Stage,
};

/// What comes out of joins.
pub(super) const MET: [EdgeType; 12] = [
    EdgeType::Load,
    EdgeType::Load,
    EdgeType::Load,
    EdgeType::Pair,
    EdgeType::Triple,
    EdgeType::Mixed,
    EdgeType::List,
    EdgeType::Both,
    EdgeType::Each,
    EdgeType::Nested,
    EdgeType::Pairs,
    EdgeType::Deep,
];

/// How many of these need no join inside.
const SHALLOW: usize = 9;

pub(super) struct TreeGenerator<'a> {
    pub(super) rng: &'a mut Rng,
    pub(super) nodes: Vec<NodeKind>,
    /// How many nodes there is still room for. What was begun is finished without.
    pub(super) room: usize,
    /// The flows that it plays; `None` if it is played itself.
    pub(super) plays: Option<Vec<Plan>>,
}

impl TreeGenerator<'_> {
    /// Goes on with a chain, from one edge type to another, by a stage at least.
    pub(super) fn chain(
        &mut self,
        mut chain: Chain,
        place: Place,
        takes: EdgeType,
        gives: EdgeType,
    ) -> Chain {
        let mut tail = takes;
        for _ in 0..self.rng.pick(&[0, 1, 1, 2]) {
            if self.room > 0 {
                let (stages, next) = self.stage(place.behind(&chain), tail);
                chain.extend(stages);
                tail = next;
            }
        }
        let is_done = tail == gives && !chain.is_empty();
        if !is_done && (tail != EdgeType::Load || gives == EdgeType::Load) {
            chain.push(self.closing(tail));
        }
        if !is_done && gives != EdgeType::Load {
            let stage = self.giving(place.behind(&chain), gives);
            chain.push(stage);
        }
        chain
    }

    /// Some stage, with what it needs before it, and what comes out of it.
    fn stage(&mut self, place: Place, takes: EdgeType) -> (Vec<Stage>, EdgeType) {
        let load = EdgeType::Load;
        let may_group = place.depth < DEPTH && takes != EdgeType::Route;
        let (stage, gives) = match (takes, self.rng.below(100)) {
            (_, 0..16) if may_group => self.meeting(place, takes),
            (EdgeType::Load, 16..30) if !place.is_first => (self.routing(place, takes), load),
            (EdgeType::Load, 30..46) => (self.looping(place), load),
            (EdgeType::Load, 46..56) if may_group && !place.is_alone => (self.group(place), load),
            (EdgeType::Load, 56..60) => (self.node(NodeKind::Packer), EdgeType::Carton),
            (EdgeType::Load, 60..66) => (self.node(NodeKind::Sorter), EdgeType::Route),
            (EdgeType::Load, 66..80) if may_group => {
                let list = self.node(NodeKind::Lister);
                let (map, gives) = self.mapping(place);
                return (vec![list, map], gives);
            }
            (EdgeType::Load, 80..84) => (self.fallback(), load),
            (EdgeType::Load, 84..93) => (self.playing(), load),
            (EdgeType::Load, 46..56 | 93..) if self.may_wait(place) => {
                (self.awaiting(), EdgeType::Pair)
            }
            (EdgeType::List, 16..60) if may_group => self.mapping(place),
            (EdgeType::Route | EdgeType::Pair | EdgeType::Both, 40..) => {
                (self.routing(place, takes), load)
            }
            _ => (self.closing(takes), load),
        };
        (vec![stage], gives)
    }

    fn node(&mut self, kind: NodeKind) -> Stage {
        Stage::Node(self.place(Some(kind)))
    }

    /// The place of a new node; of a simple one, if its kind does not matter.
    pub(super) fn place(&mut self, kind: Option<NodeKind>) -> usize {
        let kind = kind.unwrap_or_else(|| self.simple());
        self.nodes.push(kind);
        self.room = self.room.saturating_sub(1);
        self.nodes.len() - 1
    }

    /// What is played does not wait.
    fn may_wait(&self, place: Place) -> bool {
        self.plays.is_some() && !place.is_first
    }

    /// A node that makes a load of anything.
    pub(super) fn closing(&mut self, takes: EdgeType) -> Stage {
        let kind = match takes {
            EdgeType::Load => self.simple(),
            EdgeType::Carton => NodeKind::Unpacker,
            EdgeType::Route => NodeKind::Reader,
            joined => NodeKind::Tie(joined),
        };
        self.node(kind)
    }

    /// A kind from load to load. A function is a node once, and none of a flow that is played.
    fn simple(&mut self) -> NodeKind {
        loop {
            let kind = self.rng.pick(&NodeKind::ALL);
            let traits = kind.traits();
            let fits = (traits.takes, traits.gives) == (EdgeType::Load, EdgeType::Load);
            let is_free = self.plays.is_some() && !self.nodes.contains(&kind);
            if fits && (traits.function.is_none() || is_free) {
                return kind;
            }
        }
    }

    /// A flow that stands as a node, or in parentheses, of which there are some; or else a node.
    fn playing(&mut self) -> Stage {
        let kind = self.play();
        Stage::Node(self.place(kind))
    }

    fn play(&mut self) -> Option<NodeKind> {
        let plays = self.plays.as_mut().filter(|plays| plays.len() < 3)?;
        let place = plays.len();
        // The second one is tried again, which a part never is.
        let in_parentheses = place != 1 && self.rng.chance(70);
        plays.push(Plan {
            in_parentheses,
            ..play(self.rng, place)
        });
        Some(match in_parentheses {
            true => NodeKind::Part(place),
            false => NodeKind::Play(place),
        })
    }

    /// A stage from a load to anything.
    fn giving(&mut self, place: Place, gives: EdgeType) -> Stage {
        match gives {
            EdgeType::Carton => self.node(NodeKind::Packer),
            joined => self.joined(place, EdgeType::Load, joined),
        }
    }

    fn meeting(&mut self, place: Place, takes: EdgeType) -> (Stage, EdgeType) {
        let most = if place.depth + 1 < DEPTH {
            MET.len()
        } else {
            SHALLOW
        };
        let gives = self.rng.pick(&MET[..most]);
        (self.joined(place, takes, gives), gives)
    }

    /// A group with its join.
    fn joined(&mut self, place: Place, takes: EdgeType, gives: EdgeType) -> Stage {
        let (kind, inputs) = self.inputs(place, gives);
        let inside = Place {
            is_alone: true,
            ..place.deeper()
        };
        let mut branches: Vec<Chain> = Vec::new();
        // What is there at once would win each race.
        let waits = !matches!(kind, JoinKind::Race | JoinKind::Quorum(1));
        let mut may_hand_on = waits && !place.is_first && self.rng.chance(45);
        for gives in inputs {
            let hands_on = may_hand_on && gives == takes && self.rng.chance(50);
            may_hand_on &= !hands_on;
            branches.push(match hands_on {
                true => vec![Stage::HandOn],
                false => self.chain(Vec::new(), inside, takes, gives),
            });
        }
        Stage::Join(Join {
            kind,
            branches,
            name: String::new(),
            number: 0,
        })
    }

    /// A join that gives this, and what its branches give.
    fn inputs(&mut self, place: Place, gives: EdgeType) -> (JoinKind, Vec<EdgeType>) {
        let (load, pair) = (EdgeType::Load, EdgeType::Pair);
        let several = self.rng.within(2, 3);
        let quorum = JoinKind::Quorum(self.rng.within(1, several));
        match gives {
            EdgeType::Pair if place.depth + 1 < DEPTH && self.rng.chance(20) => {
                (JoinKind::Race, vec![pair; 2])
            }
            EdgeType::Pair => (JoinKind::Join, vec![load; 2]),
            EdgeType::Triple => (JoinKind::Join, vec![load; 3]),
            EdgeType::Mixed => (JoinKind::Join, vec![load, EdgeType::Carton]),
            EdgeType::Nested => (JoinKind::Join, vec![pair, load]),
            EdgeType::List => (quorum, vec![load; several]),
            EdgeType::Pairs => (quorum, vec![pair; several]),
            EdgeType::Both => (JoinKind::Settle, vec![load; 2]),
            EdgeType::Each => (JoinKind::Settle, vec![load; 3]),
            EdgeType::Deep => (JoinKind::Settle, vec![pair, EdgeType::List]),
            EdgeType::Load | EdgeType::Carton | EdgeType::Route | EdgeType::Verdicts => {
                (JoinKind::Race, vec![load; several])
            }
        }
    }

    /// A node, and others that take over from it, in the end perhaps one that takes the failure.
    fn fallback(&mut self) -> Stage {
        let played = self.rng.chance(20).then(|| self.play()).flatten();
        let mut nodes = vec![self.place(played)];
        for _ in 0..self.rng.pick(&[0, 1, 1, 2]) {
            nodes.push(self.place(None));
        }
        if nodes.len() == 1 || self.rng.chance(50) {
            nodes.push(self.place(Some(NodeKind::Mender)));
        }
        Stage::Fallback(nodes)
    }

    /// A map of a list, and what comes out of it.
    fn mapping(&mut self, place: Place) -> (Stage, EdgeType) {
        let (load, list) = (EdgeType::Load, EdgeType::List);
        let several = self.rng.within(1, 2);
        let (kind, gives) = match self.rng.below(10) {
            0..6 if !place.is_alone => (None, load),
            0..6 => (Some(JoinKind::Join), list),
            6..8 => (Some(JoinKind::Settle), EdgeType::Verdicts),
            8 => (Some(JoinKind::Quorum(several)), list),
            _ => (Some(JoinKind::Race), load),
        };
        let inside = Place {
            is_alone: true,
            is_first: false,
            ..place.deeper()
        };
        let first = self.opening(inside, load);
        let map = Map {
            chain: self.chain(first, inside, load, load),
            at_once: self.rng.pick(&[1, 2, 8]),
            max: self.rng.pick(&[None, None, Some(2), Some(3)]),
            kind,
            names: Default::default(),
            number: 0,
        };
        (Stage::Map(map), gives)
    }

    fn group(&mut self, place: Place) -> Stage {
        let (load, place) = (EdgeType::Load, place.deeper());
        let branches = 0..self.rng.within(1, 3);
        Stage::Group(
            branches
                .map(|_| self.chain(Vec::new(), place, load, load))
                .collect(),
        )
    }

    fn routing(&mut self, place: Place, takes: EdgeType) -> Stage {
        let patterns = self.patterns(takes);
        let last = patterns.len() - 1;
        let arms = patterns.into_iter().enumerate().map(|(number, pattern)| {
            let is_rest = number == last && pattern == Pattern::Any;
            let rule = match is_rest && takes != EdgeType::Load {
                true => Rule {
                    pattern,
                    passes: Passes::Whole,
                },
                false => self.rule(pattern),
            };
            self.arm(place, takes, rule)
        });
        let mut arms: Vec<_> = arms.collect();
        if self.rng.chance(25) {
            // Some arms lead to one node.
            let shared = self.closing(EdgeType::Load);
            let sharing = arms.iter_mut().rev().take(2);
            sharing.for_each(|arm| arm.chain.push(shared.clone()));
        }
        Stage::Match(arms)
    }

    pub(super) fn rule(&mut self, pattern: Pattern) -> Rule {
        let all = [Passes::Whole, Passes::Bound, Passes::Marked];
        let passes = self.rng.pick(&all);
        Rule { pattern, passes }
    }

    /// The patterns of a `match`, of which the last one takes what is left.
    fn patterns(&mut self, takes: EdgeType) -> Vec<Pattern> {
        let way = self.rng.below(4) as u8;
        let (some, last) = match takes {
            EdgeType::Route => (
                vec![Pattern::FarOdd, Pattern::Near, Pattern::Far],
                Pattern::Any,
            ),
            EdgeType::Pair => (
                vec![Pattern::PairLeans(way)],
                self.rng.pick(&[Pattern::Pair, Pattern::Any]),
            ),
            EdgeType::Both => (vec![Pattern::BothWell, Pattern::OneWell], Pattern::Any),
            _ => (vec![Pattern::Calm, Pattern::Leans(way)], Pattern::Any),
        };
        let some = some.into_iter().filter(|_| self.rng.chance(70));
        some.chain([last]).collect()
    }

    pub(super) fn arm(&mut self, place: Place, takes: EdgeType, rule: Rule) -> Arm {
        let first = match rule.passes {
            Passes::Whole => self.opening(place, takes),
            // An expression is passed to a node.
            _ => vec![self.closing(EdgeType::Load)],
        };
        let chain = self.chain(first, place, rule.gives(takes), EdgeType::Load);
        Arm { rule, chain }
    }

    /// Some arms, loops and maps begin with a join, or they would be rare in them.
    pub(super) fn opening(&mut self, place: Place, takes: EdgeType) -> Chain {
        if takes != EdgeType::Load || place.depth >= DEPTH || self.rng.chance(70) {
            return Vec::new();
        }
        let (stage, gives) = self.meeting(place, takes);
        vec![stage, self.closing(gives)]
    }

    /// Where a trace parks, and what takes over if that is too long.
    fn awaiting(&mut self) -> Stage {
        let within = self.rng.pick(&[None, Some(4), Some(20)]);
        let is_told = self.rng.chance(50);
        let takes_over = within.is_some() && self.rng.chance(60);
        let kind = match is_told {
            true => NodeKind::ToldStandIn,
            false => NodeKind::StandIn,
        };
        let fallback = takes_over.then(|| self.place(Some(kind)));
        Stage::Await(Await { within, fallback })
    }
}
