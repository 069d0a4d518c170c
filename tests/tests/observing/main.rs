//! What a flow tells about itself: events, spans, and its graph.

mod events;
mod graph;
mod observers;
mod spans;
