//! What was emitted and what came back, as seen from outside: every message is answered
//! by its outputs, or by one error, or was filtered.

use penguiflow::{ErrorKind, FlowError, Ledger, Message, TraceId};
use penguiflow_generated_tests::generator::Plan;
use penguiflow_generated_tests::{ExpectedOutcomes, Failure, Load, Log, Output, Stamps};

/// All that a client knows.
pub(crate) struct Account<'a> {
    plan: &'a Plan,
    log: Log,
    ordered: bool,
    sent: Vec<Sent>,
    last: Option<usize>,
}

/// A message that was taken in, and its answers so far.
struct Sent {
    trace_id: TraceId,
    expected: ExpectedOutcomes,
    expires: Expires,
    may_be_cancelled: bool,
    outputs: Vec<Output>,
    errors: Vec<Failure>,
}

/// Whether a message has a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expires {
    Never,
    Later,
    Before,
}

/// Under which key a message's headers carry its number.
const NUMBER: &str = "number";

impl<'a> Account<'a> {
    pub(crate) fn new(plan: &'a Plan, log: Log, ordered: bool) -> Self {
        Self {
            plan,
            log,
            ordered,
            sent: Vec::new(),
            last: None,
        }
    }

    pub(crate) fn emitted(&self) -> u64 {
        self.sent.len() as u64
    }

    /// How many messages were answered by a fetch, those that were cancelled left out.
    pub(crate) fn answered(&self) -> u64 {
        let is_cancel = |error: &Failure| error.kind == ErrorKind::Cancelled;
        let is_answered = |sent: &&Sent| match sent.errors.first() {
            Some(error) => !is_cancel(error),
            None => !sent.outputs.is_empty(),
        };
        self.sent.iter().filter(is_answered).count() as u64
    }

    /// The message with the number that it will have if it is taken in next.
    pub(crate) fn numbered(&self, message: Message<Load>) -> Message<Load> {
        message.meta(NUMBER, self.sent.len().to_string())
    }

    pub(crate) fn sent(&mut self, trace_id: TraceId, expected: ExpectedOutcomes, expires: Expires) {
        self.sent.push(Sent {
            trace_id,
            expected,
            expires,
            may_be_cancelled: false,
            outputs: Vec::new(),
            errors: Vec::new(),
        });
    }

    /// The id of some message that was taken in.
    pub(crate) fn trace_id(&self, number: usize) -> Option<TraceId> {
        self.sent.get(number).map(|sent| sent.trace_id)
    }

    /// Lets messages with this id, or all, end as cancelled from now on.
    pub(crate) fn cancelled(&mut self, trace_id: Option<TraceId>) {
        let is_meant = |sent: &&mut Sent| trace_id.is_none_or(|id| id == sent.trace_id);
        for sent in self.sent.iter_mut().filter(is_meant) {
            sent.may_be_cancelled = true;
        }
    }

    /// Puts an answer down. Those of one message come together, and in the order of the
    /// emits if the flow is ordered.
    pub(crate) fn fetched(&mut self, answer: Result<Message<Load>, FlowError>) {
        let headers = match &answer {
            Ok(message) => &message.headers,
            Err(error) => {
                self.check_attempts(error);
                error.headers()
            }
        };
        let number: usize = headers.meta[NUMBER].parse().expect("a number");
        let sent = &mut self.sent[number];
        if self.last != Some(number) {
            let is_new = sent.outputs.is_empty() && sent.errors.is_empty();
            assert!(is_new, "the answers of message {number} come together");
            assert!(
                !self.ordered || self.last < Some(number),
                "{number} after {:?}",
                self.last
            );
        }
        self.last = Some(number);
        sent.fetched(answer);
    }

    /// An error counts attempts that were made, none that was only to come. A node in a
    /// task of its own may be cut before that begins.
    fn check_attempts(&self, error: &FlowError) {
        let node = error.node().and_then(|name| self.plan.node(name));
        let Some(node) = node else { return };
        let kind = self.plan.nodes[node];
        if kind.played().is_some() {
            return;
        }
        let made = self.log.attempts(error.trace_id(), self.plan.label(node));
        let unseen = u32::from(kind.traits().spawned);
        assert!(
            error.attempts() <= made + unseen,
            "{made} attempts: {error:?}"
        );
    }

    /// Checks every message, and their sum against the ledger.
    pub(crate) fn close(mut self, ledger: Option<Ledger>) {
        let mut sum = Sum::default();
        for sent in &mut self.sent {
            sum.add(sent.close());
        }
        let Some(ledger) = ledger else { return };
        assert_eq!(ledger.in_flight, 0, "{ledger:?}");
        assert_eq!(ledger.emitted, self.emitted(), "{ledger:?}");
        let in_ledger = Sum {
            completed: ledger.completed,
            failed: ledger.failed,
            cancelled: ledger.cancelled,
            filtered: ledger.filtered,
        };
        assert_eq!(sum, in_ledger);
    }
}

/// How messages ended.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    completed: u64,
    failed: u64,
    cancelled: u64,
    filtered: u64,
}

enum End {
    Completed,
    Failed,
    Cancelled,
    Filtered,
}

impl Sum {
    fn add(&mut self, end: End) {
        let count = match end {
            End::Completed => &mut self.completed,
            End::Failed => &mut self.failed,
            End::Cancelled => &mut self.cancelled,
            End::Filtered => &mut self.filtered,
        };
        *count += 1;
    }
}

impl Sent {
    fn fetched(&mut self, answer: Result<Message<Load>, FlowError>) {
        match answer {
            Ok(message) => {
                assert_eq!(message.trace_id, self.trace_id);
                self.outputs.push(Output {
                    load: message.payload,
                    stamps: Stamps::of(&message.headers),
                });
            }
            Err(error) => {
                assert_eq!(error.trace_id(), self.trace_id);
                self.errors.push(Failure::from(&error));
            }
        }
    }

    /// How the message ended, which must be an end that it may have.
    fn close(&mut self) -> End {
        self.outputs.sort();
        let expected = &self.expected;
        match (self.outputs.as_slice(), self.errors.as_slice()) {
            ([], []) => {
                assert!(
                    expected.allow_filtered() && self.expires != Expires::Before,
                    "no answer: {expected:?}"
                );
                End::Filtered
            }
            (outputs, []) => {
                assert!(expected.allow(outputs), "{outputs:?} of {expected:?}");
                assert_ne!(self.expires, Expires::Before);
                End::Completed
            }
            ([], [error]) => self.failed(error),
            (outputs, errors) => panic!("{outputs:?} and {errors:?}"),
        }
    }

    fn failed(&self, error: &Failure) -> End {
        match error.kind {
            ErrorKind::Cancelled => {
                assert!(self.may_be_cancelled, "nobody cancelled it");
                End::Cancelled
            }
            ErrorKind::DeadlineExceeded => {
                assert_ne!(self.expires, Expires::Never);
                End::Failed
            }
            _ => {
                let expected = &self.expected;
                assert!(expected.allow_failure(error), "{error:?} of {expected:?}");
                assert_ne!(self.expires, Expires::Before);
                End::Failed
            }
        }
    }
}
