//! A compiled flow behind a trait object, so that the proofs are compiled once and not
//! once per flow.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc::Sender;
use std::time::Duration;

#[cfg(feature = "durable")]
use penguiflow::host::{Advance, DurableFlow, Frontier};
use penguiflow::host::{Line, Topology};
use penguiflow::{Event, Flow, FlowError, Graph, Ledger, Message, OpenSea, Rookery, Running};
use penguiflow::{TraceId, TryEmitError};
#[cfg(feature = "durable")]
use penguiflow_sqlite::Sqlite;
#[cfg(feature = "durable")]
use serde::{Serialize, de::DeserializeOwned};
#[cfg(feature = "durable")]
use serde_json::Value;
#[cfg(feature = "durable")]
use tokio::time::Instant;

use crate::drive::{Resume, drive, driven};
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
pub trait Subject: Send + Sync {
    /// Its graph.
    fn graph(&self) -> &'static Graph;

    /// Runs a message, for all its outputs.
    fn run_all(&self, message: Message<Load>, log: Log, hops: u32) -> Answer<Vec<Load>>;

    /// Runs a message, for its one output; `None` if the flow may have several.
    fn run(&self, message: Message<Load>, log: Log, hops: u32) -> Option<Answer<Load>>;

    /// The same flow for a host that keeps its traces as text.
    #[cfg(feature = "durable")]
    fn durable(&self) -> &dyn Durable;

    /// Runs a message as a stream, up to its end.
    fn trace(&self, message: Message<Load>, log: Log, hops: u32) -> BoxFuture<'static, ()>;

    /// Starts it.
    fn start(&self, settings: Settings, log: Log) -> Box<dyn Started>;

    /// The same flow, all of whose events are sent there. The channel is closed when the values of
    /// the flow are gone, and this is.
    fn observed(&self, events: Sender<Event>) -> Box<dyn Subject>;
}

/// A compiled flow whose traces are kept as text between two steps.
#[cfg(feature = "durable")]
pub trait Durable: Send + Sync {
    /// The frontier that a message begins with, as JSON.
    fn begin(&self, message: Message<Load>) -> String;

    /// The steps to run of a frontier, as JSON.
    fn steps(&self, frontier: &str) -> Vec<Value>;

    /// Runs the step at this place among those to run, and gives the frontier then: text in, text
    /// out, and nothing else is kept.
    fn advance(&self, frontier: String, place: usize, log: Log, hops: u32) -> Answer<String>;

    /// How many steps of a frontier wait.
    fn waiting(&self, frontier: &str) -> usize;

    /// Gives the step that waits at this place of a frontier a load, and gives the frontier then.
    fn resume(&self, frontier: &str, place: usize) -> String;

    /// Lets the step that waits at this place go, and all whose time is over by then; `None` if it
    /// waits for as long as it takes.
    fn expire(&self, frontier: &str, place: usize) -> Option<String>;

    /// Starts it on a store.
    fn start_on(&self, store: &Sqlite, log: Log, hops: u32) -> BoxFuture<'static, OnStore>;

    /// How a trace ended, of whose frontier no step is left.
    fn finish(&self, frontier: String) -> Result<Vec<Message<Load>>, FlowError>;
}

/// A flow that is started on a store, if it could be.
#[cfg(feature = "durable")]
pub type OnStore = Result<penguiflow_sqlite::Running<Load, Load>, penguiflow_sqlite::Error>;

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
    /// `Running::trace`, up to its end.
    fn trace(&self, message: Message<Load>) -> BoxFuture<'static, ()>;
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
    /// What gives its traces what they wait for, if they may wait, for as long as it is polled.
    fn driver(&self, load: Load) -> Option<BoxFuture<'static, ()>>;
    /// `Running::split`.
    fn split(&self) -> (Box<dyn Sea>, Rookery<Load>);
}

/// An OpenSea by itself.
pub trait Sea: Send + Sync {
    /// `OpenSea::emit`.
    fn emit(&self, message: Message<Load>) -> BoxFuture<'_, Result<TraceId, FlowError>>;
}

/// What makes a subject.
pub(crate) type Make = fn() -> Box<dyn Subject>;

/// A subject of the flow that `make` makes, that `run` runs if it may, and that `resume` gives
/// loads if it may wait for some.
pub(crate) fn compiled<F>(
    make: fn() -> Flow<F>,
    run: Option<Run<F>>,
    resume: Option<Resume<F>>,
) -> Box<dyn Subject>
where
    F: Runs,
{
    Box::new(Compiled {
        make,
        run,
        resume,
        events: None,
    })
}

type Run<F> = fn(Flow<F, Log>, Message<Load>) -> Answer<Load>;

struct Compiled<F: Topology> {
    make: fn() -> Flow<F>,
    run: Option<Run<F>>,
    resume: Option<Resume<F>>,
    events: Option<Sender<Event>>,
}

/// What a compiled flow can do.
#[cfg(not(feature = "durable"))]
pub(crate) trait Runs: Line<Log, In = Load, Out = Load> {}

#[cfg(not(feature = "durable"))]
impl<F: Line<Log, In = Load, Out = Load>> Runs for F {}

/// What a compiled flow can do.
#[cfg(feature = "durable")]
pub(crate) trait Runs:
    Line<Log, In = Load, Out = Load> + Advance<Log, Step: Clone + Serialize + DeserializeOwned>
{
}

#[cfg(feature = "durable")]
impl<F> Runs for F where
    F: Line<Log, In = Load, Out = Load> + Advance<Log, Step: Clone + Serialize + DeserializeOwned>
{
}

impl<F: Line<Log>> Compiled<F> {
    fn flow(&self, log: Log, hops: u32) -> Flow<F, Log> {
        let flow = (self.make)().with_state(log).hops(hops);
        let Some(events) = self.events.clone() else {
            return flow;
        };
        flow.observe(move |event: &Event| {
            let sent = events.send(event.clone());
            sent.expect("somebody waits for the events");
        })
    }
}

impl<F: Runs> Subject for Compiled<F> {
    fn graph(&self) -> &'static Graph {
        (self.make)().graph()
    }

    fn run_all(&self, message: Message<Load>, log: Log, hops: u32) -> Answer<Vec<Load>> {
        let (flow, resume) = (self.flow(log, hops), self.resume);
        Box::pin(async move { driven(&flow, resume, flow.run_all(message)).await })
    }

    fn run(&self, message: Message<Load>, log: Log, hops: u32) -> Option<Answer<Load>> {
        let (flow, run, resume) = (self.flow(log, hops), self.run?, self.resume);
        let itself = flow.clone();
        Some(Box::pin(async move {
            driven(&itself, resume, run(flow, message)).await
        }))
    }

    #[cfg(feature = "durable")]
    fn durable(&self) -> &dyn Durable {
        self
    }

    fn trace(&self, message: Message<Load>, log: Log, hops: u32) -> BoxFuture<'static, ()> {
        let (flow, resume) = (self.flow(log, hops), self.resume);
        Box::pin(async move {
            let mut trace = flow.trace(message);
            driven(&flow, resume, async {
                while trace.next().await.is_some() {}
            })
            .await;
        })
    }

    fn observed(&self, events: Sender<Event>) -> Box<dyn Subject> {
        Box::new(Self {
            events: Some(events),
            ..*self
        })
    }

    fn start(&self, settings: Settings, log: Log) -> Box<dyn Started> {
        let flow = self.flow(log, settings.hops);
        let flow = flow.capacity(settings.capacity).backlog(settings.backlog);
        let flow = if settings.ordered {
            flow.ordered()
        } else {
            flow
        };
        let (running, resume) = (flow.start(), self.resume);
        Box::new(Begun {
            running,
            flow,
            resume,
        })
    }
}

#[cfg(feature = "durable")]
impl<F: Runs> Durable for Compiled<F> {
    fn begin(&self, message: Message<Load>) -> String {
        written(&(self.make)().begin(message))
    }

    fn steps(&self, frontier: &str) -> Vec<Value> {
        let frontier: Frontier<F::Step, Load> = read(frontier);
        let steps = frontier.steps().filter_map(|(_, step)| step);
        steps
            .map(|step| serde_json::to_value(step).expect("a step can be written"))
            .collect()
    }

    fn advance(&self, frontier: String, place: usize, log: Log, hops: u32) -> Answer<String> {
        let flow = self.flow(log, hops);
        Box::pin(async move {
            // Half of the steps run without the flow's types, one attempt at a time.
            if frontier.len().is_multiple_of(2) {
                return by_attempts(&flow.durable(), &frontier, place).await;
            }
            let mut frontier: Frontier<F::Step, Load> = read(&frontier);
            let step = frontier.steps().nth(place).map(|(step, _)| step);
            let taken = step.and_then(|step| frontier.take_step(step));
            frontier.absorb(flow.advance(taken.expect("a step to run")).await?);
            Ok(written(&frontier))
        })
    }

    fn waiting(&self, frontier: &str) -> usize {
        read::<Frontier<F::Step, Load>>(frontier).parked().count()
    }

    fn resume(&self, frontier: &str, place: usize) -> String {
        let mut frontier: Frontier<F::Step, Load> = read(frontier);
        let step = frontier.parked().nth(place).map(|parked| parked.step);
        let resumed = frontier.resume(step, Load::given());
        assert_eq!(resumed, Ok(()), "it waits");
        written(&frontier)
    }

    fn expire(&self, frontier: &str, place: usize) -> Option<String> {
        let mut frontier: Frontier<F::Step, Load> = read(frontier);
        let parked = frontier.parked().nth(place);
        let until = parked.and_then(|parked| parked.until)?;
        // Not the message's own deadline, which is a day away.
        let is_own = until < Instant::now() + Duration::from_secs(3600);
        is_own.then(|| {
            frontier.expire(until);
            written(&frontier)
        })
    }

    fn start_on(&self, store: &Sqlite, log: Log, hops: u32) -> BoxFuture<'static, OnStore> {
        let start = store.start(self.flow(log, hops));
        start.into_future()
    }

    fn finish(&self, frontier: String) -> Result<Vec<Message<Load>>, FlowError> {
        let frontier: Frontier<F::Step, Load> = read(&frontier);
        frontier.finish()
    }
}

/// Runs a step by its attempts, each of which is written down, and goes on in another process.
#[cfg(feature = "durable")]
async fn by_attempts(
    flow: &DurableFlow,
    frontier: &str,
    place: usize,
) -> Result<String, FlowError> {
    let mut trace = flow.load(frontier.as_bytes())?;
    let step = trace.steps()[place].id;
    loop {
        // A wait that is over meanwhile may have dropped it.
        let Some(run) = trace.run(step) else {
            return Ok(String::from_utf8(trace.store()?).expect("JSON"));
        };
        let emits = run.await;
        let entry = emits.to_json()?;
        let is_to_run_again = emits.again().is_some();
        let has_failed = emits.failure().is_some();
        trace = flow.load(&trace.store()?)?;
        let emits = trace.read_emits(&entry)?;
        trace.absorb(emits);
        if has_failed {
            trace.finish()?;
            unreachable!("it ends in its failure");
        }
        let stored = trace.store()?;
        if !is_to_run_again {
            return Ok(String::from_utf8(stored).expect("JSON"));
        }
        trace = flow.load(&stored)?;
        let mut retried = trace.retried().into_iter();
        let again = retried.find(|(retried, _)| retried.id == step);
        let (_, until) = again.expect("another attempt follows");
        tokio::time::sleep_until(until).await;
        trace.expire(until);
    }
}

#[cfg(feature = "durable")]
fn read<T: DeserializeOwned>(frontier: &str) -> T {
    serde_json::from_str(frontier).expect("what was written can be read")
}

#[cfg(feature = "durable")]
fn written(frontier: &impl Serialize) -> String {
    serde_json::to_string(frontier).expect("a frontier can be written")
}

struct Begun<F: Topology> {
    running: Running<F, Log>,
    /// The flow that it was started as.
    flow: Flow<F, Log>,
    resume: Option<Resume<F>>,
}

impl<F: Line<Log, In = Load, Out = Load>> Started for Begun<F> {
    fn emit(&self, message: Message<Load>) -> BoxFuture<'_, Result<TraceId, FlowError>> {
        Box::pin(self.running.emit(message))
    }

    fn try_emit(&self, message: Message<Load>) -> Result<TraceId, TryEmitError<Load>> {
        self.running.try_emit(message)
    }

    fn trace(&self, message: Message<Load>) -> BoxFuture<'static, ()> {
        let mut trace = self.running.trace(message);
        Box::pin(async move { while trace.next().await.is_some() {} })
    }

    fn fetch(&self) -> BoxFuture<'_, Fetched> {
        Box::pin(self.running.fetch())
    }

    fn try_fetch(&self) -> Fetched {
        self.running.try_fetch()
    }

    fn cancel(&self, trace_id: TraceId) -> bool {
        self.running.cancel(trace_id)
    }

    fn ledger(&self) -> Ledger {
        self.running.ledger()
    }

    fn stop(&self) -> BoxFuture<'_, Ledger> {
        Box::pin(self.running.stop())
    }

    fn stop_within(&self, limit: Duration) -> BoxFuture<'_, Ledger> {
        Box::pin(self.running.stop_within(limit))
    }

    fn abort(&self) -> BoxFuture<'_, Ledger> {
        self.running.abort().into_future()
    }

    fn driver(&self, load: Load) -> Option<BoxFuture<'static, ()>> {
        let (flow, resume) = (self.flow.clone(), self.resume?);
        Some(Box::pin(drive(flow, resume, load)))
    }

    fn split(&self) -> (Box<dyn Sea>, Rookery<Load>) {
        let (sea, rookery) = self.running.split();
        (Box::new(sea), rookery)
    }
}

impl<F: Line<Log, In = Load, Out = Load>> Sea for OpenSea<F, Log> {
    fn emit(&self, message: Message<Load>) -> BoxFuture<'_, Result<TraceId, FlowError>> {
        Box::pin(self.emit(message))
    }
}
