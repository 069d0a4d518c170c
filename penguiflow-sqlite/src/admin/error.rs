//! Why an administrator was not given what they asked for, each in one sentence.

use std::path::PathBuf;

use penguiflow::TraceId;

use super::State;
use crate::store::StoreError;

/// Why a question about a store has no answer, or a request was not queued.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdminError {
    /// There is no such file.
    #[error("there is no file `{}`", path.display())]
    NoFile {
        /// The path that was given.
        path: PathBuf,
    },
    /// A backup is not written over a file.
    #[error("`{}` exists already: name a new file", path.display())]
    FileExists {
        /// The path that was given.
        path: PathBuf,
    },
    /// The backup cannot be written there.
    #[error("`{}` cannot be written: {cause}", path.display())]
    Backup {
        /// The path that was given.
        path: PathBuf,
        /// Why it cannot.
        cause: StoreError,
    },
    /// The text is no id, and no beginning of one.
    #[error("`{text}` is no trace id: write its first hexadecimal digits, up to 32")]
    NotAnId {
        /// What was given.
        text: String,
    },
    /// No trace of the store has an id that begins so.
    #[error("the store has no trace `{prefix}`")]
    UnknownTrace {
        /// What was given.
        prefix: String,
    },
    /// Several ids begin so.
    #[error("several traces begin with `{prefix}`: {}", listed(ids))]
    Ambiguous {
        /// What was given.
        prefix: String,
        /// The first of them.
        ids: Vec<TraceId>,
    },
    /// The store has no flow of this name.
    #[error("the store has no flow `{name}`; its flows: {}", listed(flows))]
    UnknownFlow {
        /// What was given.
        name: String,
        /// Those that it has.
        flows: Vec<String>,
    },
    /// The trace is not in a state in which this can be done.
    #[error("the trace {id} is {state}: {wanted}")]
    WrongState {
        /// The trace.
        id: TraceId,
        /// Its state.
        state: State,
        /// Which states allow it.
        wanted: &'static str,
    },
    /// No step of the trace that is parked has such an id.
    #[error(
        "the trace {id} is not parked at a step `{step}`; it is at {}",
        listed(steps)
    )]
    UnknownStep {
        /// The trace.
        id: TraceId,
        /// What was given.
        step: String,
        /// The steps at which it is parked, with their nodes.
        steps: Vec<String>,
    },
    /// The trace is parked at several steps, and none was named.
    #[error(
        "the trace {id} is parked at several steps: name one of {}",
        listed(steps)
    )]
    SeveralSteps {
        /// The trace.
        id: TraceId,
        /// The steps at which it is parked, with their nodes.
        steps: Vec<String>,
    },
    /// No step of the dead letter is known whose input could be another one.
    #[error(
        "the dead letter of {id} names no step that could have another input: retry it as it is"
    )]
    NoInput {
        /// The trace.
        id: TraceId,
    },
    /// The answer to a request was removed with what has ended long ago.
    #[error("the host has answered, and the answer was removed by now: look at the trace")]
    AnswerRemoved,
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for AdminError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

fn listed<T: ToString>(things: &[T]) -> String {
    match things {
        [] => "none".to_owned(),
        things => {
            let texts: Vec<_> = things.iter().map(T::to_string).collect();
            texts.join(", ")
        }
    }
}
