//! The walk through a tree: through each stage, and on with what comes out of it.

use penguiflow::ErrorKind;

use super::event::{Event, NO_MORE, Token, What};
use super::join::Behind;
use super::step_id::width;
use super::value::Value;
use super::{Failure, Walk};
use crate::drive::PATIENCE;
use crate::generator::{Arm, Chain, Kind, Loop, Stage};
use crate::load::Load;
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
            Stage::Else(nodes) => self.take_over(nodes, token),
            Stage::Wait => vec![wait(token)],
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
            Stage::Meet(meet) => {
                let branches =
                    self.in_branches(meet.joining, |walk| walk.branches(&meet.branches, &token));
                let step = token.step.joined(meet.number);
                let behind = Behind::of(&meet.name, token, step);
                self.meet(meet.joining, branches, &behind)
            }
            Stage::Match(arms) => {
                let arms = arms.iter();
                let mut taken = arms.filter_map(|arm| Some((arm, taken_by(arm, &token)?)));
                let (arm, token) = taken.next().expect("a `match` is exhaustive");
                self.chain(&arm.chain, token)
            }
            Stage::Loop(round) => self.go_round(round, token),
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
    fn take_over(&mut self, nodes: &[usize], token: Token) -> Vec<Event> {
        let (node, others) = (nodes[0], &nodes[1..]);
        let mut events = self.visit(node, token.clone());
        let failed = |event: &Event| match &event.what {
            What::Lost(loss) => loss.failure.clone(),
            _ => None,
        };
        if let (Some(last), false) = (events.last(), others.is_empty())
            && let Some(failure) = failed(last)
        {
            let time = last.time;
            let step = token.step.behind();
            events.pop();
            events.extend(self.mend(
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

    /// Goes on with the nodes that take over from one that failed, or from a loop.
    fn mend(&mut self, others: &[usize], mut token: Token, failure: &Failure) -> Vec<Event> {
        if self.plan.nodes[others[0]] == Kind::Mender {
            let told = told(failure.kind, &failure.node, failure.attempts);
            token.value = Value::Load(token.value.tied().mended(&told));
        }
        self.take_over(others, token)
    }

    fn go_round(&mut self, round: &Loop, token: Token) -> Vec<Event> {
        let begun = self.take_over(&round.heads, token);
        self.behind_head(round, begun)
    }

    fn behind_head(&mut self, round: &Loop, begun: Vec<Event>) -> Vec<Event> {
        let through = onward(begun, |token| self.chain(&round.body, token));
        onward(through, |token| match taken_by(&round.again, &token) {
            None => {
                let token = taken_by(&round.done, &token).expect("a `match` is exhaustive");
                self.chain(&round.done.chain, token)
            }
            Some(token) => {
                let again = self.chain(&round.again.chain, token);
                onward(again, |token| self.next_round(round, token))
            }
        })
    }

    /// Begins again, if there is a round left. If not, and if something takes over from the
    /// loop, that goes on in its place.
    fn next_round(&mut self, round: &Loop, token: Token) -> Vec<Event> {
        match (self.exhausted(&token), &round.heads[1..]) {
            _ if self.is_too_long() => Vec::new(),
            (None, _) => {
                let rounds = token.rounds + 1;
                self.go_round(round, Token { rounds, ..token })
            }
            (Some(failure), []) => vec![token.lost(Some(failure))],
            // Once is enough.
            (Some(failure), _) if token.rounds == NO_MORE => vec![token.lost(Some(failure))],
            (Some(failure), others) => {
                let rounds = NO_MORE;
                let begun = self.mend(others, Token { rounds, ..token }, &failure);
                self.behind_head(round, begun)
            }
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

/// A trace that waits is given a load after some time, and hands both on.
fn wait(token: Token) -> Event {
    let given = Value::Load(Load::given());
    Token {
        value: Value::Many(vec![token.value, given]),
        time: token.time.and(PATIENCE.as_millis() as u64),
        step: token.step.behind().behind(),
        from: "await Load".to_owned(),
        ..token
    }
    .came()
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
