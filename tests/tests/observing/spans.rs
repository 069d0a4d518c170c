//! `tracing`: a span `node` around each attempt, and the levels of the events.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use penguiflow::prelude::*;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::subscriber::DefaultGuard;
use tracing::{Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

use penguiflow_tests::support::ms;

/// Writes down every event.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<Entry>>>);

/// An event, and the span that it happened in.
#[derive(Clone)]
struct Entry {
    level: Level,
    target: String,
    fields: Fields,
    span: Option<Fields>,
}

#[derive(Clone, Default, Debug)]
struct Fields(BTreeMap<String, String>);

impl Fields {
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Journal {
    fn on_new_span(&self, span: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        span.record(&mut fields);
        fields
            .0
            .insert("span".to_owned(), span.metadata().name().to_owned());
        let span = context.span(id).expect("it was just made");
        span.extensions_mut().insert(fields);
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let span = context.lookup_current();
        let entry = Entry {
            level: *event.metadata().level(),
            target: event.metadata().target().to_owned(),
            fields,
            span: span.and_then(|span| span.extensions().get::<Fields>().cloned()),
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry);
    }
}

impl Journal {
    /// A journal of what this thread records, for as long as the guard is there.
    fn begin() -> (Self, DefaultGuard) {
        let journal = Self::default();
        let subscriber = Registry::default().with(journal.clone());
        (journal, tracing::subscriber::set_default(subscriber))
    }

    fn of(&self, target: &str) -> Vec<Entry> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .iter()
            .filter(|entry| entry.target == target)
            .cloned()
            .collect()
    }

    /// What penguiflow itself recorded.
    fn told(&self) -> Vec<Entry> {
        self.of("penguiflow")
    }

    /// What the nodes recorded.
    fn by_nodes(&self) -> Vec<Entry> {
        self.of("nodes")
    }
}

/// The span that stands around whoever asks.
fn here(what: &str) {
    tracing::info!(target: "nodes", what);
}

#[node(retries = 1, backoff = "10ms", jitter = false)]
async fn search(n: u32, ctx: Ctx) -> Result<u32, String> {
    here("search");
    tokio::time::sleep(ms(5)).await;
    here("search again");
    if ctx.attempt() == 0 {
        Err("not yet".to_owned())
    } else {
        Ok(n)
    }
}

#[node(spawn)]
async fn elsewhere(n: u32) -> u32 {
    here("elsewhere");
    n
}

#[tokio::test(start_paused = true)]
async fn each_attempt_runs_in_a_span_of_its_own() -> Result<(), FlowError> {
    let (journal, _guard) = Journal::begin();
    let message = Message::new(1);
    let trace_id = message.trace_id.to_string();
    flow! { search -> elsewhere }.run(message).await?;
    here("outside");

    let mut lines = Vec::new();
    for entry in journal.by_nodes() {
        let what = entry.fields.get("what").to_owned();
        lines.push(match &entry.span {
            Some(span) => {
                assert_eq!(
                    (span.get("span"), span.get("trace_id")),
                    ("node", trace_id.as_str())
                );
                format!("{what} in {} {}", span.get("node"), span.get("attempt"))
            }
            None => what,
        });
    }
    let expected = [
        "search in search 0",
        "search again in search 0",
        "search in search 1",
        "search again in search 1",
        "elsewhere in elsewhere 0",
        "outside",
    ];
    assert_eq!(lines, expected);
    Ok(())
}

/// Two traces that take turns on one thread do not enter each other's spans.
#[tokio::test(start_paused = true)]
async fn spans_of_traces_do_not_mix() -> Result<(), FlowError> {
    let (journal, _guard) = Journal::begin();
    let flow = flow! { search };
    let (one, other) = (Message::new(1), Message::new(2));
    let ids = [one.trace_id.to_string(), other.trace_id.to_string()];
    let (one, other) = tokio::join!(flow.run(one), flow.run(other));
    one.and(other)?;
    let spans: Vec<_> = journal
        .by_nodes()
        .into_iter()
        .filter_map(|entry| entry.span)
        .collect();
    assert_eq!(spans.len(), 8);
    for id in ids {
        assert_eq!(
            spans
                .iter()
                .filter(|span| span.get("trace_id") == id)
                .count(),
            4
        );
    }
    here("outside");
    assert!(
        journal.by_nodes()[8].span.is_none(),
        "every span was left again"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn events_go_to_tracing_at_their_levels() -> Result<(), FlowError> {
    let (journal, _guard) = Journal::begin();
    let message = Message::new(1);
    let trace_id = message.trace_id.to_string();
    flow! { search }.run(message).await?;
    let told = journal.told();
    assert!(
        told.iter()
            .all(|entry| entry.fields.get("trace_id") == trace_id)
    );
    let lines: Vec<_> = told
        .iter()
        .map(|entry| format!("{} {}\n", entry.level, entry.fields.get("event")))
        .collect();
    let expected = expect_test::expect![[r#"
        DEBUG trace_start
        DEBUG node_start
        DEBUG node_error
        DEBUG node_retry
        DEBUG node_start
        DEBUG node_success
        INFO trace_end
    "#]];
    expected.assert_eq(&lines.concat());
    let retry = &told[3].fields;
    assert_eq!(
        (retry.get("node_name"), retry.get("attempt")),
        ("search", "1")
    );
    assert_eq!(
        (retry.get("error"), retry.get("sleep_ms")),
        ("not yet", "10.0")
    );
    assert_eq!(
        (told[2].fields.get("latency_ms"), retry.get("q_depth_in")),
        ("5.0", "0")
    );
    assert!(retry.get("ts").parse::<f64>().is_ok());
    Ok(())
}

#[node(timeout = "10ms")]
async fn times_out(_: u32) {
    tokio::time::sleep(ms(100)).await;
}

#[node]
async fn odd(n: u32) -> Option<u32> {
    (n % 2 == 1).then_some(n)
}

/// What an operator must see is a warning or an error; what one may want to see is info.
#[tokio::test(start_paused = true)]
async fn the_end_of_a_trace_has_the_level_of_its_outcome() {
    let (journal, _guard) = Journal::begin();
    let flow = flow! { odd -> times_out };
    let _ = flow.run(1).await.expect_err("it takes too long");
    let cut = Message::new(1).deadline_in(ms(5));
    let _ = flow.run(cut).await.expect_err("it is cut");
    let _ = flow.run(2).await.expect_err("it is filtered out");
    let dropped = tokio::time::timeout(ms(5), flow.run(1)).await;
    assert!(dropped.is_err());
    flow! { odd }.run(1).await.expect("it succeeds");
    let ends = journal.told().into_iter();
    let ends = ends.filter(|entry| entry.fields.get("event") == "trace_end");
    let lines = ends.map(|end| format!("{} {}\n", end.level, end.fields.get("message")));
    let expected = expect_test::expect![[r#"
        ERROR the trace failed: node `times_out` exceeded its timeout of 10ms
        WARN the trace ran out of time: node `times_out` was cut: the message's deadline passed
        INFO the trace was filtered out
        INFO the trace was cancelled
        INFO the trace completed
    "#]];
    expected.assert_eq(&lines.collect::<String>());
}

/// Each event has a sentence.
#[tokio::test(start_paused = true)]
async fn events_have_a_message() -> Result<(), FlowError> {
    let (journal, _guard) = Journal::begin();
    flow! { search -> odd }.run(1).await?;
    let _ = flow! { times_out }.run(1).await.expect_err("it is slow");
    let late = Message::new(1).deadline_in(ms(0));
    let _ = flow! { times_out }.run(late).await.expect_err("it is late");
    let told = journal.told().into_iter();
    let lines = told.map(|entry| entry.fields.get("message").to_owned() + "\n");
    let expected = expect_test::expect![[r#"
        the trace began
        attempt 0 of `search` began
        attempt 0 of `search` failed: not yet
        `search` is tried again in 10 ms: not yet
        attempt 1 of `search` began
        attempt 1 of `search` succeeded
        attempt 0 of `odd` began
        attempt 0 of `odd` succeeded
        the trace completed
        the trace began
        attempt 0 of `times_out` began
        attempt 0 of `times_out` timed out: took longer than 10ms
        `times_out` failed: took longer than 10ms
        the trace failed: node `times_out` exceeded its timeout of 10ms
        the trace began
        `times_out` was not started: the deadline had passed
        the trace ran out of time: node `times_out` was not started: the message's deadline had passed
    "#]];
    expected.assert_eq(&lines.collect::<String>());
    Ok(())
}
