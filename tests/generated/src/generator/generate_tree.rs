//! Draws the parts of a tree from dice, one after the other: each stage fits what is before it, so
//! that whatever is drawn compiles.

use super::generate::play;
use super::position::{DEPTH, Place};
use super::{
    Arm, Chain, Dice, Freight, Joining, Kind, Loop, Map, Meet, Passes, Pattern, Plan, Rule, Stage,
};

/// What comes out of joins.
pub(super) const MET: [Freight; 12] = [
    Freight::Load,
    Freight::Load,
    Freight::Load,
    Freight::Pair,
    Freight::Triple,
    Freight::Mixed,
    Freight::List,
    Freight::Both,
    Freight::Each,
    Freight::Nested,
    Freight::Pairs,
    Freight::Deep,
];

/// How many of these need no join inside.
const SHALLOW: usize = 9;

pub(super) struct Grower<'a> {
    pub(super) dice: &'a mut Dice,
    pub(super) nodes: Vec<Kind>,
    /// How many nodes there is still room for. What was begun is finished without.
    pub(super) room: usize,
    /// The flows that it plays; `None` if it is played itself.
    pub(super) plays: Option<Vec<Plan>>,
}

impl Grower<'_> {
    /// Goes on with a chain, from one freight to another, by a stage at least.
    pub(super) fn chain(
        &mut self,
        mut chain: Chain,
        place: Place,
        takes: Freight,
        gives: Freight,
    ) -> Chain {
        let mut tail = takes;
        for _ in 0..self.dice.pick(&[0, 1, 1, 2]) {
            if self.room > 0 {
                let (stages, next) = self.stage(place.behind(&chain), tail);
                chain.extend(stages);
                tail = next;
            }
        }
        let is_done = tail == gives && !chain.is_empty();
        if !is_done && (tail != Freight::Load || gives == Freight::Load) {
            chain.push(self.closing(tail));
        }
        if !is_done && gives != Freight::Load {
            let stage = self.giving(place.behind(&chain), gives);
            chain.push(stage);
        }
        chain
    }

    /// Some stage, with what it needs before it, and what comes out of it.
    fn stage(&mut self, place: Place, takes: Freight) -> (Vec<Stage>, Freight) {
        let load = Freight::Load;
        let may_group = place.depth < DEPTH && takes != Freight::Route;
        let (stage, gives) = match (takes, self.dice.below(100)) {
            (_, 0..16) if may_group => self.meeting(place, takes),
            (Freight::Load, 16..30) if !place.is_first => (self.routing(place, takes), load),
            (Freight::Load, 30..46) => (self.looping(place), load),
            (Freight::Load, 46..56) if may_group && !place.is_alone => (self.group(place), load),
            (Freight::Load, 56..60) => (self.node(Kind::Packer), Freight::Carton),
            (Freight::Load, 60..66) => (self.node(Kind::Sorter), Freight::Route),
            (Freight::Load, 66..82) if may_group => {
                let list = self.node(Kind::Lister);
                let (map, gives) = self.mapping(place);
                return (vec![list, map], gives);
            }
            (Freight::Load, 82..88) => (self.taking_over(), load),
            (Freight::Load, 88..91) => (self.playing(), load),
            (Freight::Load, 91..) if self.may_wait(place) => (Stage::Wait, Freight::Pair),
            (Freight::List, 16..60) if may_group => self.mapping(place),
            (Freight::Route | Freight::Pair | Freight::Both, 40..) => {
                (self.routing(place, takes), load)
            }
            _ => (self.closing(takes), load),
        };
        (vec![stage], gives)
    }

    fn node(&mut self, kind: Kind) -> Stage {
        Stage::Node(self.place(Some(kind)))
    }

    /// The place of a new node; of a simple one, if its kind does not matter.
    fn place(&mut self, kind: Option<Kind>) -> usize {
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
    fn closing(&mut self, takes: Freight) -> Stage {
        let kind = match takes {
            Freight::Load => self.simple(),
            Freight::Carton => Kind::Unpacker,
            Freight::Route => Kind::Reader,
            joined => Kind::Tie(joined),
        };
        self.node(kind)
    }

    /// A kind from load to load. A function is a node once, and none of a flow that is played.
    fn simple(&mut self) -> Kind {
        loop {
            let kind = self.dice.pick(&Kind::ALL);
            let habits = kind.habits();
            let fits = (habits.takes, habits.gives) == (Freight::Load, Freight::Load);
            let is_free = self.plays.is_some() && !self.nodes.contains(&kind);
            if fits && (habits.function.is_none() || is_free) {
                return kind;
            }
        }
    }

    /// A flow that stands as a node, of which there are some; or else a node.
    fn playing(&mut self) -> Stage {
        let kind = self.play();
        Stage::Node(self.place(kind))
    }

    fn play(&mut self) -> Option<Kind> {
        let plays = self.plays.as_mut().filter(|plays| plays.len() < 2)?;
        plays.push(play(self.dice, plays.len()));
        Some(Kind::Play(plays.len() - 1))
    }

    /// A stage from a load to anything.
    fn giving(&mut self, place: Place, gives: Freight) -> Stage {
        match gives {
            Freight::Carton => self.node(Kind::Packer),
            joined => self.joined(place, Freight::Load, joined),
        }
    }

    fn meeting(&mut self, place: Place, takes: Freight) -> (Stage, Freight) {
        let most = if place.depth + 1 < DEPTH {
            MET.len()
        } else {
            SHALLOW
        };
        let gives = self.dice.pick(&MET[..most]);
        (self.joined(place, takes, gives), gives)
    }

    /// A group with its join.
    fn joined(&mut self, place: Place, takes: Freight, gives: Freight) -> Stage {
        let (joining, inputs) = self.inputs(place, gives);
        let inside = Place {
            is_alone: true,
            ..place.deeper()
        };
        let branches = inputs.into_iter();
        let branches = branches
            .map(|gives| self.chain(Vec::new(), inside, takes, gives))
            .collect();
        Stage::Meet(Meet {
            joining,
            branches,
            name: String::new(),
            number: 0,
        })
    }

    /// A join that gives this, and what its branches give.
    fn inputs(&mut self, place: Place, gives: Freight) -> (Joining, Vec<Freight>) {
        let (load, pair) = (Freight::Load, Freight::Pair);
        let several = self.dice.within(2, 3);
        let quorum = Joining::Quorum(self.dice.within(1, several));
        match gives {
            Freight::Pair if place.depth + 1 < DEPTH && self.dice.chance(20) => {
                (Joining::Race, vec![pair; 2])
            }
            Freight::Pair => (Joining::Join, vec![load; 2]),
            Freight::Triple => (Joining::Join, vec![load; 3]),
            Freight::Mixed => (Joining::Join, vec![load, Freight::Carton]),
            Freight::Nested => (Joining::Join, vec![pair, load]),
            Freight::List => (quorum, vec![load; several]),
            Freight::Pairs => (quorum, vec![pair; several]),
            Freight::Both => (Joining::Settle, vec![load; 2]),
            Freight::Each => (Joining::Settle, vec![load; 3]),
            Freight::Deep => (Joining::Settle, vec![pair, Freight::List]),
            Freight::Load | Freight::Carton | Freight::Route | Freight::Verdicts => {
                (Joining::Race, vec![load; several])
            }
        }
    }

    /// A node, and others that take over from it, in the end perhaps one that is told why.
    fn taking_over(&mut self) -> Stage {
        let played = self.dice.chance(20).then(|| self.play()).flatten();
        let mut nodes = vec![self.place(played)];
        for _ in 0..self.dice.pick(&[0, 1, 1, 2]) {
            nodes.push(self.place(None));
        }
        if nodes.len() == 1 || self.dice.chance(50) {
            nodes.push(self.place(Some(Kind::Mender)));
        }
        Stage::Else(nodes)
    }

    /// A map of a list, and what comes out of it.
    fn mapping(&mut self, place: Place) -> (Stage, Freight) {
        let (load, list) = (Freight::Load, Freight::List);
        let several = self.dice.within(1, 2);
        let (joining, gives) = match self.dice.below(10) {
            0..6 if !place.is_alone => (None, load),
            0..6 => (Some(Joining::Join), list),
            6..8 => (Some(Joining::Settle), Freight::Verdicts),
            8 => (Some(Joining::Quorum(several)), list),
            _ => (Some(Joining::Race), load),
        };
        let inside = Place {
            is_alone: true,
            is_first: false,
            ..place.deeper()
        };
        let first = self.opening(inside, load);
        let map = Map {
            chain: self.chain(first, inside, load, load),
            at_once: self.dice.pick(&[1, 2, 8]),
            joining,
            names: Default::default(),
            number: 0,
        };
        (Stage::Map(map), gives)
    }

    fn group(&mut self, place: Place) -> Stage {
        let (load, place) = (Freight::Load, place.deeper());
        let branches = 0..self.dice.within(1, 3);
        Stage::Group(
            branches
                .map(|_| self.chain(Vec::new(), place, load, load))
                .collect(),
        )
    }

    fn routing(&mut self, place: Place, takes: Freight) -> Stage {
        let patterns = self.patterns(takes);
        let last = patterns.len() - 1;
        let arms = patterns.into_iter().enumerate().map(|(number, pattern)| {
            let is_rest = number == last && pattern == Pattern::Any;
            let rule = match is_rest && takes != Freight::Load {
                true => Rule {
                    pattern,
                    passes: Passes::Whole,
                },
                false => self.rule(pattern),
            };
            self.arm(place, takes, rule)
        });
        let mut arms: Vec<_> = arms.collect();
        if self.dice.chance(25) {
            // Some arms lead to one node.
            let shared = self.closing(Freight::Load);
            let sharing = arms.iter_mut().rev().take(2);
            sharing.for_each(|arm| arm.chain.push(shared.clone()));
        }
        Stage::Match(arms)
    }

    fn rule(&mut self, pattern: Pattern) -> Rule {
        let all = [Passes::Whole, Passes::Bound, Passes::Marked];
        let passes = self.dice.pick(&all);
        Rule { pattern, passes }
    }

    /// The patterns of a `match`, of which the last one takes what is left.
    fn patterns(&mut self, takes: Freight) -> Vec<Pattern> {
        let way = self.dice.below(4) as u8;
        let (some, last) = match takes {
            Freight::Route => (
                vec![Pattern::FarOdd, Pattern::Near, Pattern::Far],
                Pattern::Any,
            ),
            Freight::Pair => (
                vec![Pattern::PairLeans(way)],
                self.dice.pick(&[Pattern::Pair, Pattern::Any]),
            ),
            Freight::Both => (vec![Pattern::BothWell, Pattern::OneWell], Pattern::Any),
            _ => (vec![Pattern::Calm, Pattern::Leans(way)], Pattern::Any),
        };
        let some = some.into_iter().filter(|_| self.dice.chance(70));
        some.chain([last]).collect()
    }

    fn arm(&mut self, place: Place, takes: Freight, rule: Rule) -> Arm {
        let first = match rule.passes {
            Passes::Whole => self.opening(place, takes),
            // An expression is passed to a node.
            _ => vec![self.closing(Freight::Load)],
        };
        let chain = self.chain(first, place, rule.gives(takes), Freight::Load);
        Arm { rule, chain }
    }

    /// Some arms, loops and maps begin with a join, or they would be rare in them.
    fn opening(&mut self, place: Place, takes: Freight) -> Chain {
        if takes != Freight::Load || place.depth >= DEPTH || self.dice.chance(70) {
            return Vec::new();
        }
        let (stage, gives) = self.meeting(place, takes);
        vec![stage, self.closing(gives)]
    }

    fn looping(&mut self, place: Place) -> Stage {
        let (load, place) = (Freight::Load, place.in_loop());
        let mut heads = vec![self.place(None)];
        if self.dice.chance(30) {
            // It is told of a budget that is used up, and a load that says so leaves the loop.
            heads.push(self.place(Some(Kind::Mender)));
        }
        let mut body = self.opening(place, load);
        if self.dice.chance(60) {
            body = self.chain(body, place, load, load);
        }
        let rule = self.rule(Pattern::Round);
        let again = match self.dice.chance(40) {
            true => Arm {
                rule,
                chain: Vec::new(),
            },
            false => self.arm(place, load, rule),
        };
        let rule = self.rule(Pattern::Any);
        let done = self.arm(place, load, rule);
        Stage::Loop(Box::new(Loop {
            heads,
            body,
            again,
            done,
        }))
    }
}
