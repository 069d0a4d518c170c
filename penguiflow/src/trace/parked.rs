//! Steps that wait for a value from outside: as data, without clock or task.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::course::{Course, Floe, StepId};
use crate::clock;
use crate::error::{ErrorKind, FlowError, NodeError};
use crate::join::{AwaitInfo, Given, Meeting};
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
pub(super) struct Waiting<Step> {
    floe: Floe<Step>,
    /// The time that the flow gives it, and the message's deadline.
    #[serde(with = "clock::as_wall")]
    patience: Option<Instant>,
}

/// What became of a step that waited too long.
pub(super) enum Expired<Step> {
    /// Another one takes over.
    TakenOver(Floe<Step>),
    /// The path failed.
    Lost(Course, NodeError),
    /// The message's deadline passed, and the trace is over.
    Late(Course, NodeError),
}

impl<Step: Meeting> Waiting<Step> {
    pub(super) fn since(now: Instant, floe: Floe<Step>) -> Self {
        let mut waiting = Self {
            floe,
            patience: None,
        };
        let within = waiting.place().within;
        waiting.patience = within.and_then(|within| now.checked_add(within));
        waiting
    }

    fn place(&self) -> &'static AwaitInfo {
        let number = self.floe.step.parked();
        &Step::AWAITS[number.unwrap_or_default() as usize]
    }

    pub(super) fn course(&self) -> &Course {
        &self.floe.course
    }

    /// When it stops waiting.
    pub(super) fn until(&self) -> Option<Instant> {
        let deadline = self.floe.course.envelope.deadline;
        self.patience.into_iter().chain(deadline).min()
    }

    pub(super) fn seen(&self) -> Parked {
        let place = self.place();
        Parked {
            trace_id: self.floe.course.envelope.trace_id,
            step: self.floe.course.id,
            node: place.name,
            awaited: place.awaited,
            until: self.until(),
        }
    }

    /// What tells whether it waits for a value.
    pub(super) fn test(&self) -> fn(&Given) -> bool {
        self.place().takes
    }

    /// Whether this is the step, if one is named, and it waits for such a value.
    pub(super) fn takes(&self, step: Option<StepId>, given: &Given) -> bool {
        step.is_none_or(|step| step == self.floe.course.id) && (self.place().takes)(given)
    }

    /// The step that goes on with the value.
    pub(super) fn resume(self, given: Given) -> Result<Floe<Step>, Given> {
        let Floe { mut course, step } = self.floe;
        let step = step.resume(given).map_err(|(_, given)| given)?;
        course.follow();
        Ok(Floe { course, step })
    }

    /// The error of a trace that ends while it waits.
    pub(super) fn left(&self) -> FlowError {
        let reason = "is still parked".to_owned();
        let (course, place) = (&self.floe.course, self.place());
        FlowError::new(ErrorKind::Unjoined, &course.envelope, reason).at(place.name, 0)
    }

    pub(super) fn expire(self, now: Instant) -> Expired<Step> {
        let place = self.place();
        let Floe { mut course, step } = self.floe;
        if course
            .envelope
            .deadline
            .is_some_and(|deadline| deadline <= now)
        {
            let reason = "was left waiting, for the message's deadline passed";
            let error = late(
                ErrorKind::DeadlineExceeded,
                &course,
                place,
                reason.to_owned(),
            );
            return Expired::Late(course, error);
        }
        let within = place.within.unwrap_or(Duration::ZERO);
        let reason = format!("was given nothing within {within:?}");
        let error = late(ErrorKind::TimedOut, &course, place, reason);
        match step.expire(error) {
            Ok(step) => {
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
