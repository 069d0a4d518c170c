//! What many tests share: a notebook that nodes write to, an observer that keeps events,
//! and short words for durations.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use penguiflow::Event;
use penguiflow::host::Topology;
use penguiflow::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::time::Instant;

/// So many milliseconds.
pub const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// So many seconds.
pub const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A payload that counts the copies that are made of it.
#[derive(Debug, Default)]
pub struct Counted(pub Arc<AtomicUsize>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(&self.0))
    }
}

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.load(Ordering::Relaxed).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let copies = usize::deserialize(deserializer)?;
        Ok(Self(Arc::new(AtomicUsize::new(copies))))
    }
}

/// What nodes write down, as the state of a flow: each line with the time since its making.
#[derive(Clone)]
pub struct Notebook {
    begun: Instant,
    lines: Arc<Mutex<Vec<(u64, String)>>>,
}

impl Notebook {
    /// An empty one, whose time begins now.
    #[expect(
        clippy::new_without_default,
        reason = "a default would not read the clock"
    )]
    pub fn new() -> Self {
        Self {
            begun: Instant::now(),
            lines: Arc::default(),
        }
    }

    /// Writes a line.
    pub fn write(&self, line: impl ToString) {
        let at = self.begun.elapsed().as_millis() as u64;
        self.lock().push((at, line.to_string()));
    }

    /// The lines, each with its milliseconds.
    pub fn timed(&self) -> Vec<(u64, String)> {
        self.lock().clone()
    }

    /// The lines without their times.
    pub fn lines(&self) -> Vec<String> {
        self.lock().iter().map(|(_, line)| line.clone()).collect()
    }

    /// When the lines were written, in milliseconds.
    pub fn times(&self) -> Vec<u64> {
        self.lock().iter().map(|(at, _)| *at).collect()
    }

    /// Writes the line when what this returns is dropped.
    pub fn on_drop(&self, line: &str) -> impl Send + use<> {
        OnDrop(self.clone(), line.to_owned())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(u64, String)>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct OnDrop(Notebook, String);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.write(&self.1);
    }
}

/// What an observer saw.
#[derive(Clone, Default)]
pub struct Seen(Arc<Mutex<Vec<Event>>>);

impl Seen {
    /// The events themselves.
    pub fn events(&self) -> Vec<Event> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// One line per event: its name, then node and attempt where there is a node.
    pub fn lines(&self) -> Vec<String> {
        self.events().iter().map(line).collect()
    }

    /// How often an event of this name was seen.
    pub fn count(&self, name: &str) -> usize {
        let events = self.events();
        events
            .iter()
            .filter(|event| event.event.as_str() == name)
            .count()
    }
}

fn line(event: &Event) -> String {
    match event.node_name {
        Some(node) => format!("{} {node} {}", event.event, event.attempt),
        None => event.event.to_string(),
    }
}

/// A flow with an observer, and what the observer sees.
pub fn watched<F: Topology, S>(flow: Flow<F, S>) -> (Flow<F, S>, Seen) {
    let seen = Seen::default();
    let kept = seen.clone();
    let observer = move |event: &Event| {
        let mut events = kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.push(event.clone());
    };
    (flow.observe(observer), seen)
}

/// Takes all results that are left, after `stop`.
pub async fn drain<F, S>(running: &penguiflow::Running<F, S>) -> Vec<Result<F::Out, FlowError>>
where
    F: Topology,
{
    let mut results = Vec::new();
    while let Some(result) = running.fetch().await {
        results.push(result.map(|message| message.payload));
    }
    results
}

/// Whether a ledger's equation holds.
pub fn balances(ledger: &Ledger) -> bool {
    let settled = ledger.completed + ledger.failed + ledger.cancelled + ledger.filtered;
    ledger.emitted == settled + ledger.in_flight
}

/// How many tasks the runtime has that are not this one.
pub fn tasks() -> usize {
    tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks()
}
