//! Trace ids: the flow's, where its span begins a trace; random ones for all other spans.

use std::cell::Cell;

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

thread_local! {
    /// The id of the flow's trace whose span is being made on this thread.
    static NOTED: Cell<Option<TraceId>> = const { Cell::new(None) };
}

/// The ids of a tracer provider whose [`layer`](crate::layer()) knows flows: a flow's trace has the
/// flow's own id.
///
/// ```
/// use opentelemetry_sdk::trace::SdkTracerProvider;
/// use penguiflow_otel::FlowIds;
///
/// let provider = SdkTracerProvider::builder()
///     .with_id_generator(FlowIds::default())
///     .build();
/// # drop(provider);
/// ```
#[derive(Debug, Clone, Default)]
pub struct FlowIds(RandomIdGenerator);

impl IdGenerator for FlowIds {
    fn new_trace_id(&self) -> TraceId {
        NOTED.take().unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}

/// If a span that `make` makes begins a trace, the trace has this id.
pub(crate) fn with_trace_id<T>(id: Option<TraceId>, make: impl FnOnce() -> T) -> T {
    NOTED.set(id);
    let _forgets = Forgets;
    make()
}

/// A span that had a parent has not taken the id: no later one may.
struct Forgets;

impl Drop for Forgets {
    fn drop(&mut self) {
        NOTED.set(None);
    }
}
