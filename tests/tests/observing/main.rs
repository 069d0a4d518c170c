//! What a flow reports about itself: events, spans, and its graph.

mod events;
mod graph;
mod isolation;
mod metrics;
mod observers;
mod payloads;
mod recording;
mod span_tree;
mod spans;
mod stored_graph;
mod svg;
mod terminal;
mod tree;
