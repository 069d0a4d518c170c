//! The inspector: an observer that keeps what a page needs to show a flow, and the page.

mod assets;
mod counts;
mod handlers;
mod payloads;
mod policy;
mod tables;
mod watch;

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use penguiflow::host::{TraceDetail, TraceFilter, TraceSummary};
use penguiflow::{Event, Observer, TraceId};

pub(crate) use counts::Counts;
pub(crate) use handlers::{FlowLink, Inspected, router};
use payloads::Payloads;
use tables::{FlowNow, Listed, Tables};

/// How many traces are kept, unless it is set.
const TRACES: usize = 100_000;
/// How many rows are looked at before the observer has its turn again.
const PORTION: usize = 4_096;

/// An observer that keeps what the inspector's page shows of a flow: the last 100,000 traces with
/// their attempts, and figures of each node. Give a clone to the flow and one to its
/// [routes](crate::Routes::inspector), and open `/{name}/inspector`.
///
/// It has events alone, so it knows nothing of traces that ran before it was there. Of a flow on a
/// store, the page lists traces as the store has them.
///
/// ```
/// use axum::Router;
/// use penguiflow::prelude::*;
/// use penguiflow_serve::{Inspector, routes};
///
/// #[node]
/// async fn answer(question: String) -> String {
///     format!("{question} Who knows.")
/// }
///
/// flow! {
///     struct Support(String) -> String;
///
///     answer;
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let inspector = Inspector::new();
/// let running = Support::flow().observe(inspector.clone()).start();
/// let app: Router = Router::new().merge(routes("support", running).inspector(inspector).open());
/// # drop(app);
/// # }
/// ```
#[derive(Clone)]
pub struct Inspector {
    kept: Arc<Kept>,
    shows_payloads: bool,
}

struct Kept {
    tables: Mutex<Tables>,
    payloads: Mutex<Payloads>,
    /// How many events were seen: another number means that something has changed.
    changes: AtomicU64,
}

impl Default for Inspector {
    fn default() -> Self {
        Self::new()
    }
}

impl Inspector {
    /// Keeps the last 100,000 traces.
    pub fn new() -> Self {
        Self::of_last(TRACES)
    }

    /// Keeps so many traces, and four attempts for each. Those that ended first are forgotten first.
    pub fn of_last(traces: usize) -> Self {
        Self {
            kept: Arc::new(Kept {
                tables: Mutex::new(Tables::of_last(traces)),
                payloads: Mutex::default(),
                changes: AtomicU64::new(0),
            }),
            shows_payloads: false,
        }
    }

    /// Shows payloads: what came in and what went out through the routes, and what a store has of the
    /// steps. Whoever can open the page reads them. The last 16 MiB are kept.
    ///
    /// What waits at an `await`, and what each node takes and passes on, is shown if the flow itself
    /// [shows its payloads](penguiflow::Flow::show_payloads).
    #[must_use]
    pub fn payloads(mut self) -> Self {
        self.shows_payloads = true;
        self
    }

    /// The traces that fit, the newest first, and where the rest begins. The observer is not kept
    /// waiting by a search through all of them.
    fn list(&self, mut filter: TraceFilter) -> (Vec<Listed>, Option<i64>) {
        let mut listed = Vec::new();
        let limit = filter.limit;
        loop {
            let (mut some, next) = self.tables().list(&filter, PORTION);
            listed.append(&mut some);
            let is_enough = limit > 0 && listed.len() >= limit as usize;
            if next.is_none() || is_enough {
                return (listed, next);
            }
            filter.before = next;
            filter.limit = limit.saturating_sub(listed.len() as u32);
        }
    }

    /// The same without the nodes that they stand at.
    pub(crate) fn summaries(&self, filter: TraceFilter) -> Vec<TraceSummary> {
        let (listed, _) = self.list(filter);
        listed.into_iter().map(|listed| listed.summary).collect()
    }

    /// What is known of a trace, without payloads.
    pub(crate) fn detail(&self, id: TraceId) -> Option<TraceDetail> {
        self.tables().detail(id)
    }

    fn now(&self) -> FlowNow {
        self.tables().now(SystemTime::now())
    }

    fn changes(&self) -> u64 {
        self.kept.changes.load(Ordering::Relaxed)
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.kept
            .tables
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_payloads(&self) -> MutexGuard<'_, Payloads> {
        self.kept
            .payloads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what a trace is given, if payloads are shown.
    pub(crate) fn keep_input(&self, id: TraceId, json: &[u8]) {
        if self.shows_payloads {
            self.lock_payloads().keep_input(id, json);
        }
    }

    /// Keeps what a trace has put out, if payloads are shown.
    pub(crate) fn keep_output(&self, id: TraceId, json: &str) {
        if self.shows_payloads {
            self.lock_payloads().keep_output(id, json);
        }
    }
}

impl Observer for Inspector {
    fn on_event(&mut self, event: &Event) {
        self.tables().absorb(event);
        #[cfg(feature = "payloads")]
        if self.shows_payloads {
            self.lock_payloads().keep_attempt(event);
        }
        self.kept.changes.fetch_add(1, Ordering::Relaxed);
    }

    fn on_lost(&mut self, count: u64) {
        self.tables().lost += count;
    }
}

impl fmt::Debug for Inspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspector")
            .field("shows_payloads", &self.shows_payloads)
            .finish_non_exhaustive()
    }
}
