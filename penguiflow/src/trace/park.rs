//! `await T`: a branch waits in the flow's parking lot until it is given a value, or has waited
//! long enough.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use tokio::time::{Instant, timeout_at};

use crate::error::{ErrorKind, FlowError};
use crate::event::{EventDraft, EventKind, EventSource, Subject};
use crate::graph::{AwaitInfo, downcast};
use crate::message::clock::has_timers;
use crate::node::ParkedPayload;
use crate::parking::{ParkHook, Shown, Wait};
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

/// A place where traces park, and the number of its node.
type At = (u32, &'static AwaitInfo);

impl<'t> Cursor<'t> {
    /// Waits for a `T`. What was parked stays with the caller; others may look at it meanwhile, if the
    /// flow shows it.
    ///
    /// # Errors
    ///
    /// Of kind `TimedOut` if none was given in time, or `DeadlineExceeded`.
    #[inline]
    pub fn park<'c, P: Any, T: Any + Send>(
        &'c self,
        node: u32,
        place: &'static AwaitInfo,
        payload: &mut ParkedPayload<P>,
    ) -> impl Future<Output = Result<T, FlowError>> + use<'c, 't, P, T> {
        // Names the node for a panic of the payload's `Clone` when the trace goes on.
        self.about(node);
        let shown = self.show(place, payload);
        self.wait_for((node, place), shown)
    }

    /// What is shown of a step that parks, if there is anything.
    fn show(&self, place: &AwaitInfo, payload: &mut dyn Any) -> Option<Box<Shown>> {
        let headers = self.envelope().headers();
        let share = place.share.filter(|_| self.trace.flow.shows_payloads);
        if headers.is_empty() && share.is_none() {
            return None;
        }
        Some(Box::new(Shown {
            headers: headers.clone(),
            payload: share.and_then(|share| Some(Arc::downgrade(&share(payload)?))),
        }))
    }

    async fn wait_for<T: Any + Send>(
        &self,
        at: At,
        shown: Option<Box<Shown>>,
    ) -> Result<T, FlowError> {
        let place = at.1;
        let Some(parking) = self.trace.parking() else {
            let reason =
                "waits for a value, and a flow that is called inside of a node cannot park";
            return Err(self.fails(self.error(ErrorKind::Invalid, reason).at(place.name, 0)));
        };
        let since = Instant::now();
        let within = place.within.and_then(|time| since.checked_add(time));
        let deadline = self.envelope().deadline();
        let until = within.into_iter().chain(deadline).min();
        if until.is_some() && !has_timers() {
            let reason = "needs a tokio runtime for the time that it waits, and there is none here";
            let error = self.error(ErrorKind::NoRuntime, reason);
            return Err(self.fails(error.at(place.name, 0)));
        }
        let flow = parking.hook.map(ParkHook::flow_id);
        let wait = Wait {
            trace_id: self.envelope().trace_id,
            step: self.id,
            place,
            since,
            until,
            shown,
        };
        let slot = parking.lot.park(wait, flow);
        self.report(at.0, EventDraft::parked(until), None);
        let given = {
            let _parked = ParkedBranch::new(self.trace);
            match until {
                None => Ok(slot.await),
                Some(at) => Box::pin(timeout_at(at, slot)).await,
            }
        };
        let Ok((given, since)) = given else {
            return Err(self.waited_too_long(at, deadline));
        };
        let resumed = EventDraft::of(EventKind::TraceResumed);
        self.report(at.0, resumed, Some(since));
        match downcast(given) {
            Ok(value) => Ok(value),
            Err(_) => unreachable!("the lot gives what the place takes"),
        }
    }

    fn report(&self, node: u32, draft: EventDraft<'_>, began: Option<Instant>) {
        let flow = self.trace.flow;
        if flow.takes(draft.kind) {
            let source = EventSource {
                subject: Subject::Attempt {
                    node,
                    step: self.id,
                    number: 0,
                    waiting: 0,
                },
                ..EventSource::trace(self.envelope(), began)
            };
            flow.report(&draft, source);
        }
    }

    #[cold]
    fn waited_too_long(&self, (node, place): At, deadline: Option<Instant>) -> FlowError {
        let error = if deadline.is_some_and(|at| at <= Instant::now()) {
            let reason = "was left waiting: the message's deadline passed";
            self.error(ErrorKind::DeadlineExceeded, reason)
        } else {
            let within = place.within.unwrap_or_default();
            let reason = format!("was given nothing within {within:?}");
            self.error(ErrorKind::TimedOut, reason)
        };
        let error = error.at(place.name, 0);
        let resumed = EventDraft::of(EventKind::TraceResumed);
        self.report(node, resumed.caused_by(&error), None);
        self.fails(error)
    }
}
