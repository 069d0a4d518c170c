//! A playbook: a visit whose attempts are runs of another flow, with rounds of its own.

use super::event::{Event, Time, Token, What};
use super::value::Value;
use super::{Failure, Hops, Walk};
use crate::generator::{HOPS, Plan};

/// What a run came to.
enum End {
    /// To an output, or to none.
    Well(Option<Token>),
    Failed(Failure),
}

impl Walk<'_> {
    pub(super) fn play(&mut self, node: usize, plan: &Plan, mut token: Token) -> Vec<Event> {
        let traits = self.plan.nodes[node].traits();
        let (mut events, mut attempts) = (Vec::new(), 0);
        let end = loop {
            let (run, over, end) = self.run(plan, token.clone());
            events.extend(run);
            attempts += 1;
            token.time = over;
            match end {
                End::Failed(failure) if failure.again && attempts <= traits.retries => {
                    token.time = token.time.and(traits.wait(attempts));
                }
                end => break end,
            }
        };
        token.from = self.plan.name(node);
        token.step = token.step.behind();
        events.push(match end {
            End::Well(None) => token.lost(None),
            End::Well(Some(output)) => {
                token.value = output.value;
                token.stamps = output.stamps;
                token.came()
            }
            End::Failed(failure) => {
                let node = token.from.clone();
                token.lost(Some(Failure {
                    node,
                    attempts,
                    ..failure
                }))
            }
        });
        events
    }

    /// One run: what its nodes did, when it was over, and what it came to.
    fn run(&mut self, plan: &Plan, token: Token) -> (Vec<Event>, Time, End) {
        let mut walk = Walk {
            plan,
            hops: match self.hops {
                Hops::Flow(_) if !plan.in_parentheses => Hops::Flow(HOPS),
                own => own,
            },
            timing: self.timing,
            choices: std::mem::take(&mut self.choices),
            attempts: self.attempts,
            is_borne: false,
        };
        let mut begun = token.clone();
        begun.rounds = 0;
        begun.step = token.step.played(walk.entries(&token));
        let events = walk.chains(&begun);
        let ended = walk.ended(events, token);
        (self.choices, self.attempts) = (walk.choices, walk.attempts);
        ended
    }

    /// The first failure ends a run; without one it is over when all of its paths are.
    fn ended(&mut self, events: Vec<Event>, token: Token) -> (Vec<Event>, Time, End) {
        let (mut done, mut output, mut lost) = (Vec::new(), None, Vec::new());
        let mut over = token.time;
        for Event { time, what } in events {
            match what {
                What::Ran(..) | What::PerhapsRan(..) => {
                    done.push(time.of(what));
                    continue;
                }
                What::Came(Token { value, stamps, .. }) => output = Some((value.tied(), stamps)),
                What::Back(..) => unreachable!("each loop goes on with what comes back to it"),
                What::Left(left) => output = Some((left.load, left.stamps)),
                What::Lost(loss) => lost.extend(loss.failure.map(|failure| (time, failure))),
            }
            over = over.max(time);
        }
        if !lost.is_empty() {
            let times: Vec<_> = lost.iter().map(|(time, _)| *time).collect();
            let (time, failure) = lost.swap_remove(self.first_of(&times));
            return (self.cut(done, time), time, End::Failed(failure));
        }
        let output = output.map(|(load, stamps)| Token {
            value: Value::Load(load),
            stamps,
            ..token
        });
        (done, over, End::Well(output))
    }
}
