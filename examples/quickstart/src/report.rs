//! What is printed.

use std::time::{Duration, SystemTime};

use handbook::cli::{Request, say};
use handbook::{Hit, Index};
use penguiflow::{Event, EventKind};

use crate::nodes::Prompt;

/// How many characters of a passage are shown; the prompt has all of them.
const EXCERPT: usize = 200;

pub(crate) fn opening(request: &Request, index: &Index, took: Duration) {
    say(format_args!(
        "Folder:   {} (files: {}, passages: {}, indexed in {})\nQuestion: {}\n",
        request.folder.display(),
        index.files(),
        index.passages(),
        milliseconds(took),
        request.question,
    ));
}

pub(crate) fn prompt(prompt: &Prompt) {
    say("== The passages found ==\n");
    for hit in &prompt.sources {
        say(source(hit));
    }
    say("== The prompt that packs them ==\n");
    say(format_args!("{}\n", prompt.text));
}

fn source(hit: &Hit) -> String {
    let (passage, score) = (&hit.passage, hit.score);
    let (place, heading) = (passage.place(), &passage.heading);
    let title = format!("{place}  score {score:.2}  {heading}");
    format!("{}\n    {}\n", title.trim_end(), passage.excerpt(EXCERPT))
}

/// What each node did and how long it took, by the events of one trace.
pub(crate) fn visits(events: impl Iterator<Item = Event>) {
    say("== What each node did ==\n");
    let mut began = SystemTime::now();
    for event in events {
        match event.event {
            EventKind::TraceStart => began = event.ts,
            EventKind::TraceEnd => {
                let took = event.ts.duration_since(began).unwrap_or_default();
                say(format_args!("in all{:>31}", milliseconds(took)));
            }
            EventKind::NodeStart => {}
            _ => say(visit(&event)),
        }
    }
}

fn visit(event: &Event) -> String {
    let node = event.node_name.unwrap_or_default();
    let took = event.latency_ms.unwrap_or_default() / 1_000.0;
    let took = milliseconds(Duration::from_secs_f64(took));
    format!("{node:10} {:14} {took:>11}", event.event.as_str())
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3} ms", time.as_secs_f64() * 1_000.0)
}
