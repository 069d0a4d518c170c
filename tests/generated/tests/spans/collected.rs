//! A subscriber that keeps all spans, with the library's events in them.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::case::CLIENT;
use crate::compared::{Attempt, Compared, Place, TraceEnd};

/// All spans, in the order in which they began. Clones are the same list.
#[derive(Clone, Default)]
pub(crate) struct Spans(Arc<Mutex<Vec<Collected>>>);

/// A span.
#[derive(Default)]
struct Collected {
    id: u64,
    /// The place of its parent among all spans.
    parent: Option<usize>,
    name: &'static str,
    fields: Fields,
    events: Vec<Fields>,
    is_closed: bool,
}

#[derive(Default, Clone)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Fields {
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn place(&self) -> Place {
        Place {
            step: u64::from_str_radix(self.get("step"), 16).expect("an event of a visit"),
            attempt: self.get("attempt").parse().expect("a number"),
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, span: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let parent = context.span(id).and_then(|span| span.parent());
        let parent = parent.map(|parent| parent.id().into_u64());
        let mut fields = Fields::default();
        span.record(&mut fields);
        let mut spans = self.spans();
        let parent = parent.and_then(|id| spans.iter().rposition(|span| span.id == id));
        spans.push(Collected {
            id: id.into_u64(),
            parent,
            name: span.metadata().name(),
            fields,
            ..Collected::default()
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.with(id, |span| values.record(&mut span.fields));
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        if let Some(span) = context.event_span(event) {
            self.with(&span.id(), |span| span.events.push(fields));
        }
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.with(&id, |span| {
            assert!(!span.is_closed, "a span ends once");
            span.is_closed = true;
        });
    }
}

impl Spans {
    /// Keeps the spans of this thread, for as long as the guard is there.
    pub(crate) fn of_this_thread() -> (Self, DefaultGuard) {
        let spans = Self::default();
        let guard = tracing::subscriber::set_default(spans.subscriber());
        (spans, guard)
    }

    /// Keeps those of all threads that have no subscriber of their own, from now on.
    pub(crate) fn of_all_threads() -> Self {
        let spans = Self::default();
        let set = tracing::subscriber::set_global_default(spans.subscriber());
        set.expect("it is set once");
        spans
    }

    fn subscriber(&self) -> impl Subscriber + use<> {
        Registry::default().with(self.clone().with_filter(LevelFilter::DEBUG))
    }

    fn spans(&self) -> MutexGuard<'_, Vec<Collected>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last one of this id: the registry uses ids again.
    fn with(&self, id: &Id, call: impl FnOnce(&mut Collected)) {
        let mut spans = self.spans();
        let span = spans.iter_mut().rfind(|span| span.id == id.into_u64());
        call(span.expect("it began"));
    }

    /// What they say so far, which is forgotten then. All must have ended.
    pub(crate) fn take(&self) -> Compared {
        let spans = mem::take(&mut *self.spans());
        let mut compared = Compared::default();
        for span in spans.iter() {
            assert!(
                span.is_closed,
                "{} has no end",
                span.fields.get("otel.name")
            );
            match span.name {
                CLIENT => {}
                "trace" => {
                    let trace = span.fields.get("trace_id").to_owned();
                    let other = compared.traces.insert(trace, trace_end(span, &spans));
                    assert!(other.is_none(), "a trace has one span");
                }
                "node" => compared.attempts.push(attempt(span, &spans)),
                name => panic!("a span `{name}`"),
            }
        }
        compared.attempts.sort();
        compared
    }
}

fn trace_end(span: &Collected, spans: &[Collected]) -> TraceEnd {
    let client = span.parent.map(|parent| spans[parent].name);
    assert_eq!(client, Some(CLIENT), "a trace is in the span of its caller");
    let fields = &span.fields;
    assert_eq!(fields.get("flow"), fields.get("otel.name"));
    TraceEnd {
        flow: fields.get("flow").to_owned(),
        outcome: fields.get("outcome").to_owned(),
        status: status(fields),
        error: fields.get("error.type").to_owned(),
    }
}

fn attempt(span: &Collected, spans: &[Collected]) -> Attempt {
    let parent = &spans[span.parent.expect("an attempt is in its trace")];
    let fields = &span.fields;
    assert_eq!(parent.fields.get("trace_id"), fields.get("trace_id"));
    assert_eq!(fields.get("node"), fields.get("otel.name"));
    let at = span.place();
    assert_eq!(fields.get("attempt"), at.attempt.to_string());
    let own = span.events.iter().filter(|event| is_of(event, at));
    Attempt {
        trace: fields.get("trace_id").to_owned(),
        node: fields.get("node").to_owned(),
        at,
        within: (parent.name == "node").then(|| parent.place()),
        status: status(fields),
        error: fields.get("error.type").to_owned(),
        events: own.map(|event| event.get("event").to_owned()).collect(),
    }
}

/// Whether an event is about this visit. Those of a playbook between its attempts are in the attempt
/// that runs it.
fn is_of(event: &Fields, at: Place) -> bool {
    !event.get("step").is_empty() && event.place() == at
}

impl Collected {
    /// That of the event with which an attempt begins.
    fn place(&self) -> Place {
        let first = self.events.first().expect("an attempt begins");
        assert_eq!(first.get("event"), "node_start");
        first.place()
    }
}

fn status(fields: &Fields) -> &'static str {
    match fields.get("otel.status_code") {
        "OK" => "OK",
        "ERROR" => "ERROR",
        "" => "",
        other => panic!("a status `{other}`"),
    }
}
