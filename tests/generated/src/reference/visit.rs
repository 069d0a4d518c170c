//! One visit of a node: its attempts, and what it comes to.

use penguiflow::ErrorKind;

use super::event::{Event, Token, What};
use super::value::{Value, pair_with_given};
use super::{Attempt, Failure, Walk};
use crate::action::{Effect, action_of};
use crate::generator::{NodeKind, NodeTraits};
use crate::route::Route;

impl Walk<'_> {
    pub(super) fn visit(&mut self, node: usize, mut token: Token) -> Vec<Event> {
        let plan = self.plan;
        if let Some(place) = plan.nodes[node].played() {
            return self.play(node, &plan.plays[place], token);
        }
        let (kind, label) = (plan.nodes[node], plan.label(node));
        let traits = kind.traits();
        let load = token.value.tied();
        if traits.limit.is_some() && token.is_among_others {
            // It may have to wait for the others.
            token.time = token.time.or_later();
        }
        let step = token.step.next();
        token.step = token.step.behind();
        let mut events = Vec::new();
        let mut attempts = 0;
        let effect = loop {
            let action = action_of(kind, label, &load, attempts);
            events.push(token.time.of(What::Ran(Attempt {
                node: label,
                attempt: attempts,
                step,
            })));
            attempts += 1;
            token.time = token.time.and(match action.effect {
                Effect::Stall => NodeTraits::TIMEOUT_MS,
                _ => action.time.as_millis() as u64,
            });
            if !is_tried_again(action.effect, &traits, attempts) {
                break action.effect;
            }
            token.time = token.time.and(traits.wait(attempts));
        };
        self.attempts += events.len();
        token.from = self.plan.name(node);
        events.extend(match failure(effect) {
            Some(kind) => {
                let node = token.from.clone();
                let failure = Failure {
                    kind,
                    node,
                    attempts,
                    again: may_help(effect, &traits),
                };
                vec![token.lost(Some(failure))]
            }
            None if effect == Effect::End => vec![token.lost(None)],
            None => {
                if traits.stamps {
                    token.stamps.set(label);
                }
                let load = load.past(label);
                token.value = match kind {
                    NodeKind::Sorter => Value::Route(Route::of(load)),
                    NodeKind::Lister => {
                        Value::Many(load.items().into_iter().map(Value::Load).collect())
                    }
                    NodeKind::StandIn | NodeKind::ToldStandIn => pair_with_given(Value::Load(load)),
                    _ => Value::Load(load),
                };
                match effect {
                    Effect::Leave => token.left().into(),
                    _ => vec![token.came()],
                }
            }
        });
        events
    }
}

fn is_tried_again(effect: Effect, traits: &NodeTraits, attempts: u32) -> bool {
    may_help(effect, traits) && attempts <= traits.retries
}

/// Whether another attempt may come to something else: the node's own, or a new run of its flow.
fn may_help(effect: Effect, traits: &NodeTraits) -> bool {
    match effect {
        Effect::Fail { again } => again || traits.stubborn,
        Effect::Stall => true,
        _ => false,
    }
}

fn failure(effect: Effect) -> Option<ErrorKind> {
    match effect {
        Effect::Fail { .. } => Some(ErrorKind::Failed),
        Effect::Stall => Some(ErrorKind::TimedOut),
        Effect::Panic => Some(ErrorKind::Panicked),
        Effect::Pass | Effect::End | Effect::Leave => None,
    }
}
