//! One visit of a node: its attempts, and what it comes to.

use penguiflow::ErrorKind;

use super::event::{Event, Token, What};
use super::value::Value;
use super::{Attempt, Failure, Walk};
use crate::action::{Act, deed};
use crate::generator::{Habits, Kind};
use crate::route::Route;

impl Walk<'_> {
    pub(super) fn visit(&mut self, node: usize, mut token: Token) -> Vec<Event> {
        let plan = self.plan;
        if let Kind::Play(place) = plan.nodes[node] {
            return self.play(node, &plan.plays[place], token);
        }
        let (kind, label) = (plan.nodes[node], plan.label(node));
        let habits = kind.habits();
        let load = token.value.tied();
        if habits.limit.is_some() && token.is_among_others {
            // It may have to wait for the others.
            token.time = token.time.or_later();
        }
        let step = token.step.next();
        token.step = token.step.behind();
        let mut events = Vec::new();
        let mut attempts = 0;
        let act = loop {
            let deed = deed(kind, label, &load, attempts);
            events.push(token.time.of(What::Ran(Attempt {
                node: label,
                attempt: attempts,
                step,
            })));
            attempts += 1;
            token.time = token.time.and(match deed.act {
                Act::Stall => Habits::TIMEOUT_MS,
                _ => deed.time.as_millis() as u64,
            });
            if !is_tried_again(deed.act, &habits, attempts) {
                break deed.act;
            }
            token.time = token.time.and(habits.wait(attempts));
        };
        self.attempts += events.len();
        token.from = self.plan.name(node);
        events.extend(match failure(act) {
            Some(kind) => {
                let node = token.from.clone();
                let failure = Failure {
                    kind,
                    node,
                    attempts,
                    again: may_help(act, &habits),
                };
                vec![token.lost(Some(failure))]
            }
            None if act == Act::End => vec![token.lost(None)],
            None => {
                if habits.stamps {
                    token.topic = Some(label.to_string());
                }
                let load = load.past(label);
                token.value = match kind {
                    Kind::Sorter => Value::Route(Route::of(load)),
                    Kind::Lister => {
                        Value::Many(load.items().into_iter().map(Value::Load).collect())
                    }
                    _ => Value::Load(load),
                };
                match act {
                    Act::Leave => token.left().into(),
                    _ => vec![token.came()],
                }
            }
        });
        events
    }
}

fn is_tried_again(act: Act, habits: &Habits, attempts: u32) -> bool {
    may_help(act, habits) && attempts <= habits.retries
}

/// Whether another attempt may come to something else: the node's own, or a new run of its flow.
fn may_help(act: Act, habits: &Habits) -> bool {
    match act {
        Act::Fail { again } => again || habits.stubborn,
        Act::Stall => true,
        _ => false,
    }
}

fn failure(act: Act) -> Option<ErrorKind> {
    match act {
        Act::Fail { .. } => Some(ErrorKind::Failed),
        Act::Stall => Some(ErrorKind::TimedOut),
        Act::Panic => Some(ErrorKind::Panicked),
        Act::Pass | Act::End | Act::Leave => None,
    }
}
