//! A trace of a durable flow, without its types.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};

use futures_util::Stream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::Instant;

use super::live::LiveTrace;
use super::step::{QueuedStep, RunStep, StepEmits};
use crate::error::FlowError;
use crate::frontier::TraceState;
use crate::graph::given_back;
use crate::message::{Headers, Spent, StepId, TraceId};
use crate::parking::{Parked, ResumeJsonError};
use crate::visit::{Chunk, Outlet};

/// A trace of a [`DurableFlow`](super::DurableFlow) while a host runs it: its frontier, with the means
/// to run its steps. Dropped before it is finished, it was put away: it may be loaded again.
pub struct DurableTrace(Box<dyn LiveTrace>);

impl DurableTrace {
    pub(super) fn new(trace: Box<dyn LiveTrace>) -> Self {
        Self(trace)
    }

    /// Its id.
    pub fn trace_id(&self) -> TraceId {
        self.0.envelope().trace_id
    }

    /// The headers of its message.
    pub fn headers(&self) -> &Headers {
        self.0.envelope().headers()
    }

    /// What is to be done with it.
    pub fn state(&self) -> TraceState {
        self.0.state()
    }

    /// The steps to run, in the order in which they were emitted. They do not depend on each other: a
    /// host may run all of them at once.
    pub fn steps(&self) -> Vec<QueuedStep> {
        self.0.steps()
    }

    /// The steps whose next attempt is to run later, each with that time.
    pub fn retried(&self) -> Vec<(QueuedStep, Instant)> {
        self.0.retried()
    }

    /// Takes out a step to run, for one attempt; `None` if it is none of those to run, or if the `Clone`
    /// of its input panicked, which ends the trace. It stays one to run in what is
    /// [stored](Self::store) until the trace absorbs what the attempt came to.
    pub fn run(&mut self, step: StepId) -> Option<RunStep> {
        self.0.run(step)
    }

    /// Takes up what an attempt of a step came to, as a frontier
    /// [absorbs](crate::host::Frontier::absorb) it, and returns the steps that ran and were dropped by
    /// this: a host stops them, and [says so](Self::stopped).
    ///
    /// # Panics
    ///
    /// If it is of another flow.
    pub fn absorb(&mut self, emits: StepEmits) -> Vec<StepId> {
        self.0.absorb(emits)
    }

    /// The items of maps for which the step that was [absorbed](Self::absorb) last made room. They are
    /// among the [steps](Self::steps) to run, and waited in what was stored before: a host may run them
    /// before it has stored what was absorbed.
    pub fn next_items(&self) -> Vec<QueuedStep> {
        self.0.next_items()
    }

    /// Reads what a step of this trace emitted, from a journal.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid`, as those of [`DurableFlow::load`](super::DurableFlow::load).
    pub fn read_emits(&self, json: &[u8]) -> Result<StepEmits, FlowError> {
        self.0.read_emits(json)
    }

    /// A step that was dropped while it ran was stopped, and does not come back.
    pub fn stopped(&mut self, step: StepId) {
        self.0.stopped(step);
    }

    /// The whole trace as JSON. Steps that run are in it as ones to run.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid` or `Panicked`, if a payload cannot be written.
    pub fn store(&self) -> Result<Vec<u8>, FlowError> {
        self.0.store()
    }

    /// The steps that wait for values from outside.
    pub fn parked(&self) -> Vec<Parked> {
        self.0.parked()
    }

    /// Gives a parked step a value: the step that is named, or the first that waits for a `T`.
    ///
    /// # Errors
    ///
    /// The value, if no step waits for it.
    pub fn resume<T: Send + 'static>(&mut self, step: Option<StepId>, value: T) -> Result<(), T> {
        self.0.resume(step, Box::new(value)).map_err(given_back)
    }

    /// The same with a value that is read from a JSON document, a text or bytes.
    ///
    /// # Errors
    ///
    /// A [`ResumeJsonError`]. The step waits on.
    pub fn resume_json(
        &mut self,
        step: Option<StepId>,
        json: impl AsRef<[u8]>,
    ) -> Result<(), ResumeJsonError> {
        self.0.resume_json(step, json.as_ref())
    }

    /// Lets the steps go that have waited until now: see [`Frontier::expire`](crate::host::Frontier::expire).
    /// Returns the steps that ran and were dropped by this.
    pub fn expire(&mut self, now: Instant) -> Vec<StepId> {
        self.0.expire(now)
    }

    /// When the next step stops waiting: one that is parked, or whose next attempt is to run then.
    pub fn next_expiry(&self) -> Option<Instant> {
        self.0.next_expiry()
    }

    /// The outputs so far, each as the JSON of its message, for a host that passes them on at once.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid` or `Panicked`, if an output cannot be written.
    pub fn take_outputs(&mut self) -> Result<Vec<Vec<u8>>, FlowError> {
        self.0.take_outputs()
    }

    /// The input of a step, which is to run or runs, as JSON: `{"retrieve": …}`, by the name of its node.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid` or `Panicked`, if it cannot be written.
    pub fn input_json(&self, step: StepId) -> Option<Result<Vec<u8>, FlowError>> {
        self.0.input_json(step)
    }

    /// Puts another input in place of that of a step to run, given as [`input_json`](Self::input_json)
    /// returns it, and lets the step begin anew.
    ///
    /// # Errors
    ///
    /// Of kind `Invalid`, if the step is not one to run, or if what is given is not its node's input.
    pub fn replace_input(&mut self, step: StepId, json: &[u8]) -> Result<(), FlowError> {
        self.0.replace_input(step, json)
    }

    /// What the trace has spent, by the attempts that were absorbed.
    pub fn spent(&self) -> Spent {
        self.0.spent()
    }

    /// Reports that it has begun, to those who listen to the flow.
    pub fn report_start(&self) {
        self.0.report_start();
    }

    /// How the trace ended, once it is [over](TraceState::Over).
    ///
    /// # Errors
    ///
    /// That which it ended with: see [`Frontier::finish`](crate::host::Frontier::finish).
    pub fn ended(&self) -> Result<(), FlowError> {
        self.0.ended()
    }

    /// Reports that it has ended, with its outputs or in an error.
    pub fn report_end(&self, error: Option<&FlowError>) {
        self.0.report_end(error);
    }

    /// Reports that it was cancelled.
    pub fn report_cancelled(&self) {
        self.0.report_cancelled();
    }

    /// Ends the trace, and reports it to those who listen to the flow.
    ///
    /// # Errors
    ///
    /// Those of [`ended`](Self::ended).
    pub fn finish(self) -> Result<(), FlowError> {
        let ended = self.ended();
        self.report_end(ended.as_ref().err());
        ended
    }

    /// Ends the trace, since nobody wants it any more, and reports that it was cancelled.
    pub fn cancel(self) {
        self.report_cancelled();
    }

    /// The chunks that its steps send from now on. Steps that run later wait for room with this reader;
    /// a reader that is dropped takes none.
    pub fn chunks(&mut self) -> Chunks {
        let (queue, chunks) = unbounded_channel();
        let outlet = self.send_chunks(move |chunk, room| {
            let _ = queue.send((chunk, room));
        });
        Chunks { chunks, outlet }
    }

    /// The same, where each chunk is given to `queue`, which must return at once.
    pub fn queue_chunks(&mut self, queue: impl Fn(Chunk, ChunkRoom) + Send + Sync + 'static) {
        self.send_chunks(queue);
    }

    fn send_chunks(
        &mut self,
        queue: impl Fn(Chunk, ChunkRoom) + Send + Sync + 'static,
    ) -> Weak<Outlet> {
        let queue = move |chunk, room| queue(chunk, ChunkRoom { _permit: room });
        let outlet = Arc::new(Outlet::new(queue));
        let sent = Arc::downgrade(&outlet);
        self.0.send_chunks(outlet);
        sent
    }
}

impl fmt::Debug for DurableTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DurableTrace")
            .field("trace_id", &self.trace_id())
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

/// The room that a chunk takes with its reader until this is dropped: see [`DurableTrace::queue_chunks`].
#[derive(Debug)]
pub struct ChunkRoom {
    _permit: Option<OwnedSemaphorePermit>,
}

/// The stream that [`DurableTrace::chunks`] returns. It ends when the trace and its running steps are
/// gone.
pub struct Chunks {
    chunks: UnboundedReceiver<(Chunk, ChunkRoom)>,
    /// Not held: the stream ends with those who send.
    outlet: Weak<Outlet>,
}

impl Stream for Chunks {
    type Item = Chunk;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Chunk>> {
        let chunk = self.chunks.poll_recv(cx);
        chunk.map(|chunk| chunk.map(|(chunk, _)| chunk))
    }
}

/// Lets nobody wait for room any more.
impl Drop for Chunks {
    fn drop(&mut self) {
        if let Some(outlet) = self.outlet.upgrade() {
            outlet.close();
        }
    }
}

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chunks")
    }
}
