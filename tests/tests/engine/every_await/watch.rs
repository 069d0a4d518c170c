//! What must not remain: payloads, tasks, spans, parked traces, attempts that did not end.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use penguiflow::Event;
use penguiflow::NodeInfo;
use penguiflow::prelude::*;
use tracing::span::{Attributes, Id};
use tracing::subscriber::DefaultGuard;
use tracing::{Subscriber, subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

use super::large::{Large, Load, Word};
use penguiflow_tests::support::{Seen, secs, tasks, watched};

/// A flow, and what is open of it.
pub(super) struct Watch {
    pub(super) flow: Flow<Large>,
    seen: Seen,
    held: Arc<()>,
    spans: Spans,
    _subscriber: DefaultGuard,
}

/// What is open: nothing is, once a trace is over.
#[derive(Debug, Default, PartialEq)]
struct Open {
    payloads: usize,
    tasks: usize,
    spans: usize,
    parked: usize,
}

impl Watch {
    pub(super) fn begin() -> Self {
        let (flow, seen) = watched(Large::flow());
        let spans = Spans::default();
        let subscriber = Registry::default().with(spans.clone());
        Self {
            flow,
            seen,
            held: Arc::default(),
            spans,
            _subscriber: subscriber::set_default(subscriber),
        }
    }

    pub(super) fn load(&self) -> Load {
        let held = Arc::clone(&self.held);
        Load { number: 1, held }
    }

    /// The traces that are parked for a word.
    fn listening(&self) -> Vec<TraceId> {
        let parked = self.flow.parked().into_iter();
        let listening = parked.filter(|parked| parked.node == "await Word");
        listening.map(|parked| parked.trace_id).collect()
    }

    /// Gives them one.
    pub(super) fn resume(&self) {
        for trace_id in self.listening() {
            let word = Word(Arc::clone(&self.held));
            let resumed = self.flow.resume(trace_id, word).now_or_never();
            resumed.expect("it does not wait").expect("it was parked");
        }
    }

    /// Does its work, and whenever that is parked, resumes it before the next poll.
    pub(super) async fn resumed<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|context| {
            self.resume();
            let poll = work.as_mut().poll(context);
            if poll.is_pending() && !self.listening().is_empty() {
                context.waker().wake_by_ref();
            }
            poll
        })
        .await
    }

    /// Nothing is open, and another trace finds every permit.
    pub(super) async fn is_left_clean(&self, place: &str) {
        self.nothing_is_open(place).await;
        let again = self.resumed(self.flow.run_all(self.load()));
        let again = tokio::time::timeout(secs(1), again);
        let outputs = again.await.unwrap_or_else(|_| panic!("{place}: stuck"));
        assert_eq!(outputs.map(numbers).ok(), Some(vec![24]), "{place}");
        self.nothing_is_open(place).await;
        let events = self.seen.events();
        let nodes = self.flow.graph().nodes.iter();
        // Joins, maps and awaits have no place in the source, and nothing to run.
        let runs = |node: &&NodeInfo| !node.file.is_empty() && node.name != "never_hear";
        for node in nodes.filter(runs) {
            let has_run = |event: &Event| event.node_name == Some(node.name);
            assert!(events.iter().any(has_run), "`{}` was not run", node.name);
        }
    }

    async fn nothing_is_open(&self, place: &str) {
        // A task that was aborted, and a thread, are given their turn to go.
        let patience = Instant::now() + Duration::from_secs(10);
        while self.open() != Open::default() && Instant::now() < patience {
            tokio::task::yield_now().await;
        }
        assert_eq!(self.open(), Open::default(), "{place}");
        self.flow.flush().await;
        let events = self.seen.events();
        assert_eq!(unended(&events), BTreeMap::new(), "{place}");
    }

    fn open(&self) -> Open {
        Open {
            payloads: Arc::strong_count(&self.held) - 1,
            tasks: tasks(),
            spans: self.spans.0.load(Ordering::Relaxed),
            parked: self.flow.parked().len(),
        }
    }
}

pub(super) fn numbers(loads: Vec<Load>) -> Vec<u32> {
    loads.iter().map(|load| load.number).collect()
}

/// What began more often than it ended: traces, and attempts by node and number.
fn unended(events: &[Event]) -> BTreeMap<(&str, u32), i32> {
    let mut begun = BTreeMap::new();
    for event in events {
        let change = match event.event {
            EventKind::TraceStart | EventKind::NodeStart => 1,
            EventKind::TraceEnd | EventKind::NodeSuccess => -1,
            EventKind::NodeError | EventKind::NodeTimeout => -1,
            // In a wait for a permit or a retry no attempt runs: there is no latency.
            EventKind::NodeCancelled if event.latency_ms.is_some() => -1,
            _ => 0,
        };
        let node = event.node_name.unwrap_or("the trace");
        *begun.entry((node, event.attempt)).or_default() += change;
    }
    begun.retain(|_, count| *count != 0);
    begun
}

/// Counts the attempts' spans that are open. Not those of traces: a span of the registry closes its
/// parent on the thread's own subscriber, and the thread of a `blocking` node has none here.
#[derive(Clone, Default)]
struct Spans(Arc<AtomicUsize>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, span: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let is_attempt = span.metadata().name() == "node";
        self.0.fetch_add(usize::from(is_attempt), Ordering::Relaxed);
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let is_attempt = context.span(&id).is_some_and(|span| span.name() == "node");
        self.0.fetch_sub(usize::from(is_attempt), Ordering::Relaxed);
    }
}
