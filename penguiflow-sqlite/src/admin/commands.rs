//! What an administrator asks the host to do: rows of a table that the host applies and answers, since
//! a trace has one writer.

use penguiflow::TraceId;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::Serialize;
use serde_json::{Value, json};

use super::json_text::json_or_text;
use super::traces::TraceRow;
use super::wait::Wait;
use super::{Admin, AdminError, Await, DeadRow, State, Time, WAIT};
use crate::store::column::Id;

/// What the host is asked to do with a trace.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Request {
    /// Gives a parked step the value that it waits for. The verb `resume`, with the argument
    /// `{"step": "…", "value": …}`.
    Resume {
        /// The id of the step.
        step: String,
        /// The value.
        value: Value,
    },
    /// Ends the trace. The verb `cancel`.
    Cancel,
    /// Runs the step of a dead letter again. The verb `retry`, with the argument
    /// `{"input": {"node": …}}` where the step is to have another input: as a step is stored.
    Retry {
        /// The other input.
        input: Option<Value>,
    },
    /// Ends the trace of a dead letter as failed. The verb `drop`.
    Drop,
}

/// A request in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CommandId(pub i64);

/// What the host answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It is done.
    Done,
    /// It was refused, for this reason.
    Refused(String),
}

/// A request that is not answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PendingCommand {
    /// Its place in the queue.
    pub id: CommandId,
    /// What is asked for: `resume`, `cancel`, `retry` or `drop`.
    pub verb: String,
    /// With what.
    pub argument: Option<Value>,
    /// Since when.
    pub at: Time,
}

impl Request {
    /// The verb that the table has.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Resume { .. } => "resume",
            Self::Cancel => "cancel",
            Self::Retry { .. } => "retry",
            Self::Drop => "drop",
        }
    }

    /// Whether a trace in this state can be asked for it, or which can.
    fn suits(&self, state: State) -> Result<(), &'static str> {
        match self {
            Self::Resume { .. } if state as u8 >= State::Dead as u8 => {
                Err("a trace that is parked can be resumed")
            }
            Self::Cancel if state.has_ended() => Err("there is nothing to cancel"),
            Self::Retry { .. } if state != State::Dead => Err("a dead one can be tried again"),
            Self::Drop if state != State::Dead => Err("a dead one can be dropped; cancel others"),
            _ => Ok(()),
        }
    }
}

impl Admin {
    /// Queues a request for the store's host, or the next one.
    ///
    /// # Errors
    ///
    /// If the store has no such trace, its state does not allow it, or the store cannot be written.
    pub fn ask(&self, id: TraceId, request: &Request) -> Result<CommandId, AdminError> {
        let argument = self.argument_of(id, request)?;
        // A connection of its own for one insert: the other cannot write.
        let connection = crate::schema::open_to_read(&self.path, WAIT)?;
        connection.pragma_update(None, "query_only", false)?;
        connection.pragma_update(None, "synchronous", "full")?;
        let sql = "INSERT INTO commands(verb, trace, argument, at) VALUES(?1, ?2, ?3, ?4)";
        connection.execute(sql, params![request.verb(), Id(id), argument, Time::now()])?;
        Ok(CommandId(connection.last_insert_rowid()))
    }

    /// The argument of a request, which the state of the trace has to allow.
    fn argument_of(&self, id: TraceId, request: &Request) -> Result<Option<String>, AdminError> {
        let read = self.read()?;
        let state = TraceRow::of(&read, id)?.state;
        let suits = request.suits(state);
        suits.map_err(|wanted| AdminError::WrongState { id, state, wanted })?;
        let argument = match request {
            Request::Resume { step, value } => Some(json!({"step": step, "value": value})),
            Request::Retry { input: Some(input) } => {
                let letter = DeadRow::of(&read, id)?;
                let input = letter.and_then(|letter| letter.stored_input(input.clone()));
                Some(json!({"input": input.ok_or(AdminError::NoInput { id })?}))
            }
            Request::Retry { input: None } | Request::Cancel | Request::Drop => None,
        };
        Ok(argument.map(|argument| argument.to_string()))
    }

    /// What the host answered, if it has.
    ///
    /// A host that dies between doing something and answering it leaves the request to the next host,
    /// which does it again: a trace that is cancelled by then is [`Answer::Done`], and what finds its step
    /// or its dead letter gone is refused in that sentence. A request is never lost.
    ///
    /// # Errors
    ///
    /// If the store cannot be read, or the answer was [removed](crate::Sqlite::retain).
    pub fn answer(&self, command: CommandId) -> Result<Option<Answer>, AdminError> {
        let read = self.read()?;
        let sql = "SELECT answer FROM commands WHERE seq = ?1";
        let mut statement = read.prepare_cached(sql)?;
        let answer = statement.query_row([command.0], |row| row.get::<_, Option<String>>(0));
        match answer.optional()? {
            Some(answer) => Ok(answer.as_deref().map(Answer::read)),
            None => Err(AdminError::AnswerRemoved),
        }
    }

    /// The place at which a trace waits, with the id of its step: of the step that begins with these
    /// digits, or of the only one.
    ///
    /// # Errors
    ///
    /// If the trace waits at no such step, or at several and none is named.
    pub fn awaits_of(
        &self,
        id: TraceId,
        step: Option<&str>,
    ) -> Result<(String, Await), AdminError> {
        let read = self.read()?;
        let sql = "SELECT waits, awaits, state FROM traces
            JOIN flows ON flows.id = traces.flow WHERE traces.id = ?1";
        let mut statement = read.prepare_cached(sql)?;
        let row = statement.query_row([Id(id)], |row| {
            Ok((
                row.get::<_, Option<String>>(0)?,
                row.get::<_, String>(1)?,
                row.get(2)?,
            ))
        });
        let (waits, awaits, state) = row.optional()?.ok_or_else(|| AdminError::UnknownTrace {
            prefix: id.to_string(),
        })?;
        let waits = Wait::read_all(waits.as_deref());
        if waits.is_empty() {
            let wanted = "a trace that is parked can be resumed";
            return Err(AdminError::WrongState { id, state, wanted });
        }
        let wait = chosen(id, waits, step)?;
        let awaits: Vec<Await> = serde_json::from_str(&awaits).unwrap_or_default();
        let place = awaits.into_iter().find(|place| place.node == wait.node);
        let unknown = Await {
            node: wait.node,
            awaited: wait.awaited,
            schema: None,
        };
        Ok((wait.step, place.unwrap_or(unknown)))
    }
}

/// The step that is meant.
fn chosen(id: TraceId, waits: Vec<Wait>, step: Option<&str>) -> Result<Wait, AdminError> {
    let steps = waits
        .iter()
        .map(|wait| format!("{} ({})", wait.step, wait.node))
        .collect();
    let prefix = step.unwrap_or_default().to_ascii_lowercase();
    let mut fitting = waits
        .into_iter()
        .filter(|wait| wait.step.starts_with(&prefix));
    match (fitting.next(), fitting.next()) {
        (Some(wait), None) => Ok(wait),
        (Some(_), Some(_)) => Err(AdminError::SeveralSteps { id, steps }),
        (None, _) => Err(AdminError::UnknownStep {
            id,
            step: prefix,
            steps,
        }),
    }
}

impl Answer {
    /// `ok`, or `error: ` with a reason.
    fn read(text: &str) -> Self {
        match text.strip_prefix("error: ") {
            Some(reason) => Self::Refused(reason.to_owned()),
            None => Self::Done,
        }
    }
}

impl PendingCommand {
    pub(super) fn of(read: &Transaction<'_>, id: TraceId) -> Result<Vec<Self>, AdminError> {
        let sql = "SELECT seq, verb, argument, at FROM commands
            WHERE trace = ?1 AND answer IS NULL ORDER BY seq";
        let mut statement = read.prepare_cached(sql)?;
        let commands = statement.query_map([Id(id)], |row| {
            let argument: Option<String> = row.get(2)?;
            Ok(Self {
                id: CommandId(row.get(0)?),
                verb: row.get(1)?,
                argument: argument.map(|text| json_or_text(text.as_bytes())),
                at: row.get(3)?,
            })
        })?;
        Ok(commands.collect::<Result<_, _>>()?)
    }
}
