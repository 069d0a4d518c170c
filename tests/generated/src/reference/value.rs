//! What travels along edges, as the reference sees it, and what patterns say of it.

use super::Failure;
use crate::generator::{MARK, Passes, Pattern, Rule};
use crate::load::{Load, Mood};
use crate::parts::told;
use crate::route::Route;

/// A payload of any type.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Load(Load),
    Route(Route),
    /// A tuple or a `Vec`, of what was in cartons too.
    Many(Vec<Self>),
    Failed(Failure),
}

/// What goes on after an `await`.
pub(super) fn pair_with_given(value: Value) -> Value {
    Value::Many(vec![value, Value::Load(Load::given())])
}

impl Value {
    /// One load of all.
    pub(super) fn tied(&self) -> Load {
        match self {
            Self::Load(load) => load.clone(),
            Self::Route(route) => route.load().clone(),
            Self::Many(_) | Self::Failed(_) => {
                let mut parts = Vec::new();
                self.add_to(&mut parts);
                Load::tied(&parts)
            }
        }
    }

    fn add_to(&self, parts: &mut Vec<Result<Load, String>>) {
        match self {
            Self::Many(many) => many.iter().for_each(|value| value.add_to(parts)),
            Self::Failed(failure) => {
                parts.push(Err(told(failure.kind, &failure.node, failure.attempts)));
            }
            Self::Load(_) | Self::Route(_) => parts.push(Ok(self.tied())),
        }
    }

    /// What an arm with this rule passes on, if it takes the value.
    pub(super) fn by(&self, rule: Rule) -> Option<Self> {
        let bound = self.bound(rule.pattern)?;
        Some(match rule.passes {
            Passes::Whole => self.clone(),
            Passes::Bound => Self::Load(bound),
            Passes::Marked => Self::Load(bound.past(MARK)),
        })
    }

    /// The load that a pattern binds, if it takes the value.
    fn bound(&self, pattern: Pattern) -> Option<Load> {
        let load = self.tied();
        match (pattern, self) {
            (Pattern::Any, _) => Some(load),
            (Pattern::Calm, _) => (load.mood == Mood::Calm).then_some(load),
            (Pattern::Leans(way), _) => load.leans(way).then_some(load),
            (Pattern::Round, _) => load.goes_round().then_some(load),
            (Pattern::Near, Self::Route(Route::Near(load))) => Some(load.clone()),
            (Pattern::Far, Self::Route(Route::Far { load, .. })) => Some(load.clone()),
            (Pattern::FarOdd, Self::Route(Route::Far { load, odd: true })) => Some(load.clone()),
            (_, Self::Many(two)) => of_two(pattern, &two[0], &two[1]),
            _ => None,
        }
    }
}

/// The load that a pattern binds of two values.
fn of_two(pattern: Pattern, one: &Value, other: &Value) -> Option<Load> {
    let failed = |value: &Value| matches!(value, Value::Failed(_));
    match (pattern, failed(one), failed(other)) {
        (Pattern::PairLeans(way), ..) => Some(one.tied()).filter(|load| load.leans(way)),
        (Pattern::Pair, ..) => Some(other.tied()),
        (Pattern::BothWell, false, false) => Some(one.tied()),
        (Pattern::OneWell, false, true) => Some(one.tied()),
        (Pattern::OneWell, true, false) => Some(other.tied()),
        _ => None,
    }
}
