//! Keeps the events of the last traces of a flow, and makes a time line of each, also for the report
//! of an error.

mod count;
#[cfg(not(feature = "svg"))]
mod gated;
mod report;
#[cfg(feature = "svg")]
mod svg;
mod text;
mod time_line;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::FlowError;
use crate::event::{Event, Observer};
use crate::graph::Figures;
use crate::message::TraceId;

pub use report::{ErrorReport, NotRecorded};
pub use text::TimeLineText;
pub use time_line::{AttemptTime, Outcome, TimeLine, VisitTime, WaitTime};

/// How many events are kept, unless it is set.
const MOST_EVENTS: usize = 20_000;

/// An observer that keeps the events of the last traces: for a test, or for a look at what a
/// service did. Its clones share what is kept.
///
/// An observer is behind its flow, on a thread of its own. So await
/// [`Flow::flush`](crate::Flow::flush) before you ask for a trace that has just run.
///
/// ```
/// use penguiflow::Recording;
/// use penguiflow::prelude::*;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// #[node(retries = 2, backoff = "1ms..1ms")]
/// async fn check(n: u32, ctx: Ctx) -> Result<u32, String> {
///     if ctx.attempt() == 0 { Err("not yet".to_owned()) } else { Ok(n) }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let recording = Recording::new();
/// let flow = flow! { double -> check }.observe(recording.clone());
/// flow.run(21).await?;
/// flow.flush().await;
///
/// let trace_id = recording.trace_ids()[0];
/// let time_line = recording.time_line(trace_id).expect("it was just recorded");
/// assert_eq!(time_line.visits[1].attempts.len(), 2);
/// println!("{time_line}");
/// assert_eq!(recording.figures().node("check").map(|node| node.attempts), Some(2));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Recording(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    most: usize,
    /// How many events are in all traces.
    count: usize,
    /// Oldest first.
    order: VecDeque<TraceId>,
    traces: HashMap<TraceId, Vec<Event>>,
    lost: u64,
}

impl Default for Recording {
    fn default() -> Self {
        Self::new()
    }
}

impl Recording {
    /// Keeps the last 20,000 events.
    pub fn new() -> Self {
        Self::of_last(MOST_EVENTS)
    }

    /// Keeps the traces to which the last events belong, as many of them as are set. If there are
    /// more, the oldest trace is forgotten as a whole; of a trace that has more by itself, the
    /// further ones are lost.
    pub fn of_last(events: usize) -> Self {
        Self(Arc::new(Mutex::new(Kept {
            most: events,
            count: 0,
            order: VecDeque::new(),
            traces: HashMap::new(),
            lost: 0,
        })))
    }

    /// The traces that are kept, oldest first. None before the observers of the flow are
    /// [flushed](crate::Flow::flush), or have caught up by themselves.
    pub fn trace_ids(&self) -> Vec<TraceId> {
        self.kept().order.iter().copied().collect()
    }

    /// The events of a trace, in their order; none if it is not kept.
    pub fn events(&self, trace_id: TraceId) -> Vec<Event> {
        let kept = self.kept();
        kept.traces.get(&trace_id).cloned().unwrap_or_default()
    }

    /// How many events are lost: of traces that are too long, and those that this observer was too
    /// slow for.
    pub fn lost(&self) -> u64 {
        self.kept().lost
    }

    /// What happened in a trace, and when.
    ///
    /// # Errors
    ///
    /// If it is not kept, or not recorded yet: see [`Flow::flush`](crate::Flow::flush).
    pub fn time_line(&self, trace_id: TraceId) -> Result<TimeLine, NotRecorded> {
        let kept = self.kept();
        match kept.traces.get(&trace_id) {
            Some(events) => Ok(TimeLine::of(trace_id, events)),
            None => Err(NotRecorded {
                trace_id,
                traces: kept.order.len(),
            }),
        }
    }

    /// An error with all its causes and the time line of its trace, as text for a log or for a person.
    ///
    /// ```
    /// use penguiflow::Recording;
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn triage(question: String) -> String {
    ///     question
    /// }
    ///
    /// #[node(retries = 1, backoff = "1ms")]
    /// async fn search(_question: String) -> std::io::Result<String> {
    ///     Err(std::io::Error::other("connection reset"))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let recording = Recording::new();
    /// let flow = flow! { triage -> search }.observe(recording.clone());
    /// if let Err(error) = flow.run("why?").await {
    ///     flow.flush().await;
    ///     let report = recording.report(&error).to_string();
    ///     eprintln!("{report}");
    /// #   assert!(report.starts_with("node `search` failed after 2 attempts: connection reset\n"));
    /// #   assert!(report.contains("\ntriage "), "{report}");
    /// #   assert!(report.contains("\nsearch, attempt 1: connection reset\n"), "{report}");
    /// }
    /// # }
    /// ```
    pub fn report<'e>(&self, error: &'e FlowError) -> ErrorReport<'e> {
        ErrorReport {
            error,
            time_line: self.time_line(error.trace_id()),
        }
    }

    /// What each node did in all traces that are kept.
    pub fn figures(&self) -> Figures {
        let kept = self.kept();
        count::figures(kept.order.iter().flat_map(|id| &kept.traces[id]))
    }

    /// Forgets all traces.
    pub fn clear(&self) {
        let mut kept = self.kept();
        kept.order.clear();
        kept.traces.clear();
        (kept.count, kept.lost) = (0, 0);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Recording {
    fn on_event(&mut self, event: &Event) {
        self.kept().push(event);
    }

    fn on_lost(&mut self, count: u64) {
        self.kept().lost += count;
    }
}

impl Kept {
    fn push(&mut self, event: &Event) {
        let id = event.trace_id;
        let events = self.traces.entry(id).or_insert_with(|| {
            self.order.push_back(id);
            Vec::new()
        });
        if events.len() >= self.most {
            self.lost += 1;
            return;
        }
        events.push(event.clone());
        self.count += 1;
        while self.count > self.most && self.order.len() > 1 {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let oldest = self.order.pop_front();
        let events = oldest.and_then(|id| self.traces.remove(&id));
        self.count -= events.map_or(0, |events| events.len());
    }
}
