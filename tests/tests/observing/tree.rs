//! All spans of a thread, as a tree of text.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// All spans, in the order in which they were made.
#[derive(Clone, Default)]
pub(super) struct Tree(Arc<Mutex<Vec<Node>>>);

#[derive(Default)]
struct Node {
    id: u64,
    parent: Option<u64>,
    kind: &'static str,
    fields: BTreeMap<&'static str, String>,
    /// The names of penguiflow's events in it.
    events: Vec<String>,
    is_closed: bool,
}

impl Visit for Node {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

/// The name of an event.
#[derive(Default)]
struct EventName(Option<String>);

impl Visit for EventName {
    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "event" {
            self.0 = Some(value.to_owned());
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Tree {
    fn on_new_span(&self, span: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let parent = context
            .span(id)
            .and_then(|span| Some(span.parent()?.id().into_u64()));
        let mut node = Node {
            id: id.into_u64(),
            parent,
            kind: span.metadata().name(),
            ..Node::default()
        };
        span.record(&mut node);
        self.nodes().push(node);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.with(id, |node| values.record(node));
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let mut name = EventName::default();
        event.record(&mut name);
        if let (Some(span), Some(name)) = (context.event_span(event), name.0) {
            self.with(&span.id(), |node| node.events.push(name));
        }
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.with(&id, |node| node.is_closed = true);
    }
}

impl Tree {
    pub(super) fn begin(level: LevelFilter) -> (Self, DefaultGuard) {
        let tree = Self::default();
        let subscriber = Registry::default().with(tree.clone().with_filter(level));
        (tree, tracing::subscriber::set_default(subscriber))
    }

    fn nodes(&self) -> MutexGuard<'_, Vec<Node>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last one of this id: the registry uses ids again.
    fn with(&self, id: &Id, call: impl FnOnce(&mut Node)) {
        let mut nodes = self.nodes();
        if let Some(node) = nodes.iter_mut().rfind(|node| node.id == id.into_u64()) {
            call(node);
        }
    }

    /// The tree as text. All spans must be closed.
    pub(super) fn text(&self) -> String {
        let nodes = self.nodes();
        assert!(nodes.iter().all(|node| node.is_closed), "each span ends");
        let mut text = String::new();
        write_below(&nodes, None, 0, &mut text);
        text
    }
}

fn write_below(nodes: &[Node], parent: Option<usize>, depth: usize, text: &mut String) {
    for (place, node) in nodes.iter().enumerate() {
        let its = node
            .parent
            .and_then(|id| nodes[..place].iter().rposition(|node| node.id == id));
        if its != parent {
            continue;
        }
        let fields = [
            "otel.name",
            "attempt",
            "tenant",
            "outcome",
            "otel.status_code",
            "error.type",
        ];
        let fields = fields.iter().filter_map(|name| node.fields.get(name));
        let fields: Vec<_> = fields.map(String::as_str).collect();
        let line = format!("{} {}", node.kind, fields.join(" "));
        let events = node.events.join(", ");
        _ = writeln!(text, "{:1$}{2}: {events}", "", 2 * depth, line.trim_end());
        write_below(nodes, Some(place), depth + 1, text);
    }
}
