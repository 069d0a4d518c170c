//! What goes into a store and comes out of it: bytes and texts of a host, which the store does not
//! look into.

use penguiflow::TraceId;

pub use crate::schema::State;

/// Milliseconds since the epoch, as all times in a store.
pub type Millis = i64;

/// The place of a trace, a result or a command in the order of its table.
pub type Seq = i64;

/// A flow of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FlowId(pub(crate) i64);

/// A message that starts a trace.
#[derive(Debug, Clone)]
pub struct NewTrace {
    /// The id of the trace.
    pub id: TraceId,
    /// The flow that it runs through.
    pub flow: FlowId,
    /// The caller's name for the message: emitted again under the same key, it is the same trace.
    pub key: Option<String>,
    /// What the trace is at: `Running`, or `Retrying` where it is to start at `due`.
    pub state: State,
    /// When it goes on by itself.
    pub due: Option<Millis>,
    /// The steps that it is parked at, as JSON.
    pub waits: Option<String>,
    /// Its frontier, as JSON.
    pub frontier: Vec<u8>,
    /// When it was emitted.
    pub created: Millis,
}

/// A trace that was emitted, now or earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emitted {
    /// Its place in the order of emits.
    pub seq: Seq,
    /// Its id: that of the earlier trace where there was one.
    pub id: TraceId,
    /// Whether there was none under its key or id.
    pub is_new: bool,
}

/// What happened in a trace since its last commit.
#[derive(Debug, Clone)]
pub struct Transition {
    /// The trace.
    pub seq: Seq,
    /// Its id.
    pub id: TraceId,
    /// Its flow.
    pub flow: FlowId,
    /// The revision that the trace must have; it has the next one then. It starts with 0.
    pub revision: i64,
    /// What the trace is at.
    pub state: State,
    /// When it goes on by itself.
    pub due: Option<Millis>,
    /// The steps that it is parked at, as JSON.
    pub waits: Option<String>,
    /// What became of its frontier.
    pub frontier: Change,
    /// Whether it has a journal: a frontier that is written whole has all of it, and what has ended needs
    /// none.
    pub has_journal: bool,
    /// Lines of JSON that are added to its history.
    pub history: Vec<u8>,
    /// What it put out.
    pub results: Vec<NewResult>,
    /// What it died of.
    pub dead: Option<DeadLetter>,
    /// The error that it is at or has ended with, as JSON; `None` clears an earlier one.
    pub error: Option<String>,
    /// Whether a step was completed, so that recoveries are counted from 0 again.
    pub progress: bool,
}

/// What became of a frontier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is this one, which has all of the journal in it.
    Whole(Vec<u8>),
    /// It is as before, with these entries after those of the journal.
    Journal(Vec<Vec<u8>>),
    /// There is none any more.
    Ended,
}

/// An output or an error of a trace, to be fetched and acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewResult {
    /// Whether it is an error.
    pub is_error: bool,
    /// It, as JSON.
    pub value: Vec<u8>,
}

/// A step that has failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The id of the step, where one step is to blame.
    pub step: Option<String>,
    /// Its node.
    pub node: Option<String>,
    /// Where the node is, through the flows that called it.
    pub path: Option<String>,
    /// The error, as JSON.
    pub error: String,
    /// The input of the step, as JSON.
    pub input: Option<Vec<u8>>,
}

/// A commit that is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The places of the results that it added, in their order.
    pub results: Vec<Seq>,
}

/// A trace as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTrace {
    /// Its place in the order of emits.
    pub seq: Seq,
    /// Its id.
    pub id: TraceId,
    /// Its flow.
    pub flow: FlowId,
    /// What it is at.
    pub state: State,
    /// What its next transition must expect.
    pub revision: i64,
    /// When it goes on by itself.
    pub due: Option<Millis>,
    /// When it was emitted.
    pub created: Millis,
    /// How often it was taken up again since it last completed a step.
    pub recoveries: i64,
    /// The steps that it is parked at, as JSON.
    pub waits: Option<String>,
    /// Its frontier, without the journal; `None` once it has ended.
    pub frontier: Option<Vec<u8>>,
    /// What is to be added to the frontier, in this order.
    pub journal: Vec<Vec<u8>>,
    /// The error that it is at or has ended with, as JSON.
    pub error: Option<String>,
}

/// A trace that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Its place in the order of emits.
    pub seq: Seq,
    /// Its id.
    pub id: TraceId,
    /// What it is at.
    pub state: State,
    /// When it goes on by itself.
    pub due: Option<Millis>,
}

/// A result that was not acknowledged yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResult {
    /// Its place in the order of results, by which it is acknowledged.
    pub seq: Seq,
    /// The trace that it is of.
    pub trace: TraceId,
    /// Whether it is an error.
    pub is_error: bool,
    /// It, as JSON.
    pub value: Vec<u8>,
    /// When it was stored.
    pub at: Millis,
}

/// A dead letter as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDead {
    /// Its place in the order of dead letters.
    pub seq: Seq,
    /// The trace that is dead.
    pub trace: TraceId,
    /// What it died of.
    pub letter: DeadLetter,
    /// When it died.
    pub at: Millis,
}

/// What the command line asks a host for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its place in the order of commands.
    pub seq: Seq,
    /// What to do.
    pub verb: String,
    /// The trace to do it to.
    pub trace: Option<TraceId>,
    /// What it is to be done with.
    pub argument: Option<String>,
    /// When it was asked.
    pub at: Millis,
}

/// Times at which a trace starts with the same message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Its name in its flow.
    pub name: String,
    /// Its pattern, in UTC.
    pub cron: String,
    /// The message, as JSON.
    pub input: Vec<u8>,
    /// The next time; `None` where the pattern has none any more.
    pub next: Option<Millis>,
    /// The time of the last start.
    pub last: Option<Millis>,
}

/// The start of a scheduled trace.
#[derive(Debug, Clone)]
pub struct Tick {
    /// The schedule's name, in the trace's flow.
    pub name: String,
    /// The time that it is for, which must be the schedule's next.
    pub due: Millis,
    /// The time after it: see [`next_tick`](super::next_tick).
    pub next: Option<Millis>,
    /// The trace to start.
    pub trace: NewTrace,
}
