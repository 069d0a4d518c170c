//! What a trace did, without ids and times: its path, its attempts, and a text of both.

use std::collections::HashMap;
use std::fmt;

use super::shape::{Shape, each_visit, path, shape};
use crate::coverage::TraceVisits;
use crate::event::{Event, EventKind};
use crate::message::{StepId, TraceId};
use crate::recording::{NotRecorded, Recording, TimeLine};

/// What a trace did, made of its events in a [`Recording`]: without ids and times, and in the order of
/// its steps, so that it is the same at every run that does the same. Its [`Display`](fmt::Display) is
/// a line for each visit with the ends of its attempts.
///
/// Wait for [`Flow::flush`](crate::Flow::flush) before you make one: an observer is behind its flow.
///
/// ```
/// use penguiflow::Recording;
/// use penguiflow::prelude::*;
/// use penguiflow::testing::TraceRecord;
///
/// #[node]
/// async fn plan(question: String) -> String {
///     question
/// }
///
/// #[node(retries = 1, backoff = "1ms")]
/// async fn search(question: String) -> std::io::Result<String> {
///     Ok(question)
/// }
///
/// #[node]
/// async fn pack((question, found): (String, String)) -> String {
///     format!("{question}: {found}")
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let recording = Recording::new();
/// let flow = flow! { plan -> [_, search] -> join -> pack }
///     .observe(recording.clone())
///     .script::<search>(|node| node.fails(|| std::io::Error::other("reset")));
/// flow.run("why?".to_owned()).await?;
/// flow.flush().await;
///
/// let record = TraceRecord::last(&recording);
/// record.assert_path("plan -> search -> pack");
/// assert_eq!(record.attempts("search"), ["failed: reset", "succeeded"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TraceRecord {
    shapes: Vec<Shape>,
    /// By step, how its attempts ended.
    ends: HashMap<StepId, Vec<String>>,
    flow: &'static str,
    /// How the trace ended.
    end: String,
    time_line: Result<TimeLine, NotRecorded>,
}

impl TraceRecord {
    /// That of a trace. It is empty if the recording does not have it.
    pub fn of(recording: &Recording, trace_id: TraceId) -> Self {
        let events = recording.events(trace_id);
        let mut visits = TraceVisits::default();
        let mut ends: HashMap<_, Vec<String>> = HashMap::new();
        for event in &events {
            visits.add(event);
            if let Some(step) = event.step {
                add_end(ends.entry(step).or_default(), event);
            }
        }
        Self {
            shapes: shape(&visits),
            ends,
            flow: events.first().map_or("flow", |event| event.flow),
            end: trace_end(&events),
            time_line: recording.time_line(trace_id),
        }
    }

    /// That of the trace that began last.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    pub fn last(recording: &Recording) -> Self {
        let last = recording.trace_ids().last().copied();
        let Some(last) = last else {
            panic!(
                "the recording is empty. An observer is behind its flow: await `flow.flush()` first"
            );
        };
        Self::of(recording, last)
    }

    /// The nodes that the trace visited, in the notation of `flow!`: `->` between a visit and the next
    /// one, `else` before a fallback, `[a, b]` around branches that ran beside each other, in the order
    /// in which the flow names them, `[a * 3]` around the items of a map, and `Support(a -> b)` for what
    /// ran in a playbook. Joins, maps, and branches without a node are no visits.
    ///
    /// Visits of which it is not known what led to them, such as those of flows called by
    /// `ctx.call_keyed`, come last, each after a `|`.
    pub fn path(&self) -> String {
        let paths: Vec<_> = self.shapes.iter().map(path).collect();
        paths.join(" | ")
    }

    /// Checks the [`path`](Self::path). White space does not count.
    ///
    /// # Panics
    ///
    /// If the path is another one. The message has both, and the time line of the trace.
    #[track_caller]
    pub fn assert_path(&self, expected: &str) {
        let expected = expected.split_whitespace().collect::<Vec<_>>().join(" ");
        let path = self.path();
        assert!(
            path == expected,
            "the trace took another path\nexpected: {expected}\n    path: {path}\n{}",
            self.time_line(),
        );
    }

    /// How the attempts of a node ended, visit by visit.
    pub fn attempts(&self, node: &str) -> Vec<&str> {
        let mut found = Vec::new();
        for shape in &self.shapes {
            each_visit(shape, 0, &mut |_, step, name| {
                if name == node {
                    found.extend(self.ends_of(step).iter().map(String::as_str));
                }
            });
        }
        found
    }

    fn ends_of(&self, step: StepId) -> &[String] {
        self.ends.get(&step).map_or(&[], Vec::as_slice)
    }

    fn time_line(&self) -> String {
        match &self.time_line {
            Ok(time_line) => time_line.to_string(),
            Err(missing) => missing.to_string(),
        }
    }
}

/// `Ask: completed`, and a line for each visit.
impl fmt::Display for TraceRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.flow, self.end)?;
        let mut text = String::new();
        for shape in &self.shapes {
            each_visit(shape, 1, &mut |depth, step, name| {
                let (indent, ends) = ("  ".repeat(depth), self.ends_of(step).join("; "));
                text += &format!("{indent}{name}: {ends}\n");
            });
        }
        f.write_str(&text)
    }
}

fn add_end(ends: &mut Vec<String>, event: &Event) {
    let error = || {
        event
            .error
            .as_deref()
            .unwrap_or_default()
            .replace('\n', " ")
    };
    let end = match event.event {
        EventKind::NodeSuccess => "succeeded".to_owned(),
        EventKind::NodeError => format!("failed: {}", error()),
        EventKind::NodeTimeout => format!("timed out: {}", error()),
        EventKind::NodeCancelled => "cancelled".to_owned(),
        EventKind::DeadlineSkip => "skipped: the deadline had passed".to_owned(),
        EventKind::TraceParked => "parked".to_owned(),
        EventKind::TraceResumed if event.error.is_some() => format!("not resumed: {}", error()),
        EventKind::TraceResumed => "resumed".to_owned(),
        // It follows the report of its last attempt, unless no attempt began.
        EventKind::NodeFailed if ends.is_empty() => format!("failed: {}", error()),
        _ => return,
    };
    ends.push(end);
}

fn trace_end(events: &[Event]) -> String {
    let end = events.iter().rfind(|event| event.outcome.is_some());
    let outcome = end
        .and_then(|end| end.outcome)
        .map_or("running", |end| end.as_str());
    match end.and_then(|end| end.error.as_deref()) {
        Some(error) => format!("{outcome}: {}", error.replace('\n', " ")),
        None => outcome.to_owned(),
    }
}
