//! Who sends messages to the flow, gives traces what they wait for, and looks at what becomes of them. What
//! fails since somebody was killed is tried again, as any client would.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use penguiflow::ErrorKind;
use penguiflow_restate::Error;
use penguiflow_store_tests::{CANCELLED, Pass, Runs, Voyage, in_memory, is_given_up, message};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::cluster::Cluster;
use crate::followed;

pub(crate) type Running = penguiflow_restate::Running<u64, u64>;

/// Traces that are under way at once.
const WINDOW: usize = 24;
/// How long a trace may take, kills included.
const PATIENCE: Duration = Duration::from_secs(240);
/// Before something that has failed is tried again.
pub(crate) const PAUSE: Duration = Duration::from_millis(50);

pub(crate) struct Traffic {
    running: Running,
    numbers: Range<u64>,
    over: watch::Sender<usize>,
}

/// How many traces are over.
pub(crate) struct Progress(watch::Receiver<usize>);

impl Progress {
    pub(crate) async fn reaches(&mut self, traces: usize) {
        let reached = self.0.wait_for(|over| *over >= traces).await;
        reached.expect("the traffic is there until all are over");
    }
}

impl Traffic {
    pub(crate) fn of(numbers: Range<u64>, cluster: &Cluster) -> Self {
        Self {
            running: cluster.client(),
            numbers,
            over: watch::Sender::new(0),
        }
    }

    /// How many traces there are.
    pub(crate) fn traces(&self) -> usize {
        (self.numbers.end - self.numbers.start) as usize
    }

    pub(crate) fn progress(&self) -> Progress {
        Progress(self.over.subscribe())
    }

    /// Runs all traces to their ends.
    pub(crate) async fn run(self) -> Came {
        let mut visitor = JoinSet::new();
        visitor.spawn(give_passes(self.running.clone()));
        let places = Arc::new(Semaphore::new(WINDOW));
        let mut traces = JoinSet::new();
        for number in self.numbers.clone() {
            let place = Arc::clone(&places).acquire_owned().await;
            let (running, over) = (self.running.clone(), self.over.clone());
            traces.spawn(async move {
                let outputs = timeout(PATIENCE, outputs_of(&running, number)).await;
                over.send_modify(|over| *over += 1);
                drop(place);
                let outputs = outputs.unwrap_or_else(|_| panic!("{number} is not over"));
                (message(number).trace_id.to_string(), outputs)
            });
        }
        Came {
            numbers: self.numbers,
            outputs: traces.join_all().await.into_iter().collect(),
        }
    }
}

/// The outputs of a trace, in order of their values.
async fn outputs_of(running: &Running, number: u64) -> Vec<u64> {
    let mut outputs = match followed::is_followed(number) {
        true => followed::outputs_of(running, number).await,
        false => outputs_of_sent(running, number).await,
    };
    outputs.sort_unstable();
    outputs
}

/// The outputs of a trace that nobody follows. Sent again, it is the same trace.
async fn outputs_of_sent(running: &Running, number: u64) -> Vec<u64> {
    while running.emit(message(number)).await.is_err() {
        sleep(PAUSE).await;
    }
    let id = message(number).trace_id;
    loop {
        match running.outputs(id).await {
            Ok(outputs) => return outputs.iter().map(|output| output.payload).collect(),
            Err(Error::Flow(error)) if error.kind() == ErrorKind::Cancelled => {
                return vec![CANCELLED];
            }
            Err(Error::Flow(error)) => panic!("{number}: {error:#}"),
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// Gives the traces that wait what they wait for, and cancels some.
async fn give_passes(running: Running) {
    loop {
        for parked in running.parked(64).await.unwrap_or_default() {
            // What fails is still parked, and comes again.
            let _ = match is_given_up(parked.trace_id) {
                true => running.cancel(parked.trace_id).await,
                false => running.resume(parked.trace_id, Pass(5)).await,
            };
        }
        sleep(PAUSE).await;
    }
}

/// What all traces came to.
pub(crate) struct Came {
    numbers: Range<u64>,
    outputs: HashMap<String, Vec<u64>>,
}

impl Came {
    /// Each trace has the outputs of memory, each once; each visit and attempt happened, and no other one.
    /// Returns how many node runs there were for each that is needed.
    pub(crate) async fn check(self, runs: &Path) -> f64 {
        let place = tempfile::tempdir().expect("a folder");
        let ideal = place.path().join("runs");
        let flow = Voyage::flow().with_state(Runs::open(&ideal));
        let expected = in_memory(flow, self.numbers).await;
        assert_eq!(self.outputs, expected);
        let (mut runs, ideal) = (Runs::read(runs), Runs::read(&ideal));
        let all = runs.len();
        runs.dedup();
        assert!(runs == ideal, "{} of {}", runs.len(), ideal.len());
        all as f64 / ideal.len() as f64
    }
}
