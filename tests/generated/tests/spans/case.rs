//! A run of a flow in a way that is drawn, which ends by itself, by a deadline, a cancel or a drop, or as a
//! started flow or a runtime is stopped.

use std::future::Future;
use std::io;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use penguiflow::{Event, Message};
use penguiflow_generated_tests::generator::Rng;
use penguiflow_generated_tests::{CaseReport, Load, Log, Settings, Started, Subject};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};
use tracing::Instrument;

/// The span in which everything is run.
pub(crate) const CLIENT: &str = "client";

/// What a flow runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Threads {
    /// The test's own, in paused time.
    One,
    /// Several, where nodes are busy for microseconds.
    Several,
}

impl Threads {
    fn runtime(self) -> io::Result<Runtime> {
        match self {
            Self::One => Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build(),
            Self::Several => Builder::new_multi_thread()
                .enable_time()
                .worker_threads(3)
                .build(),
        }
    }

    fn load(self, load: Load) -> Load {
        match self {
            Self::One => load,
            Self::Several => load.in_haste(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Way {
    Run,
    RunAll,
    Trace,
    Started(End),
}

/// What is done with a started flow.
#[derive(Debug, Clone, Copy)]
enum End {
    /// A trace that is read as a stream, perhaps not to its end.
    Trace,
    Stop,
    Cancel,
    StopWithin,
    Abort,
    /// The runtime shuts down.
    Runtime,
}

impl Way {
    fn random(rng: &mut Rng) -> Self {
        rng.pick(&[
            Self::Run,
            Self::RunAll,
            Self::Trace,
            Self::Started(End::Trace),
            Self::Started(End::Stop),
            Self::Started(End::Cancel),
            Self::Started(End::StopWithin),
            Self::Started(End::Abort),
            Self::Started(End::Runtime),
        ])
    }
}

struct Case<'a> {
    subject: &'a dyn Subject,
    rng: Rng,
    /// When something happens to it from outside.
    soon: Duration,
    hops: u32,
    threads: Threads,
}

/// Runs a flow, and gives all its events.
pub(crate) fn run(
    subject: &dyn Subject,
    mut rng: Rng,
    threads: Threads,
    report: &mut CaseReport,
) -> io::Result<Vec<Event>> {
    let way = Way::random(&mut rng);
    let soon = match threads {
        Threads::One => Duration::from_millis(rng.within(0, 80) as u64),
        Threads::Several => Duration::from_micros(rng.within(0, 2000) as u64),
    };
    report.note(format!("{way:?}, {soon:?}"));
    let (events, received) = channel();
    let subject = subject.observed(events);
    let case = Case {
        subject: &*subject,
        soon,
        hops: rng.within(1, 8) as u32,
        rng,
        threads,
    };
    let runtime = threads.runtime()?;
    let client = tracing::info_span!("client");
    let left = runtime.block_on(case.run(way).instrument(client));
    drop(runtime);
    if let Some(running) = left {
        // A trace that is parked is in no runtime.
        drop(running.abort());
    }
    drop(subject);
    Ok(all(&received))
}

/// All events, up to the end of the observers, which are threads.
fn all(received: &Receiver<Event>) -> Vec<Event> {
    let next = || received.recv_timeout(Duration::from_secs(20));
    let mut events = Vec::new();
    loop {
        match next() {
            Ok(event) => events.push(event),
            Err(error) => {
                assert_eq!(
                    error.to_string(),
                    "channel is empty and sending half is closed"
                );
                return events;
            }
        }
    }
}

impl Case<'_> {
    /// Gives the flow if it is not stopped.
    async fn run(mut self, way: Way) -> Option<Box<dyn Started>> {
        let (message, log, hops) = (self.message(), Log::default(), self.hops);
        match way {
            Way::Run => match self.subject.run(message, log, hops) {
                Some(run) => self.perhaps_dropped(run).await,
                // It may have several outputs.
                None => return Box::pin(self.run(Way::RunAll)).await,
            },
            Way::RunAll => {
                let run = self.subject.run_all(message, log, hops);
                self.perhaps_dropped(run).await;
            }
            Way::Trace => {
                let trace = self.subject.trace(message, log, hops);
                self.perhaps_dropped(trace).await;
            }
            Way::Started(end) => return self.started(end).await,
        }
        None
    }

    /// In a third of cases, with a deadline.
    fn message(&mut self) -> Message<Load> {
        let message = Message::new(self.threads.load(Load::random(&mut self.rng)));
        match self.rng.chance(30) {
            true => message.deadline_in(self.soon),
            false => message,
        }
    }

    async fn perhaps_dropped<T>(&mut self, run: impl Future<Output = T>) {
        match self.rng.chance(50) {
            true => _ = timeout(self.soon, run).await,
            false => _ = run.await,
        }
    }

    async fn started(&mut self, end: End) -> Option<Box<dyn Started>> {
        let settings = Settings {
            capacity: self.rng.pick(&[1, 3, 64]),
            backlog: 1024,
            hops: self.hops,
            ordered: false,
        };
        let running = self.subject.start(settings, Log::default());
        let driver = running.driver(self.threads.load(Load::given()));
        let driver = driver.map(tokio::spawn);
        match end {
            End::Trace => {
                let trace = running.trace(self.message());
                self.perhaps_dropped(trace).await;
                running.abort().await;
            }
            end => self.emitted(&*running, end).await,
        }
        if let Some(driver) = driver {
            driver.abort();
        }
        matches!(end, End::Runtime).then_some(running)
    }

    async fn emitted(&mut self, running: &dyn Started, end: End) {
        let mut ids = Vec::new();
        for _ in 0..self.rng.within(1, 4) {
            let emitted = running.emit(self.message()).await;
            ids.push(emitted.expect("it is open"));
        }
        match end {
            End::StopWithin => _ = running.stop_within(self.soon).await,
            End::Stop => _ = running.stop().await,
            _ => sleep(self.soon).await,
        }
        match end {
            End::Cancel => {
                running.cancel(self.rng.pick(&ids));
                running.stop().await;
            }
            End::Abort => _ = running.abort().await,
            _ => {}
        }
    }
}
