//! The line, awaited, with one feature switched on.

use std::hint::black_box;
use std::io::sink;
use std::sync::Arc;
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};

use harness::{Figure, Question, Sample};
use penguiflow::Event;
use tracing::level_filters::LevelFilter;

use super::line::Line;
use super::run::awaited;

pub(crate) async fn observed(sample: Sample) -> Figure {
    let flow = Line::flow().observe(|event: &Event| {
        black_box(event);
    });
    awaited(sample, flow, Question::new).await
}

/// What an observer adds, by the number of events that it is given.
pub(crate) async fn event(sample: Sample) -> Figure {
    let plain = awaited(sample, Line::flow(), Question::new).await;
    let observed = observed(sample).await;
    sample.figure((observed.value - plain.value) / events_of_a_request().await)
}

async fn events_of_a_request() -> f64 {
    let events = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&events);
    let flow = Line::flow().observe(move |_: &Event| _ = seen.fetch_add(1, Ordering::Relaxed));
    flow.run(Question::new(0)).await.expect("no node fails");
    flow.flush().await;
    events.load(Ordering::Relaxed) as f64
}

/// Under a subscriber for the whole process, of which there can be only one.
pub(crate) async fn traced(sample: Sample, level: LevelFilter) -> Figure {
    static SUBSCRIBER: Once = Once::new();
    SUBSCRIBER.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(level)
            .with_writer(sink)
            .init();
    });
    awaited(sample, Line::flow(), Question::new).await
}
