//! The one thread that writes. It takes all that is queued, up to a bound, into one transaction, and
//! answers each write once it is on disk.

mod batch;
mod dead;
mod emit;
mod journal;
mod retain;
mod schedule;
mod small;
mod transition;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::error::StoreError;
use super::failpoint::Failpoints;
use super::housekeeping::checkpoint;
use super::lock::Lock;
use crate::schema;

pub(crate) use batch::Batch;
pub(crate) use dead::{DropDead, Revive};
pub(crate) use retain::{Retain, RetainCommands};
pub(crate) use schedule::{PutSchedule, RemoveSchedule};
pub(crate) use small::{Ack, Answer, Recovered, RegisterFlow};

/// Something to be written. A batch that fails is applied again, so applying changes the
/// transaction alone.
pub(crate) trait Write: Send + 'static {
    type Answer: Send + 'static;

    /// Refusals ([`StoreError::is_refusal`]) come before anything is written.
    fn apply(&self, batch: &Batch<'_>) -> Result<Self::Answer, StoreError>;
}

/// What the thread does outside of batches, such as to vacuum.
type Alone = Box<dyn FnOnce(&Connection) + Send>;

pub(crate) enum Request {
    Write(Box<dyn Job>),
    Alone(Alone),
    /// Ends the thread; answered when the file is free.
    Close(oneshot::Sender<()>),
}

impl Request {
    /// The request for a write, and where its answer will be.
    pub(crate) fn write<W: Write>(
        write: W,
    ) -> (Self, oneshot::Receiver<Result<W::Answer, StoreError>>) {
        let (answer, answered) = oneshot::channel();
        let job = Asked {
            write,
            outcome: None,
            answer,
        };
        (Self::Write(Box::new(job)), answered)
    }
}

/// A write, whatever it answers.
pub(crate) trait Job: Send {
    /// Applies the write. An error that is not a refusal spoils the transaction.
    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), StoreError>;

    /// Answers with what was applied, or with the error that its transaction ended with.
    fn answer(self: Box<Self>, ended: Result<(), StoreError>);
}

struct Asked<W: Write> {
    write: W,
    outcome: Option<Result<W::Answer, StoreError>>,
    answer: oneshot::Sender<Result<W::Answer, StoreError>>,
}

impl<W: Write> Job for Asked<W> {
    fn apply(&mut self, batch: &Batch<'_>) -> Result<(), StoreError> {
        let outcome = self.write.apply(batch);
        let spoiled = match &outcome {
            Err(error) if !error.is_refusal() => Err(error.clone()),
            _ => Ok(()),
        };
        self.outcome = Some(outcome);
        spoiled
    }

    fn answer(self: Box<Self>, ended: Result<(), StoreError>) {
        let outcome = match (ended, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Err(error), _) => Err(error),
            (Ok(()), None) => Err(StoreError::Closed),
        };
        // Who does not wait for the answer any more has no use for it.
        let _ = self.answer.send(outcome);
    }
}

pub(crate) struct Writer {
    pub(crate) connection: Connection,
    /// Held until the connection is closed: fields are dropped in this order.
    #[expect(dead_code, reason = "it is held")]
    pub(crate) lock: Lock,
    pub(crate) requests: Receiver<Request>,
    /// Writes that one transaction takes.
    pub(crate) bound: usize,
    pub(crate) failpoints: Failpoints,
    pub(crate) transactions: Arc<AtomicU64>,
}

impl Writer {
    /// Runs until it is closed, or nobody is left who could ask for anything.
    pub(crate) fn run(self) {
        let mut next = self.requests.recv().ok();
        while let Some(request) = next.take() {
            match request {
                Request::Write(first) => next = self.take_batch(first),
                Request::Alone(act) => act(&self.connection),
                Request::Close(closed) => return self.close(closed),
            }
            next = next.or_else(|| self.requests.recv().ok());
        }
        self.fold_log();
    }

    /// Writes the first job with those that wait, and returns the request that ended the batch.
    fn take_batch(&self, first: Box<dyn Job>) -> Option<Request> {
        let mut jobs = vec![first];
        let mut after = None;
        while jobs.len() < self.bound {
            match self.requests.try_recv() {
                Ok(Request::Write(job)) => jobs.push(job),
                Ok(other) => {
                    after = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        self.write(jobs);
        after
    }

    fn write(&self, mut jobs: Vec<Box<dyn Job>>) {
        match self.transaction(&mut jobs) {
            // One job that cannot be written must not fail the others.
            Err(_) if jobs.len() > 1 => {
                for job in jobs {
                    let mut alone = [job];
                    let ended = self.transaction(&mut alone);
                    let [job] = alone;
                    job.answer(ended);
                }
            }
            ended => jobs.into_iter().for_each(|job| job.answer(ended.clone())),
        }
    }

    fn transaction(&self, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        let batch = Batch::begin(&self.connection, &self.failpoints)?;
        for job in jobs {
            job.apply(&batch)?;
        }
        batch.commit()?;
        self.transactions.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// What waits in the queue finds that nobody answers, and so that the store is closed.
    fn close(self, closed: oneshot::Sender<()>) {
        // Where it fails, the store counts as left by a process that died.
        let _ = schema::mark_closed(&self.connection);
        self.fold_log();
        drop(self);
        let _ = closed.send(());
    }

    /// Where it fails, the log is read at the next opening.
    fn fold_log(&self) {
        let _ = checkpoint(&self.connection);
    }
}

/// The way to the writer. Each request is answered, or its answer's sender is dropped.
#[derive(Clone)]
pub(crate) struct Requests(pub(crate) Sender<Request>);

impl Requests {
    pub(crate) async fn write<W: Write>(&self, write: W) -> Result<W::Answer, StoreError> {
        let (request, answered) = Request::write(write);
        self.0.send(request).map_err(|_| StoreError::Closed)?;
        answered.await.unwrap_or(Err(StoreError::Closed))
    }

    /// The same, whose answer comes whether it is waited for or not.
    pub(crate) fn begin<W: Write>(
        &self,
        write: W,
    ) -> oneshot::Receiver<Result<W::Answer, StoreError>> {
        let (request, answered) = Request::write(write);
        // Where there is no writer, the answer's sender is dropped.
        let _ = self.0.send(request);
        answered
    }

    /// Runs what cannot be in a transaction.
    pub(crate) async fn alone<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let act: Alone = Box::new(move |connection| {
            let _ = answer.send(act(connection));
        });
        let sent = self.0.send(Request::Alone(act));
        sent.map_err(|_| StoreError::Closed)?;
        answered.await.unwrap_or(Err(StoreError::Closed))
    }
}
