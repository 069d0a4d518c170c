//! Draws the loops of a tree at random: what there is in a round, and the arms that lead back.

use super::generate_tree::TreeGenerator;
use super::position::{DEPTH, Place};
use super::{Arm, Chain, EdgeType, Join, JoinKind, Loop, NodeKind, Pattern, Stage};

impl TreeGenerator<'_> {
    pub(super) fn looping(&mut self, place: Place) -> Stage {
        let mut heads = vec![self.place(None)];
        if self.rng.chance(30) {
            // It takes the failure of a used-up budget; a load that says so leaves the loop.
            heads.push(self.place(Some(NodeKind::Mender)));
        }
        let body = match !place.is_alone && place.depth < DEPTH && self.rng.chance(40) {
            true => self.rounds_with_a_join_that_is_left(place.in_loop(heads[0])),
            false => self.rounds(place, heads[0]),
        };
        Stage::Loop(Loop { heads, body })
    }

    /// What there is in a round, and a `match` that leads back: also to the head of the loop around
    /// this one, which crosses it then.
    fn rounds(&mut self, around: Place, head: usize) -> Chain {
        let (load, place) = (EdgeType::Load, around.in_loop(head));
        let mut body = self.opening(place, load);
        if self.room > 0 && self.rng.chance(25) {
            body.push(self.looping(place));
        } else if self.rng.chance(60) {
            body = self.chain(body, place, load, load);
        }
        let mut arms = vec![self.back(place, Pattern::Round, head)];
        if let Some(outer) = around.head.filter(|_| self.rng.chance(60)) {
            let way = self.rng.below(4) as u8;
            arms.push(self.back(place, Pattern::Leans(way), outer));
        }
        let rule = self.rule(Pattern::Any);
        arms.push(self.arm(place, load, rule));
        body.push(Stage::Match(arms));
        body
    }

    /// An arm that leads back to a head, by itself or after some stages.
    fn back(&mut self, place: Place, pattern: Pattern, head: usize) -> Arm {
        let rule = self.rule(pattern);
        let mut arm = match self.rng.chance(40) {
            true => Arm {
                rule,
                chain: Vec::new(),
            },
            false => self.arm(place, EdgeType::Load, rule),
        };
        arm.chain.push(Stage::Back(head));
        arm
    }

    /// A join, from whose branches arms lead back to where they part.
    fn rounds_with_a_join_that_is_left(&mut self, place: Place) -> Chain {
        let (load, inside) = (EdgeType::Load, place.deeper());
        let mut branches = Vec::new();
        for is_left in [true, self.rng.chance(40)] {
            let first = vec![self.closing(load)];
            let mut branch = self.chain(first, inside, load, load);
            if let Some(head) = place.head.filter(|_| is_left) {
                // No join stands on the way out: its branches would part on one of this join.
                let back = Arm {
                    rule: self.rule(Pattern::Round),
                    chain: vec![self.closing(load), Stage::Back(head)],
                };
                let rule = self.rule(Pattern::Any);
                branch.push(Stage::Match(vec![back, self.arm(inside, load, rule)]));
            }
            branches.push(branch);
        }
        let join = Stage::Join(Join {
            kind: JoinKind::Join,
            branches,
            name: String::new(),
            number: 0,
        });
        vec![join, self.closing(EdgeType::Pair)]
    }
}
