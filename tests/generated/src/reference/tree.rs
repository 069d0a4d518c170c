//! The walk through a tree: through each stage, and on with what comes out of it.

use penguiflow::ErrorKind;

use super::event::{Event, NO_MORE, Token, What};
use super::step_id::width;
use super::value::{Value, pair_with_given};
use super::{Failure, Timing, Walk};
use crate::drive::RESUME_DELAY;
use crate::generator::{Arm, Await, Chain, Loop, NodeKind, Stage};
use crate::parts::told;

impl Walk<'_> {
    pub(super) fn chain(&mut self, chain: &[Stage], token: Token) -> Vec<Event> {
        let begun = vec![token.came()];
        chain.iter().fold(begun, |events, stage| {
            onward(events, |token| self.stage(stage, token))
        })
    }

    fn stage(&mut self, stage: &Stage, token: Token) -> Vec<Event> {
        if self.is_too_long() {
            return Vec::new();
        }
        match stage {
            Stage::Node(node) => self.visit(*node, token),
            Stage::HandOn => vec![token.came()],
            Stage::Fallback(nodes) => self.visit_or_fall_back(nodes, token),
            Stage::Await(place) => self.park(*place, token),
            Stage::Map(map) => self.map(map, token),
            Stage::Group(branches) => {
                let is_among_others = token.is_among_others || branches.len() > 1;
                let token = Token {
                    is_among_others,
                    ..token
                };
                self.branches(branches, &token)
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Stage::Join(join) => {
                let branches =
                    self.in_branches(join.kind, |walk| walk.branches(&join.branches, &token));
                let step = token.step.joined(join.number);
                let behind = self.behind(&join.name, token, step);
                self.meet(join.kind, branches, &behind)
            }
            Stage::Match(arms) => {
                let arms = arms.iter();
                let mut taken = arms.filter_map(|arm| Some((arm, taken_by(arm, &token)?)));
                let (arm, token) = taken.next().expect("a `match` is exhaustive");
                self.chain(&arm.chain, token)
            }
            Stage::Loop(round) => self.loop_rounds(round, token),
            Stage::Back(head) => vec![token.back(*head)],
        }
    }

    /// Branches that set out side by side, each by as many ways as it begins with.
    pub(super) fn branches(&mut self, branches: &[Chain], token: &Token) -> Vec<Vec<Event>> {
        let mut places = 0;
        let branches = branches.iter().map(|branch| {
            let mut token = token.clone();
            if places > 0 {
                token.step = token.step.beside(places);
            }
            places += width(branch, &token);
            self.chain(branch, token)
        });
        branches.collect()
    }

    /// Visits a node; if it fails, the next one takes over, and so on.
    fn visit_or_fall_back(&mut self, nodes: &[usize], token: Token) -> Vec<Event> {
        let (node, others) = (nodes[0], &nodes[1..]);
        let mut events = self.visit(node, token.clone());
        let failed = |event: &Event| match &event.what {
            What::Lost(loss) => loss.failure.clone(),
            _ => None,
        };
        if let (Some(last), false) = (events.last(), others.is_empty())
            && let Some(failure) = failed(last)
            && self.may_fall_back(node, &failure)
        {
            let time = last.time;
            let step = token.step.behind();
            events.pop();
            events.extend(self.fall_back(
                others,
                Token {
                    time,
                    step,
                    ..token
                },
                &failure,
            ));
        }
        events
    }

    /// Whether the node lets another one take over: one that decides does so for its own errors.
    fn may_fall_back(&self, node: usize, failure: &Failure) -> bool {
        let is_picky = self.plan.nodes[node].traits().picky;
        !is_picky || failure.again || failure.kind != ErrorKind::Failed
    }

    /// Goes on with the nodes that take over from one that failed, or from a loop.
    fn fall_back(&mut self, others: &[usize], mut token: Token, failure: &Failure) -> Vec<Event> {
        if let NodeKind::Mender | NodeKind::ToldStandIn = self.plan.nodes[others[0]] {
            let told = told(failure.kind, &failure.node, failure.attempts);
            token.value = Value::Load(token.value.tied().mended(&told));
        }
        self.visit_or_fall_back(others, token)
    }

    fn loop_rounds(&mut self, round: &Loop, mut token: Token) -> Vec<Event> {
        // The next round may begin beside this one.
        token.is_among_others |= round.is_left_from_a_join();
        self.round(round, token)
    }

    fn round(&mut self, round: &Loop, token: Token) -> Vec<Event> {
        let begun = self.visit_or_fall_back(&round.heads, token);
        self.behind_head(round, begun)
    }

    fn behind_head(&mut self, round: &Loop, begun: Vec<Event>) -> Vec<Event> {
        let through = onward(begun, |token| self.chain(&round.body, token));
        let events = through.into_iter().flat_map(|event| match event.what {
            What::Back(head, token) if head == round.heads[0] => self.next_round(round, token),
            what => vec![event.time.of(what)],
        });
        events.collect()
    }

    /// Begins again, if there is a round left. If not, and if something takes over from the
    /// loop, that goes on in its place.
    fn next_round(&mut self, round: &Loop, token: Token) -> Vec<Event> {
        match (self.exhausted(&token), &round.heads[1..]) {
            _ if self.is_too_long() => Vec::new(),
            (None, _) => {
                let rounds = token.rounds + 1;
                self.round(round, Token { rounds, ..token })
            }
            (Some(failure), []) => vec![token.lost(Some(failure))],
            // Once is enough.
            (Some(failure), _) if token.rounds == NO_MORE => vec![token.lost(Some(failure))],
            (Some(failure), others) => {
                let rounds = NO_MORE;
                let begun = self.fall_back(others, Token { rounds, ..token }, &failure);
                self.behind_head(round, begun)
            }
        }
    }

    /// A trace that waits is given a load after some time, and hands both on. Where that is too
    /// long, its path fails, or goes on with what takes over.
    fn park(&mut self, place: Await, token: Token) -> Vec<Event> {
        let from = AWAIT.to_owned();
        match place.within {
            Some(within) if self.is_too_late(within) => {
                let (time, step) = (token.time.and(within), token.step.behind());
                let (token, failure) = (
                    Token {
                        time,
                        from,
                        ..token
                    },
                    waited_too_long(),
                );
                match place.fallback {
                    None => vec![token.lost(Some(failure))],
                    Some(node) => self.fall_back(&[node], Token { step, ..token }, &failure),
                }
            }
            _ => {
                let given = Token {
                    value: pair_with_given(token.value),
                    time: token.time.and(RESUME_DELAY.as_millis() as u64),
                    step: token.step.behind().behind(),
                    from,
                    ..token
                };
                vec![given.came()]
            }
        }
    }

    fn is_too_late(&mut self, within: u64) -> bool {
        match self.timing {
            Timing::Exact => u128::from(within) < RESUME_DELAY.as_millis(),
            Timing::Any => self.choices.choose(2) == 1,
        }
    }

    /// What is wrong with one more round, if no round is left.
    pub(super) fn exhausted(&self, token: &Token) -> Option<Failure> {
        (token.rounds.saturating_add(1) >= self.hops.count()).then(|| Failure {
            kind: ErrorKind::BudgetExhausted,
            node: token.from.clone(),
            attempts: 0,
            again: false,
        })
    }
}

const AWAIT: &str = "await Load";

fn waited_too_long() -> Failure {
    Failure {
        kind: ErrorKind::TimedOut,
        node: AWAIT.to_owned(),
        attempts: 0,
        again: true,
    }
}

pub(super) fn taken_by(arm: &Arm, token: &Token) -> Option<Token> {
    let value = token.value.by(arm.rule)?;
    Some(Token {
        value,
        ..token.clone()
    })
}

/// Goes on with every message that came, and keeps all else.
pub(super) fn onward(events: Vec<Event>, mut go: impl FnMut(Token) -> Vec<Event>) -> Vec<Event> {
    let events = events.into_iter();
    events
        .flat_map(|event| match event.what {
            What::Came(token) => go(token),
            what => vec![event.time.of(what)],
        })
        .collect()
}
