//! Spans as a tree.

use std::collections::HashSet;
use std::fmt::Write;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;

/// What is written of a span beside its name.
const ATTRIBUTES: [&str; 7] = [
    "node",
    "attempt",
    "outcome",
    "tokens",
    "error.type",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
];

/// The trees of all traces, each with its children in the order in which they began.
pub(crate) fn text(mut spans: Vec<Span>) -> String {
    spans.sort_by_key(|span| span.start_time_unix_nano);
    let ids: HashSet<_> = spans.iter().map(|span| &span.span_id).collect();
    let mut text = String::new();
    for span in &spans {
        if !ids.contains(&span.parent_span_id) {
            _ = writeln!(
                text,
                "trace {}, in span {}",
                hex(&span.trace_id),
                hex(&span.parent_span_id)
            );
            write(&spans, span, 1, &mut text);
        }
    }
    text
}

fn write(spans: &[Span], span: &Span, depth: usize, text: &mut String) {
    _ = write!(text, "{:1$}{2}", "", 2 * depth, span.name);
    for name in ATTRIBUTES {
        if let Some(value) = attribute(span, name) {
            _ = write!(text, " {name}={value}");
        }
    }
    text.push('\n');
    let children = spans
        .iter()
        .filter(|child| child.parent_span_id == span.span_id);
    children.for_each(|child| write(spans, child, depth + 1, text));
}

fn attribute(span: &Span, name: &str) -> Option<String> {
    let attribute = span.attributes.iter().find(|it| it.key == name)?;
    match attribute.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
