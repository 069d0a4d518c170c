//! Steps that wait for a value from outside: as data, without clock or task.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::course::{Course, Floe, StepId};
use super::frontier::{Key, Payloads};
use crate::clock;
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::join::{AwaitInfo, Given};
use crate::trace_id::TraceId;
use crate::type_name::TypeName;

/// A trace that waits for a value at an `await`, seen from outside.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Parked {
    /// The trace.
    pub trace_id: TraceId,
    /// The step that waits: several of a trace may, such as the items of a map.
    pub step: StepId,
    /// Where it waits: `await Approval`.
    pub node: &'static str,
    /// What it waits for.
    pub awaited: TypeName,
    /// When it stops waiting. Serialised as wall time.
    #[serde(with = "clock::as_wall")]
    pub until: Option<Instant>,
}

/// A parked step, and how long it waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Waiting {
    floe: Floe<Key>,
    /// Where it is parked, by its place among the flow's.
    place: u32,
    /// The time that the flow gives it, and the message's deadline.
    #[serde(with = "clock::as_wall")]
    patience: Option<Instant>,
}

/// What became of a step that waited too long.
pub(super) enum Expired {
    /// Another one takes over.
    TakenOver(Floe<Key>),
    /// The path failed.
    Lost(Course, NodeError),
    /// The message's deadline passed, and the trace is over.
    Late(Course, NodeError),
}

/// The places where traces of the flow park.
type Awaits = &'static [AwaitInfo];

impl Waiting {
    pub(super) fn since(now: Instant, floe: Floe<Key>, place: u32, awaits: Awaits) -> Self {
        let mut waiting = Self {
            floe,
            place,
            patience: None,
        };
        let within = waiting.place(awaits).within;
        waiting.patience = within.and_then(|within| now.checked_add(within));
        waiting
    }

    fn place(&self, awaits: Awaits) -> &'static AwaitInfo {
        &awaits[self.place as usize]
    }

    pub(super) fn key(&self) -> Key {
        self.floe.step
    }

    pub(super) fn course(&self) -> &Course {
        &self.floe.course
    }

    pub(super) fn into_course(self) -> Course {
        self.floe.course
    }

    /// When it stops waiting.
    pub(super) fn until(&self) -> Option<Instant> {
        let deadline = self.floe.course.envelope.deadline;
        self.patience.into_iter().chain(deadline).min()
    }

    pub(super) fn seen(&self, awaits: Awaits) -> Parked {
        let place = self.place(awaits);
        Parked {
            trace_id: self.floe.course.envelope.trace_id,
            step: self.floe.course.id,
            node: place.name,
            awaited: place.awaited,
            until: self.until(),
        }
    }

    /// What tells whether it waits for a value.
    pub(super) fn test(&self, awaits: Awaits) -> fn(&Given) -> bool {
        self.place(awaits).takes
    }

    /// Whether this is the step, if one is named, and it waits for such a value.
    pub(super) fn takes(&self, step: Option<StepId>, given: &Given, awaits: Awaits) -> bool {
        step.is_none_or(|step| step == self.floe.course.id) && self.test(awaits)(given)
    }

    /// The step that goes on, once it was given what it waits for.
    pub(super) fn resumed(mut self) -> Floe<Key> {
        self.floe.course.follow();
        self.floe
    }

    /// The error of a trace that ends while it waits.
    pub(super) fn left(&self, awaits: Awaits) -> FlowError {
        let reason = "is still parked".to_owned();
        let (course, place) = (&self.floe.course, self.place(awaits));
        FlowError::new(ErrorKind::Unjoined, &course.envelope, reason).at(place.name, 0)
    }

    pub(super) fn expire(self, now: Instant, held: &mut dyn Payloads) -> Expired {
        let place = self.place(held.awaits());
        let Floe { mut course, step } = self.floe;
        let deadline = course.envelope.deadline;
        if deadline.is_some_and(|deadline| deadline <= now) {
            let reason = "was left waiting, for the message's deadline passed".to_owned();
            let error = late(ErrorKind::DeadlineExceeded, &course, place, reason);
            held.forget(step);
            return Expired::Late(course, error);
        }
        let within = place.within.unwrap_or(Duration::ZERO);
        let reason = format!("was given nothing within {within:?}");
        let error = late(ErrorKind::TimedOut, &course, place, reason);
        match held.expire(step, error) {
            Ok(()) => {
                course.follow();
                Expired::TakenOver(Floe { course, step })
            }
            Err(error) => Expired::Lost(course, error),
        }
    }
}

fn late(kind: ErrorKind, course: &Course, place: &AwaitInfo, reason: String) -> NodeError {
    let error = FlowError::new(kind, &course.envelope, reason).at(place.name, 0);
    NodeError::from(&error)
}
