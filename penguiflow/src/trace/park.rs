//! `await T`: a branch waits in the flow's parking lot until it is given a value, or has waited
//! long enough.

use std::any::Any;

use tokio::time::{Instant, timeout_at};

use crate::error::{ErrorKind, FlowError};
use crate::graph::{AwaitInfo, downcast};
use crate::message::clock::has_timers;
use crate::parking::{ParkHook, Wait};
use crate::visit::{Cursor, TraceContext};

/// A branch that is parked, until it goes on or is dropped.
struct ParkedBranch<'t>(&'t TraceContext<'t>);

impl<'t> ParkedBranch<'t> {
    fn new(trace: &'t TraceContext<'t>) -> Self {
        trace.park();
        Self(trace)
    }
}

impl Drop for ParkedBranch<'_> {
    fn drop(&mut self) {
        self.0.unpark();
    }
}

impl Cursor<'_> {
    /// Waits for a `T`. What was parked stays with the caller.
    ///
    /// # Errors
    ///
    /// Of kind `TimedOut` if none was given in time, or `DeadlineExceeded`.
    pub async fn park<T: Any + Send>(&self, place: &'static AwaitInfo) -> Result<T, FlowError> {
        let Some(parking) = self.trace.parking() else {
            let reason =
                "waits for a value, and a flow that is called inside of a node cannot park";
            return Err(self.fails(self.error(ErrorKind::Invalid, reason).at(place.name, 0)));
        };
        let within = place
            .within
            .and_then(|time| Instant::now().checked_add(time));
        let deadline = self.envelope().deadline();
        let until = within.into_iter().chain(deadline).min();
        if until.is_some() && !has_timers() {
            let reason = "needs a tokio runtime for the time that it waits, and there is none here";
            let error = self.error(ErrorKind::NoRuntime, reason);
            return Err(self.fails(error.at(place.name, 0)));
        }
        let flow = parking.hook.map(ParkHook::flow_id);
        let slot = parking.lot.park(self.wait(place, until), flow);
        let given = {
            let _parked = ParkedBranch::new(self.trace);
            match until {
                None => Ok(slot.await),
                Some(at) => Box::pin(timeout_at(at, slot)).await,
            }
        };
        match given.map(downcast) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(_)) => unreachable!("the lot gives what the place takes"),
            Err(_) => Err(self.waited_too_long(place, deadline)),
        }
    }

    fn wait(&self, place: &'static AwaitInfo, until: Option<Instant>) -> Wait {
        Wait {
            trace_id: self.envelope().trace_id,
            step: self.id,
            place,
            until,
        }
    }

    #[cold]
    fn waited_too_long(&self, place: &AwaitInfo, deadline: Option<Instant>) -> FlowError {
        let error = if deadline.is_some_and(|at| at <= Instant::now()) {
            let reason = "was left waiting: the message's deadline passed";
            self.error(ErrorKind::DeadlineExceeded, reason)
        } else {
            let within = place.within.unwrap_or_default();
            let reason = format!("was given nothing within {within:?}");
            self.error(ErrorKind::TimedOut, reason)
        };
        self.fails(error.at(place.name, 0))
    }
}
