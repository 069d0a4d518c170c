//! How a trace ended, for the event `trace_end`.

use std::fmt;

use serde::Serialize;
use tracing::Level;

use crate::error::ErrorKind;

/// How a trace ended: [`Event::outcome`](crate::Event::outcome) of `trace_end`.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow::{Event, TraceOutcome};
/// use std::sync::mpsc;
///
/// #[node]
/// async fn even(n: u32) -> Option<u32> {
///     (n % 2 == 0).then_some(n)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let (ends, ended) = mpsc::channel();
/// let flow = flow! { even }.observe(move |event: &Event| {
///     if let Some(outcome) = event.outcome {
///         let _ = ends.send(outcome);
///     }
/// });
/// assert_eq!(flow.run(2).await?, 2);
/// assert_eq!(flow.run(3).await.unwrap_err().kind(), ErrorKind::Filtered);
/// flow.flush().await;
/// let outcomes: Vec<_> = ended.try_iter().collect();
/// assert_eq!(outcomes, [TraceOutcome::Completed, TraceOutcome::Filtered]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TraceOutcome {
    /// It was dropped before its end: by a cancel, an `abort`, or the drop of its future.
    Cancelled,
    /// It has an output.
    Completed,
    /// It failed.
    Failed,
    /// All its paths ended in `None`.
    Filtered,
    /// Its message's deadline passed.
    Deadline,
}

impl TraceOutcome {
    /// That of a trace whose error is of this kind.
    pub(crate) fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Cancelled => Self::Cancelled,
            ErrorKind::Filtered => Self::Filtered,
            ErrorKind::DeadlineExceeded => Self::Deadline,
            _ => Self::Failed,
        }
    }

    /// The level of `trace_end`.
    pub(crate) const fn level(self) -> Level {
        match self {
            Self::Failed => Level::ERROR,
            Self::Deadline => Level::WARN,
            Self::Completed | Self::Cancelled | Self::Filtered => Level::INFO,
        }
    }

    /// The outcome that is stored as this number.
    pub(crate) fn from_u8(number: u8) -> Self {
        const ALL: [TraceOutcome; 5] = [
            TraceOutcome::Cancelled,
            TraceOutcome::Completed,
            TraceOutcome::Failed,
            TraceOutcome::Filtered,
            TraceOutcome::Deadline,
        ];
        ALL[usize::from(number)]
    }

    /// Its name, such as `completed`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Filtered => "filtered",
            Self::Deadline => "deadline",
        }
    }
}

impl fmt::Display for TraceOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
