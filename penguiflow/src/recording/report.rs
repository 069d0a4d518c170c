//! The report of an error, with the time line of its trace; and what a recording that has no such
//! trace answers.

use std::error::Error;
use std::fmt;

use super::text::chart;
use super::time_line::TimeLine;
use crate::error::FlowError;
use crate::message::TraceId;

/// How wide the chart is: that of a page or of a log.
const COLUMNS: usize = 100;

/// An error with the time line of its trace, as text for a log or for a person. Made by
/// [`Recording::report`](super::Recording::report).
///
/// It begins with the error and all its causes. Where the recording does not have the trace, or not
/// yet its end, the text says so.
#[derive(Debug)]
pub struct ErrorReport<'e> {
    pub(super) error: &'e FlowError,
    pub(super) time_line: Result<TimeLine, NotRecorded>,
}

impl fmt::Display for ErrorReport<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:#}", self.error)?;
        let time_line = match &self.time_line {
            Ok(time_line) => time_line,
            Err(missing) => return writeln!(f, "no time line: {missing}"),
        };
        chart(f, time_line, COLUMNS)?;
        match time_line.outcome {
            Some(_) => Ok(()),
            None => writeln!(
                f,
                "the end of the trace is not recorded yet: await `flow.flush()` first"
            ),
        }
    }
}

/// A [`Recording`](super::Recording) does not have a trace. Its text says what may be the reason: most
/// often that the recording was asked before [`Flow::flush`](crate::Flow::flush).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotRecorded {
    /// The trace that it does not have.
    pub trace_id: TraceId,
    /// How many other traces it has.
    pub traces: usize,
}

impl fmt::Display for NotRecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { trace_id, traces } = self;
        match traces {
            0 => write!(
                f,
                "the recording is empty, so it does not have the trace {trace_id}. An observer is \
                 behind its flow: await `flow.flush()` first"
            ),
            traces => write!(
                f,
                "the trace {trace_id} is not among the {traces} that the recording has. An observer is \
                 behind its flow: await `flow.flush()` first. The oldest traces are forgotten: \
                 `Recording::of_last` sets how many events are kept"
            ),
        }
    }
}

impl Error for NotRecorded {}
