//! Messages that were handed over to a flow in memory: their traces run in tasks of their own, and
//! their results are kept, so many of them, for those who ask by the trace's id.

mod table;

use std::future::poll_fn;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use penguiflow::host::{HostError, HostFuture, ParkedStep, TraceDetail, TraceFilter, TraceSummary};
use penguiflow::{ErasedRunning, Message, TraceId};
use tokio::sync::Notify;
use tracing::{Instrument, Span};

use crate::problem::is_unfit;
pub(crate) use table::park;
use table::{Admission, NewTrace, Table};

/// The messages of one flow that were handed over.
#[derive(Debug)]
pub(crate) struct Emitted {
    shared: Arc<Shared>,
    /// Prints of bodies, to know a message that comes again under its key.
    prints: RandomState,
}

#[derive(Debug)]
struct Shared {
    table: Mutex<Table>,
    /// Told when a message was admitted, or was not.
    admitted: Notify,
}

/// Why a message was not taken.
#[derive(Debug)]
pub(crate) enum EmitError {
    Host(HostError),
    /// Its key is that of another message.
    KeyOfAnother,
}

impl Emitted {
    /// At most so many results are kept, the last ones.
    pub(crate) fn new(kept: usize) -> Self {
        Self {
            shared: Arc::new(Shared {
                table: Mutex::new(Table::new(kept)),
                admitted: Notify::new(),
            }),
            prints: RandomState::new(),
        }
    }

    /// Begins the message's trace, or returns the one that was begun under the key.
    pub(crate) async fn emit(
        &self,
        running: &ErasedRunning,
        message: Message<Vec<u8>>,
        key: Option<String>,
    ) -> Result<TraceId, EmitError> {
        let id = message.trace_id;
        let new = NewTrace {
            id,
            tenant: Some(message.headers.tenant.clone()).filter(|tenant| !tenant.is_empty()),
            print: self.prints.hash_one(&message.payload),
            key,
        };
        loop {
            // Made before the table is asked, so that what is told after that is not missed.
            let admitted = self.shared.admitted.notified();
            let admission = self.shared.table().admit(&new);
            match admission {
                Admission::New => break,
                Admission::Earlier(id) => return Ok(id),
                Admission::KeyOfAnother => return Err(EmitError::KeyOfAnother),
                Admission::UnderWay => admitted.await,
            }
        }
        let begun = self.begin(running.call(message), id).await;
        self.shared.admitted.notify_waiters();
        begun
    }

    /// Begins a trace. A host in memory that has no room says so at once.
    async fn begin(
        &self,
        mut trace: HostFuture<Message<String>>,
        id: TraceId,
    ) -> Result<TraceId, EmitError> {
        let polled = poll_fn(|cx| Poll::Ready(trace.as_mut().poll(cx))).await;
        match polled {
            Poll::Ready(Err(error)) if was_not_begun(&error) => {
                self.shared.table().forget(id);
                return Err(EmitError::Host(error));
            }
            Poll::Ready(ended) => self.shared.end(id, ended),
            Poll::Pending => {
                self.shared.table().begun(id);
                let shared = Arc::clone(&self.shared);
                let run = async move {
                    let ended = trace.await;
                    shared.end(id, ended);
                };
                tokio::spawn(run.instrument(Span::current()));
            }
        }
        Ok(id)
    }

    /// What is known of a trace; these steps of the flow are parked.
    pub(crate) fn detail(&self, id: TraceId, parked: &[ParkedStep]) -> Option<TraceDetail> {
        self.shared.table().detail(id, parked)
    }

    /// Those that fit, the last that was emitted first; these steps of the flow are parked.
    pub(crate) fn summaries(
        &self,
        filter: &TraceFilter,
        parked: &[ParkedStep],
    ) -> Vec<TraceSummary> {
        self.shared.table().summaries(filter, parked)
    }
}

/// Whether the message itself was refused: there is no trace to ask for.
fn was_not_begun(error: &HostError) -> bool {
    match error {
        HostError::TraceFailed(error) => is_unfit(error),
        HostError::UnknownTrace(_) | HostError::Resume(_) | HostError::Internal(_) => false,
        _ => true,
    }
}

impl Shared {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, id: TraceId, ended: Result<Message<String>, HostError>) {
        let ended = ended.map(|output| output.payload);
        self.table().end(id, table::Ended::of(ended));
    }
}
