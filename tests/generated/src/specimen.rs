//! A compiled flow behind a trait object, so that the proofs are compiled once and not
//! once per flow.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use penguiflow::host::{Advance, Frontier, StepByStep};
use penguiflow::{Flow, FlowError, Graph, Ledger, Message, OpenSea, Rookery, Running};
use penguiflow::{TraceId, TryEmitError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::load::Load;
use crate::log::Log;

/// A future of whatever flow.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The settings of a flow.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How many traces may be in flight.
    pub capacity: usize,
    /// How many results may wait.
    pub backlog: usize,
    /// How many rounds loops may go.
    pub hops: u32,
    /// Whether results come in order.
    pub ordered: bool,
}

/// A compiled flow of the sample. Each call makes a new value of it.
pub trait Specimen: Send + Sync {
    /// Its graph.
    fn graph(&self) -> &'static Graph;

    /// Runs a message, for all its outputs.
    fn run_all(&self, message: Message<Load>, log: Log, hops: u32) -> Answer<Vec<Load>>;

    /// Runs a message, for its one output; `None` if the flow may have several.
    fn run(&self, message: Message<Load>, log: Log, hops: u32) -> Option<Answer<Load>>;

    /// The frontier that a message begins with, as JSON.
    fn begin(&self, message: Message<Load>) -> String;

    /// Runs the step at this place of a frontier, and gives the frontier then: text in, text
    /// out, and nothing else is kept.
    fn advance(&self, frontier: String, place: usize, log: Log, hops: u32) -> Answer<String>;

    /// How a trace ended, of whose frontier no step is left.
    fn finish(&self, frontier: String) -> Result<Vec<Message<Load>>, FlowError>;

    /// Starts it.
    fn start(&self, settings: Settings, log: Log) -> Box<dyn Started>;
}

/// What a run comes to.
pub type Answer<T> = BoxFuture<'static, Result<T, FlowError>>;

/// What a fetch gives.
pub type Fetched = Option<Result<Message<Load>, FlowError>>;

/// A started flow.
pub trait Started: Send + Sync {
    /// `Running::emit`.
    fn emit(&self, message: Message<Load>) -> BoxFuture<'_, Result<TraceId, FlowError>>;
    /// `Running::try_emit`.
    #[expect(clippy::result_large_err, reason = "the message comes back whole")]
    fn try_emit(&self, message: Message<Load>) -> Result<TraceId, TryEmitError<Load>>;
    /// `Running::fetch`.
    fn fetch(&self) -> BoxFuture<'_, Fetched>;
    /// `Running::try_fetch`.
    fn try_fetch(&self) -> Fetched;
    /// `Running::cancel`.
    fn cancel(&self, trace_id: TraceId) -> bool;
    /// `Running::ledger`.
    fn ledger(&self) -> Ledger;
    /// `Running::stop`.
    fn stop(&self) -> BoxFuture<'_, Ledger>;
    /// `Running::stop_within`.
    fn stop_within(&self, limit: Duration) -> BoxFuture<'_, Ledger>;
    /// `Running::abort`; the future need not be awaited.
    fn abort(&self) -> BoxFuture<'_, Ledger>;
    /// `Running::split`.
    fn split(&self) -> (Box<dyn Sea>, Rookery<Load>);
}

/// An OpenSea by itself.
pub trait Sea: Send + Sync {
    /// `OpenSea::emit`.
    fn emit(&self, message: Message<Load>) -> BoxFuture<'_, Result<TraceId, FlowError>>;
}

/// A specimen of the flow that `make` makes, and that `run` runs if it may.
pub(crate) fn compiled<F>(make: fn() -> Flow<F>, run: Option<Run<F>>) -> Box<dyn Specimen>
where
    F: Advance<Log, In = Load, Out = Load>,
    F::Step: Serialize + DeserializeOwned,
{
    Box::new(Compiled { make, run })
}

type Run<F> = fn(Flow<F, Log>, Message<Load>) -> Answer<Load>;

struct Compiled<F> {
    make: fn() -> Flow<F>,
    run: Option<Run<F>>,
}

impl<F: Advance<Log>> Compiled<F> {
    fn flow(&self, log: Log, hops: u32) -> Flow<F, Log> {
        (self.make)().with_state(log).hops(hops)
    }
}

impl<F> Specimen for Compiled<F>
where
    F: Advance<Log, In = Load, Out = Load>,
    F::Step: Serialize + DeserializeOwned,
{
    fn graph(&self) -> &'static Graph {
        (self.make)().graph()
    }

    fn run_all(&self, message: Message<Load>, log: Log, hops: u32) -> Answer<Vec<Load>> {
        let flow = self.flow(log, hops);
        Box::pin(async move { flow.run_all(message).await })
    }

    fn run(&self, message: Message<Load>, log: Log, hops: u32) -> Option<Answer<Load>> {
        let run = self.run?;
        Some(run(self.flow(log, hops), message))
    }

    fn begin(&self, message: Message<Load>) -> String {
        written(&(self.make)().begin(message))
    }

    fn advance(&self, frontier: String, place: usize, log: Log, hops: u32) -> Answer<String> {
        let flow = self.flow(log, hops);
        Box::pin(async move {
            let mut frontier: Frontier<F::Step, Load> = read(&frontier);
            let step = frontier.steps.remove(place);
            frontier.absorb(flow.advance(step, &StepByStep).await?);
            Ok(written(&frontier))
        })
    }

    fn finish(&self, frontier: String) -> Result<Vec<Message<Load>>, FlowError> {
        let frontier: Frontier<F::Step, Load> = read(&frontier);
        frontier.finish()
    }

    fn start(&self, settings: Settings, log: Log) -> Box<dyn Started> {
        let flow = self.flow(log, settings.hops);
        let flow = flow.capacity(settings.capacity).backlog(settings.backlog);
        let flow = if settings.ordered {
            flow.ordered()
        } else {
            flow
        };
        Box::new(flow.start())
    }
}

fn read<T: DeserializeOwned>(frontier: &str) -> T {
    serde_json::from_str(frontier).expect("what was written can be read")
}

fn written(frontier: &impl Serialize) -> String {
    serde_json::to_string(frontier).expect("a frontier can be written")
}

impl<F: Advance<Log, In = Load, Out = Load>> Started for Running<F, Log> {
    fn emit(&self, message: Message<Load>) -> BoxFuture<'_, Result<TraceId, FlowError>> {
        Box::pin(self.emit(message))
    }

    fn try_emit(&self, message: Message<Load>) -> Result<TraceId, TryEmitError<Load>> {
        self.try_emit(message)
    }

    fn fetch(&self) -> BoxFuture<'_, Fetched> {
        Box::pin(self.fetch())
    }

    fn try_fetch(&self) -> Fetched {
        self.try_fetch()
    }

    fn cancel(&self, trace_id: TraceId) -> bool {
        self.cancel(trace_id)
    }

    fn ledger(&self) -> Ledger {
        self.ledger()
    }

    fn stop(&self) -> BoxFuture<'_, Ledger> {
        Box::pin(self.stop())
    }

    fn stop_within(&self, limit: Duration) -> BoxFuture<'_, Ledger> {
        Box::pin(self.stop_within(limit))
    }

    fn abort(&self) -> BoxFuture<'_, Ledger> {
        self.abort().into_future()
    }

    fn split(&self) -> (Box<dyn Sea>, Rookery<Load>) {
        let (sea, rookery) = self.split();
        (Box::new(sea), rookery)
    }
}

impl<F: Advance<Log, In = Load, Out = Load>> Sea for OpenSea<F, Log> {
    fn emit(&self, message: Message<Load>) -> BoxFuture<'_, Result<TraceId, FlowError>> {
        Box::pin(self.emit(message))
    }
}
