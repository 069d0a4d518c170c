//! The layer that makes spans of OpenTelemetry, and its tracer, which knows the span of a trace.

use opentelemetry::trace::{SpanBuilder, TraceId, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, Span};
use penguiflow::TraceId as FlowTraceId;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::flow_ids::with_trace_id;
use crate::gen_ai::{self, GenAi};

/// A layer that makes OpenTelemetry's spans of tracing's, for a subscriber of one's own. The provider
/// must have [`FlowIds`](crate::FlowIds), and may have any exporter.
///
/// ```
/// use opentelemetry_sdk::trace::SdkTracerProvider;
/// use penguiflow_otel::FlowIds;
/// use penguiflow_otel::gen_ai::GenAi;
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let provider = SdkTracerProvider::builder()
///     .with_id_generator(FlowIds::default())
///     .build();
/// let subscriber = tracing_subscriber::registry()
///     .with(penguiflow_otel::layer(&provider, GenAi::Off));
/// # drop(subscriber);
/// ```
pub fn layer<S>(provider: &SdkTracerProvider, gen_ai: GenAi) -> impl Layer<S> + Send + Sync + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    // The target is by what a flow's span is known.
    OpenTelemetryLayer::new(FlowTracer::of(provider, gen_ai))
        .with_target(true)
        .with_location(false)
        .and_then(gen_ai)
}

/// The tracer of [`layer`]: it gives the span of a flow's trace the flow's trace id, where the span
/// has no parent.
///
/// tracing-opentelemetry starts a span when it is entered or gets a child, not when it is made. So the
/// id is noted here, where the span is started, and nowhere else.
#[derive(Debug, Clone)]
pub struct FlowTracer {
    tracer: SdkTracer,
    gen_ai: GenAi,
}

impl FlowTracer {
    fn of(provider: &SdkTracerProvider, gen_ai: GenAi) -> Self {
        let tracer = provider.tracer("penguiflow");
        Self { tracer, gen_ai }
    }
}

impl Tracer for FlowTracer {
    type Span = Span;

    fn build_with_context(&self, mut builder: SpanBuilder, parent: &Context) -> Span {
        let Some(trace) = FlowTrace::of(&builder) else {
            return self.tracer.build_with_context(builder, parent);
        };
        if self.gen_ai == GenAi::On {
            gen_ai::invoke_workflow(&mut builder, trace.flow);
        }
        with_trace_id(trace.id, || self.tracer.build_with_context(builder, parent))
    }
}

/// What the span of a flow's trace says of it.
struct FlowTrace {
    id: Option<TraceId>,
    flow: Value,
}

impl FlowTrace {
    /// `None` if it is another span: one of the user's may have a field `trace_id` with what a client
    /// has sent.
    fn of(builder: &SpanBuilder) -> Option<Self> {
        let attributes = builder.attributes.as_deref()?;
        let is_own = value(attributes, "target")?.as_str() == "penguiflow";
        let flow = value(attributes, "flow").filter(|_| is_own)?.clone();
        let id = value(attributes, "trace_id")?.as_str().parse().ok();
        let id = id.map(|id: FlowTraceId| to_otel(id));
        Some(Self { id, flow })
    }
}

/// The first of this name: the target comes before the span's own fields.
fn value<'a>(attributes: &'a [KeyValue], name: &str) -> Option<&'a Value> {
    let attribute = attributes.iter().find(|it| it.key.as_str() == name)?;
    Some(&attribute.value)
}

fn to_otel(id: FlowTraceId) -> TraceId {
    TraceId::from_bytes(id.to_u128().to_be_bytes())
}
