//! The errors of visits: for each fault that ends one, its kind and its text.

use super::Observed;
use crate::error::{ErrorKind, Fault, FlowError};
use crate::event::{EventDraft, EventKind};

impl Observed<'_> {
    /// The next attempt could not begin before the message's deadline: there is nothing to wait
    /// for.
    pub(super) fn has_no_time(&mut self, fault: Fault) -> FlowError {
        self.has_ended = true;
        self.report(EventDraft::cancelled(ErrorKind::DeadlineExceeded));
        let reason = "failed, and the message's deadline leaves no time for another attempt";
        let error = self.error(ErrorKind::DeadlineExceeded, reason);
        error.caused_by(fault.into_cause())
    }

    /// The same, before the end of a visit that runs the flow. That one goes on, as after its
    /// timeout.
    pub(super) fn is_left_no_time(&mut self, fault: Fault) -> FlowError {
        self.has_ended = true;
        self.report(EventDraft::of(EventKind::NodeFailed).caused_by_fault(&fault));
        let reason = "failed, and the timeout around its flow leaves no time for another attempt";
        let error = self.error(ErrorKind::TimedOut, reason);
        error.caused_by(fault.into_cause())
    }

    pub(super) fn error_of(&mut self, fault: Fault) -> FlowError {
        match fault {
            Fault::Ended(error) => error,
            Fault::Failed { source, .. } => {
                self.error(ErrorKind::Failed, "failed").caused_by(source)
            }
            Fault::Panicked(message) => self
                .error(ErrorKind::Panicked, "panicked")
                .caused_by(message.into()),
            Fault::Cancelled => {
                self.error(ErrorKind::Cancelled, "was cut: its runtime was shut down")
            }
            Fault::NoRuntime(what) => {
                let reason = format!("needs a tokio runtime for {what}, and there is none here");
                self.error(ErrorKind::NoRuntime, reason)
            }
            Fault::TimedOut(limit, before) => {
                let reason = format!("exceeded its timeout of {limit:?}");
                let error = self.error(ErrorKind::TimedOut, reason);
                error.after_failure(before.map(|before| *before))
            }
            Fault::Silent(longest, before) => {
                let error = self.error(ErrorKind::TimedOut, format!("was silent for {longest:?}"));
                error.after_failure(before.map(|before| *before))
            }
            Fault::Invalid(source) => self
                .error(ErrorKind::Invalid, "could not be given its parameters")
                .caused_by(source),
            Fault::InvalidInput(report) => self
                .error(ErrorKind::Invalid, "was given an invalid input")
                .caused_by(report),
            Fault::InvalidOutput(report) => self
                .error(ErrorKind::Invalid, "returned an invalid output")
                .caused_by(report),
            Fault::Played { error, .. } => {
                let kind = error.kind();
                self.error(kind, "failed").caused_by(error.into())
            }
            Fault::Final(fault) => self.error_of(*fault).without_fallback(),
            spent @ Fault::Spent(..) => {
                let reason = format!("was not started: {spent}");
                self.error(ErrorKind::BudgetExhausted, reason)
            }
            Fault::Expired => self.expired(),
        }
    }

    fn expired(&mut self) -> FlowError {
        let (event, reason) = match self.made > 0 {
            true => (
                EventKind::NodeCancelled,
                "was cut: the message's deadline passed",
            ),
            false => (
                EventKind::DeadlineSkip,
                "was not started: the message's deadline had passed",
            ),
        };
        let kind = ErrorKind::DeadlineExceeded;
        self.report(EventDraft::of(event).of_kind(kind));
        let error = self.error(kind, reason);
        error.after_failure(self.failure_before())
    }
}
