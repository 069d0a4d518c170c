//! W3C Trace Context, in and out: `traceparent` and `tracestate`.

use http::HeaderMap;
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use penguiflow::{Ctx, Message, TraceId};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// What a request says of its caller's trace.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_otel::{Caller, MessageExt};
/// use tracing::Instrument;
///
/// #[node]
/// async fn answer(question: String) -> String {
///     question
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let mut headers = http::HeaderMap::new();
/// # headers.insert("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse().expect("a value"));
/// let caller = Caller::of(&headers);
/// let span = tracing::info_span!("POST /ask", otel.kind = "server");
/// caller.set_parent_of(&span);
/// let message = caller.message("why?".to_owned()).in_trace_of(&span);
/// async { flow! { answer }.run(message).await }.instrument(span).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Caller(Context);

impl Caller {
    /// Reads `traceparent` and `tracestate`. Without them, or with an invalid `traceparent`, the caller
    /// has no trace.
    pub fn of(headers: &HeaderMap) -> Self {
        Self::extract(&HeaderExtractor(headers))
    }

    /// The same from whatever carries a request, such as the metadata of a queue's message.
    pub fn extract(carrier: &dyn Extractor) -> Self {
        // Not in the context that is entered here: its span is not the caller's.
        Self(TraceContextPropagator::new().extract_with_context(&Context::new(), carrier))
    }

    /// The caller's trace.
    pub fn trace_id(&self) -> Option<TraceId> {
        trace_id(self.0.span().span_context())
    }

    /// Makes the caller's span the parent of this one, which must not have been entered yet. Without a
    /// caller's trace, it changes nothing.
    pub fn set_parent_of(&self, span: &Span) {
        if self.trace_id().is_some() {
            // It fails where no collector is set up, and then there is nothing to connect.
            _ = span.set_parent(self.0.clone());
        }
    }

    /// A message that has the trace id of the caller, or a random one without a caller's trace.
    pub fn message<T>(&self, payload: T) -> Message<T> {
        let message = Message::new(payload);
        match self.trace_id() {
            Some(id) => message.trace_id(id),
            None => message,
        }
    }

    /// The caller's span as a parent. Where there is no span for the request,
    /// `flow.run(message).with_context(caller.context().clone())` makes it that of the flow's.
    pub fn context(&self) -> &Context {
        &self.0
    }
}

/// Messages in the trace of a span.
pub trait MessageExt: Sized {
    /// Takes the trace id of this span, such as a request's, in which the flow is to run. Without a
    /// collector the message is left as it is.
    ///
    /// ```
    /// use penguiflow::Message;
    /// use penguiflow_otel::MessageExt;
    ///
    /// let message = Message::new("why?").in_trace_of(&tracing::Span::current());
    /// # drop(message);
    /// ```
    #[must_use]
    fn in_trace_of(self, span: &Span) -> Self;
}

impl<T> MessageExt for Message<T> {
    fn in_trace_of(self, span: &Span) -> Self {
        match trace_id(span.context().span().span_context()) {
            Some(id) => self.trace_id(id),
            None => self,
        }
    }
}

/// A node's own requests, in the trace of the flow.
pub trait CtxExt {
    /// Writes `traceparent` and `tracestate`: the span that is current in the node, that of its attempt
    /// or one inside, is the parent of what is called. Without a collector it writes nothing.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use penguiflow_otel::CtxExt;
    ///
    /// #[node]
    /// async fn fetch(url: String, ctx: Ctx) -> String {
    ///     let mut headers = http::HeaderMap::new();
    ///     ctx.inject(&mut headers);
    ///     // … and send the request with them.
    ///     url
    /// }
    /// # drop(flow! { fetch });
    /// ```
    fn inject(&self, headers: &mut HeaderMap);

    /// The same into whatever carries a request.
    fn inject_into(&self, carrier: &mut dyn Injector);
}

impl CtxExt for Ctx {
    fn inject(&self, headers: &mut HeaderMap) {
        self.inject_into(&mut HeaderInjector(headers));
    }

    fn inject_into(&self, carrier: &mut dyn Injector) {
        TraceContextPropagator::new().inject_context(&current_context(), carrier);
    }
}

/// The current span's context, or where a filter hides that span from the collector, the one around it.
pub(crate) fn current_context() -> Context {
    let context = Span::current().context();
    match context.span().span_context().is_valid() {
        true => context,
        false => Context::current(),
    }
}

fn trace_id(context: &SpanContext) -> Option<TraceId> {
    TraceId::from_u128(u128::from_be_bytes(context.trace_id().to_bytes()))
}
