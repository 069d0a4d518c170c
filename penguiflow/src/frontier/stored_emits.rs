//! Writing what a step emits, so that a host can keep it apart from the frontier, and reading it back.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tokio::time::Instant;

use super::check::check_emit;
use super::cursor::PendingStep;
use super::outcome::{Again, Emit, Emits, StepEnd};
use super::reliance::{Numbers, Reliance};
use super::step_joins::StepJoins;
use crate::error::NodeError;
use crate::message::{Envelope, StepId, clock};

/// What a step emits, with the parts of the flow that it relies on.
#[derive(Serialize)]
struct StoredEmits<Emit> {
    relies_on: Reliance,
    step: StepId,
    spent: u64,
    #[serde(with = "clock::as_wall_time")]
    at: Instant,
    end: StoredEnd<Emit>,
}

/// The same as it is read: what the flow no longer has is said before a step of it is met.
#[derive(Deserialize)]
#[serde(bound = "Step: StepJoins + Deserialize<'de>, Out: Deserialize<'de>")]
struct ReadEmits<Step, Out> {
    #[serde(default, deserialize_with = "Reliance::read_for::<Step, _>")]
    relies_on: Reliance,
    step: StepId,
    spent: u64,
    #[serde(with = "clock::as_wall_time")]
    at: Instant,
    end: StoredEnd<Emit<Step, Out>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredEnd<Emit> {
    Emitted(Vec<Emit>),
    Again(Box<Again>),
    Failed(Box<(Envelope, NodeError)>),
}

impl<Step: StepJoins + Serialize, Out: Serialize> Serialize for Emits<Step, Out> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = StoredEmits {
            relies_on: self.reliance(),
            step: self.step,
            spent: self.spent,
            at: self.at,
            end: match &self.end {
                StepEnd::Emitted(emits) => StoredEnd::Emitted(emits.iter().collect()),
                StepEnd::Again(again) => StoredEnd::Again(again.clone()),
                StepEnd::Failed(failed) => StoredEnd::Failed(failed.clone()),
            },
        };
        stored.serialize(serializer)
    }
}

impl<'de, Step, Out> Deserialize<'de> for Emits<Step, Out>
where
    Step: StepJoins + Deserialize<'de>,
    Out: Deserialize<'de>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = ReadEmits::<Step, Out>::deserialize(deserializer)?;
        let numbers = stored.relies_on.numbers::<Step>();
        let numbers = numbers.map_err(de::Error::custom)?;
        let end = match stored.end {
            StoredEnd::Emitted(mut emits) => {
                emits.iter_mut().for_each(|emit| emit.renumber(&numbers));
                let checked = emits.iter().enumerate().try_for_each(check_emit);
                checked.map_err(de::Error::custom)?;
                StepEnd::Emitted(emits.into())
            }
            StoredEnd::Again(again) => StepEnd::Again(again),
            StoredEnd::Failed(failed) => StepEnd::Failed(failed),
        };
        Ok(Self {
            end,
            step: stored.step,
            spent: stored.spent,
            at: stored.at,
            node: None,
        })
    }
}

impl<Step, Out> Emit<Step, Out> {
    /// Lets joins have the numbers that they have in the flow as it is now.
    fn renumber(&mut self, numbers: &Numbers) {
        match self {
            Self::Step(PendingStep { cursor, .. }) | Self::End(cursor) | Self::Lost(cursor, _) => {
                cursor.renumber(numbers);
            }
            Self::Items(items) => {
                items.cursor.renumber(numbers);
                items.join = numbers.join(items.join);
            }
            Self::Output(_) => {}
        }
    }
}

impl<Step: StepJoins, Out> Emits<Step, Out> {
    /// The parts of the flow that this relies on.
    fn reliance(&self) -> Reliance {
        let mut relied = Reliance::default();
        let StepEnd::Emitted(emits) = &self.end else {
            return relied;
        };
        for emit in emits.iter() {
            match emit {
                Emit::Step(pending) => {
                    relied.scopes::<Step>(&pending.cursor);
                    relied.step(&pending.step);
                    relied.place::<Step>(pending.step.parked());
                }
                Emit::Items(items) => {
                    relied.scopes::<Step>(&items.cursor);
                    relied.join::<Step>(items.join);
                    items.steps.iter().for_each(|step| relied.step(step));
                }
                Emit::End(cursor) | Emit::Lost(cursor, _) => relied.scopes::<Step>(cursor),
                Emit::Output(_) => {}
            }
        }
        relied
    }
}
