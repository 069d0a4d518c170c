//! The line, awaited, with one feature switched on.

use std::hint::black_box;
use std::io::sink;

use contest::{Figure, Question, Sample};
use penguiflow::prelude::*;
use tracing::level_filters::LevelFilter;

use crate::line::Line;
use crate::run::awaited;

pub(crate) async fn observed(sample: Sample) -> Figure {
    let flow = Line::flow().observe(|event: &Event| {
        black_box(event);
    });
    awaited(sample, flow, Question::new).await
}

pub(crate) async fn traced(sample: Sample, level: LevelFilter) -> Figure {
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(sink)
        .init();
    awaited(sample, Line::flow(), Question::new).await
}
