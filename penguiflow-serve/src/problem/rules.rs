//! How errors become problems in one service: statuses, sentences, and whether internals are shown.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use axum::http::StatusCode;
use penguiflow::host::HostError;
use penguiflow::{ErrorKind, FlowError};

use super::Problem;
use super::from::STATUSES;

/// What a service says of an error, if it has a sentence of its own.
type Describe = Arc<dyn Fn(&FlowError) -> Option<String> + Send + Sync>;

/// The rules.
#[derive(Clone, Default)]
pub(crate) struct ProblemRules {
    pub(crate) shows_internals: bool,
    statuses: HashMap<ErrorKind, StatusCode>,
    describe: Option<Describe>,
}

impl ProblemRules {
    pub(crate) fn set_status(&mut self, kind: ErrorKind, status: StatusCode) {
        self.statuses.insert(kind, status);
    }

    pub(crate) fn describe(
        &mut self,
        describe: impl Fn(&FlowError) -> Option<String> + Send + Sync + 'static,
    ) {
        self.describe = Some(Arc::new(describe));
    }

    /// The problem that this error is here.
    pub(crate) fn problem(&self, error: HostError) -> Problem {
        let described = match (&error, &self.describe) {
            (HostError::TraceFailed(error), Some(describe)) => describe(error),
            _ => None,
        };
        let mut problem = Problem::from(error);
        let status = problem
            .0
            .error_kind
            .and_then(|kind| self.statuses.get(&kind));
        if let Some(status) = status {
            problem = problem.with_status(*status);
        }
        if self.shows_internals {
            problem = problem.with_internals();
        }
        match described {
            Some(detail) => problem.with_detail(detail),
            None => problem,
        }
    }

    /// The statuses that a trace's error may have.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = StatusCode> {
        STATUSES
            .iter()
            .map(|(kind, status)| *self.statuses.get(kind).unwrap_or(status))
    }
}

impl fmt::Debug for ProblemRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProblemRules")
            .field("shows_internals", &self.shows_internals)
            .field("statuses", &self.statuses)
            .finish_non_exhaustive()
    }
}
