//! OpenTelemetry's conventions for generative AI, which still change: nothing of them is recorded
//! unless [`GenAi::On`] is set.

use opentelemetry::trace::{SpanBuilder, TraceContextExt};
use opentelemetry::{KeyValue, Value};
use tracing::{Subscriber, dispatcher};
use tracing_subscriber::layer::Layer;

use crate::propagation::current_context;

/// The [version of the conventions](https://github.com/open-telemetry/semantic-conventions-genai)
/// that the names in this module are of.
pub const VERSION: &str = "0.1.0";

const OPERATION: &str = "gen_ai.operation.name";
/// A workflow's name, too, since 0.1.0.
const AGENT: &str = "gen_ai.agent.name";
const PROVIDER: &str = "gen_ai.provider.name";
const MODEL: &str = "gen_ai.request.model";
const INPUT_TOKENS: &str = "gen_ai.usage.input_tokens";
const OUTPUT_TOKENS: &str = "gen_ai.usage.output_tokens";
const TOOL: &str = "gen_ai.tool.name";

/// Whether spans follow the conventions. With `On`, the span of a flow's trace is named
/// `invoke_workflow` and the flow's name, and [`chat`] and [`execute_tool`] name the span that they
/// are called in; `flow` and `node` are among the attributes all the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GenAi {
    /// [`chat`] and [`execute_tool`] record nothing.
    #[default]
    Off,
    /// Spans follow the conventions of [`VERSION`].
    On,
}

/// A layer that does nothing. The functions below find it in the subscriber.
impl<S: Subscriber> Layer<S> for GenAi {}

/// Records in the current span that a model was called, and the tokens that it took. In a node, that is
/// the span of its attempt.
///
/// A node that calls models more than once needs a span for each call.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_otel::gen_ai;
///
/// #[node]
/// async fn draft(prompt: String) -> String {
///     let (text, input_tokens, output_tokens) = ("42".to_owned(), 12, 3);
///     gen_ai::chat("openai", "gpt-5", input_tokens, output_tokens);
///     text
/// }
/// # drop(flow! { draft });
/// ```
pub fn chat(provider: &str, model: &str, input_tokens: u32, output_tokens: u32) {
    record("chat", model, || {
        vec![
            KeyValue::new(PROVIDER, provider.to_owned()),
            KeyValue::new(MODEL, model.to_owned()),
            KeyValue::new(INPUT_TOKENS, i64::from(input_tokens)),
            KeyValue::new(OUTPUT_TOKENS, i64::from(output_tokens)),
        ]
    });
}

/// Records in the current span that it is the call of a tool.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_otel::gen_ai;
///
/// #[node]
/// async fn weather(city: String) -> String {
///     gen_ai::execute_tool("weather");
///     format!("fine in {city}")
/// }
/// # drop(flow! { weather });
/// ```
pub fn execute_tool(tool: &str) {
    record("execute_tool", tool, || {
        vec![KeyValue::new(TOOL, tool.to_owned())]
    });
}

fn record(operation: &'static str, object: &str, attributes: impl FnOnce() -> Vec<KeyValue>) {
    let is_on = |switch: &GenAi| *switch == GenAi::On;
    if !dispatcher::get_default(|subscriber| subscriber.downcast_ref().is_some_and(is_on)) {
        return;
    }
    let context = current_context();
    let span = context.span();
    span.update_name(format!("{operation} {object}"));
    span.set_attribute(KeyValue::new(OPERATION, operation));
    span.set_attributes(attributes());
}

/// Makes the span of a flow's trace one of the conventions.
pub(crate) fn invoke_workflow(builder: &mut SpanBuilder, flow: Value) {
    builder.name = format!("invoke_workflow {}", flow.as_str()).into();
    let attributes = builder.attributes.get_or_insert_default();
    attributes.push(KeyValue::new(OPERATION, "invoke_workflow"));
    attributes.push(KeyValue::new(AGENT, flow));
}
