//! Server-sent events, as <https://html.spec.whatwg.org/multipage/server-sent-events.html>
//! defines them: the format that an `EventSource` in a browser reads.

use penguiflow::{Chunk, StreamEnd};

use crate::nodes::WORDS;

/// A chunk as an event named as its stream, its JSON as one named as its kind, and its stream's end as one of its own: `end`, or
/// `void` where the attempt failed, so that a page removes the words of that stream.
pub(crate) fn chunk(chunk: &Chunk) -> String {
    let name = match &*chunk.stream {
        "" => WORDS,
        stream => stream,
    };
    let mut events = String::new();
    if !chunk.text.is_empty() {
        events += &event(name, &chunk.text);
    }
    if let (Some(kind), Some(data)) = (chunk.kind(), &chunk.data) {
        events += &event(kind, &data.to_string());
    }
    if chunk.is_last {
        let end = match chunk.end {
            Some(StreamEnd::Failed) => "void",
            _ => "end",
        };
        events += &event(end, name);
    }
    events
}

/// An event. A line that is not marked as data would be read as a field of its own, so each
/// line of the text is; the reader puts the line breaks back, each as `\n`.
pub(crate) fn event(name: &str, text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let data: String = text
        .split('\n')
        .map(|line| format!("data: {line}\n"))
        .collect();
    format!("event: {name}\n{data}\n")
}
