//! The settings of what a flow is served by.

use std::time::Duration;

use axum::http::StatusCode;
use penguiflow::{ErrorKind, FlowError};

use crate::extract::{BodyLimits, CallerOptions};
use crate::problem::ProblemRules;

/// The settings of a flow's routes, and of its single handlers.
///
/// ```
/// use axum::http::StatusCode;
/// use penguiflow::ErrorKind;
/// use penguiflow_serve::{CallerOptions, Options};
/// use std::time::Duration;
///
/// let options = Options::new()
///     .body_limit(16 << 20)
///     .caller(CallerOptions::new().longest(Duration::from_secs(60)))
///     .status(ErrorKind::Filtered, StatusCode::UNPROCESSABLE_ENTITY)
///     .describe(|error| {
///         (error.kind() == ErrorKind::Filtered).then(|| "nothing is known about this".to_owned())
///     });
/// # drop(options);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Options {
    pub(crate) body: BodyLimits,
    pub(crate) caller: CallerOptions,
    pub(crate) problems: ProblemRules,
    pub(crate) keep_alive: Duration,
    pub(crate) stall: Duration,
    pub(crate) longest_retry_after: Duration,
    pub(crate) kept_results: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            body: BodyLimits::default(),
            caller: CallerOptions::new(),
            problems: ProblemRules::default(),
            keep_alive: Duration::from_secs(15),
            stall: Duration::from_secs(30),
            longest_retry_after: Duration::from_secs(60),
            kept_results: 1_000,
        }
    }
}

impl Options {
    /// What holds where nothing is set.
    pub fn new() -> Self {
        Self::default()
    }

    /// The largest body in bytes: 1 MiB unless it is set. A larger one is refused with 413.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body.bytes = bytes;
        self
    }

    /// How long a body may take to come: 30 seconds unless it is set. Then it is refused with 408.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.body.time = time;
        self
    }

    /// How a message's tenant, deadline and trace are read from a request.
    pub fn caller(mut self, caller: CallerOptions) -> Self {
        self.caller = caller;
        self
    }

    /// The status of errors of this kind.
    pub fn status(mut self, kind: ErrorKind, status: StatusCode) -> Self {
        self.problems.set_status(kind, status);
        self
    }

    /// A sentence of one's own for a flow's error, in place of the one that names the kind and the node.
    pub fn describe(
        mut self,
        sentence: impl Fn(&FlowError) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.problems.describe(sentence);
        self
    }

    /// Shows clients the texts of nodes' own errors, and their causes: for services that only one's own
    /// people reach.
    pub fn internals(mut self) -> Self {
        self.problems.shows_internals = true;
        self
    }

    /// The longest time without a sign of life on a stream: 15 seconds unless it is set.
    pub fn keep_alive(mut self, time: Duration) -> Self {
        self.keep_alive = time;
        self
    }

    /// How long a stream's events may wait for the client to take them, before its trace is cancelled:
    /// 30 seconds unless it is set.
    pub fn stall(mut self, time: Duration) -> Self {
        self.stall = time;
        self
    }

    /// The longest `Retry-After` of a flow that is full: 60 seconds unless it is set. It is worked out
    /// from the capacity and from how long the last traces ran.
    pub fn longest_retry_after(mut self, time: Duration) -> Self {
        self.longest_retry_after = time;
        self
    }

    /// How many results of emitted messages a flow in memory keeps, for `GET traces/{id}` and for
    /// idempotency keys: 1,000 unless it is set. A flow on a store keeps them there.
    pub fn kept_results(mut self, results: usize) -> Self {
        self.kept_results = results;
        self
    }
}
