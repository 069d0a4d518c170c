//! Traces in memory that wait for a person between two calls. Each has a task, so that its other branches
//! go on, until it is taken up or its time is over.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use penguiflow::TraceId;
use penguiflow::host::HostError;
use tokio::sync::oneshot;

use super::{Event, Trip};

/// How many traces of a tool wait between two calls at most: their clients need not come back.
const MOST: usize = 1_000;

/// A trace, and what it has reported meanwhile.
pub(super) type Kept<T> = (T, Vec<Event>);

/// Asks the task of a trace for the trace.
type Ask<T> = oneshot::Sender<oneshot::Sender<Kept<T>>>;

/// The traces of a tool that wait between two calls. Dropped, they are cancelled.
pub(super) struct Held<T>(Mutex<HashMap<TraceId, Ask<T>>>);

impl<T> Default for Held<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Trip + 'static> Held<T> {
    fn traces(&self) -> MutexGuard<'_, HashMap<TraceId, Ask<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a trace for so long.
    ///
    /// # Errors
    ///
    /// If there are too many. The trace is cancelled.
    pub(super) fn keep(
        self: &Arc<Self>,
        id: TraceId,
        trip: T,
        time: Duration,
    ) -> Result<(), HostError> {
        let (ask, asked) = oneshot::channel();
        {
            let mut traces = self.traces();
            if traces.len() >= MOST {
                let reason = format!("{MOST} calls of this tool wait for answers already");
                return Err(HostError::Refused(reason.into()));
            }
            traces.insert(id, ask);
        }
        tokio::spawn(hold((id, trip), asked, time, Arc::downgrade(self)));
        Ok(())
    }

    /// Takes a trace; `None` if it is not kept, or no longer.
    pub(super) async fn take(&self, id: TraceId) -> Option<Kept<T>> {
        let ask = self.traces().remove(&id)?;
        let (give, trip) = oneshot::channel();
        ask.send(give).ok()?;
        trip.await.ok()
    }
}

async fn hold<T: Trip + 'static>(
    (id, mut trip): (TraceId, T),
    mut asked: oneshot::Receiver<oneshot::Sender<Kept<T>>>,
    time: Duration,
    held: Weak<Held<T>>,
) {
    let expiry = tokio::time::sleep(time);
    tokio::pin!(expiry);
    let (mut events, mut is_over) = (Vec::new(), false);
    loop {
        tokio::select! {
            biased;
            give = &mut asked => {
                // Where nobody asks any more, it is dropped, and so cancelled.
                if let Ok(give) = give {
                    let _ = give.send((trip, events));
                }
                return;
            }
            () = &mut expiry => break,
            event = poll_fn(|cx| trip.poll_event(cx)), if !is_over => {
                is_over = matches!(event, Event::Ended(_));
                // Nobody sees progress meanwhile.
                if !matches!(event, Event::Chunk(_)) {
                    events.push(event);
                }
            }
        }
    }
    if let Some(held) = held.upgrade() {
        held.traces().remove(&id);
    }
}
