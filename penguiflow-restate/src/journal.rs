//! What is journalled of a trace: what it was begun with, and what each attempt of a step came to.

use bytes::Bytes;
use penguiflow::host::{DurableTrace, RunStep, StepEmits};
use penguiflow::{FlowError, Message, TraceId};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::names::MESSAGE_HEADER;
use crate::protocol::Input;

/// How an attempt begins whose outcome could not be written.
const UNWRITTEN: &[u8] = b"{\"unwritten\":";

/// An attempt that came to what cannot be written: that ends the trace.
#[derive(Serialize, Deserialize)]
struct Unwritten {
    unwritten: FlowError,
}

/// Runs an attempt, and returns what is journalled of it.
pub(crate) async fn attempt(run: RunStep) -> Bytes {
    let json = run.await.to_json();
    let json = json.or_else(|unwritten| serde_json::to_vec(&Unwritten { unwritten }));
    json.unwrap_or_default().into()
}

/// How an attempt begins that was journalled with chunks.
const TOLD: &[u8] = b"{\"chunks\":";

/// An attempt in a trace that somebody follows, with chunks that were in no journal by then.
#[derive(Deserialize)]
struct Told<'a> {
    #[serde(borrow)]
    chunks: &'a RawValue,
    #[serde(borrow)]
    attempt: &'a RawValue,
}

/// An attempt with an array of chunks.
pub(crate) fn with_chunks(chunks: &[u8], attempt: &[u8]) -> Bytes {
    [TOLD, chunks, b",\"attempt\":", attempt, b"}"]
        .concat()
        .into()
}

/// The chunks that were journalled with an attempt, if any were; and the attempt.
pub(crate) fn told(json: &[u8]) -> (Option<&[u8]>, &[u8]) {
    if json.starts_with(TOLD)
        && let Ok(told) = serde_json::from_slice::<Told>(json)
    {
        return (
            Some(told.chunks.get().as_bytes()),
            told.attempt.get().as_bytes(),
        );
    }
    (None, json)
}

/// What an attempt came to, as it is journalled.
pub(crate) enum Journalled {
    Emits(StepEmits),
    /// It ends the trace.
    Unwritten(FlowError),
}

/// Reads what an attempt came to.
///
/// # Errors
///
/// The flow has changed in what it relies on.
pub(crate) fn read(trace: &DurableTrace, json: &[u8]) -> Result<Journalled, FlowError> {
    if json.starts_with(UNWRITTEN)
        && let Ok(Unwritten { unwritten }) = serde_json::from_slice(json)
    {
        return Ok(Journalled::Unwritten(unwritten));
    }
    trace.read_emits(json).map(Journalled::Emits)
}

/// What a trace was begun with.
pub(crate) enum Begun {
    /// The message of a client.
    Message(Message<Vec<u8>>),
    /// A payload alone, of somebody who knows no messages. Its time is still to be journalled.
    Payload(TraceId, Vec<u8>),
}

/// Reads what a trace was begun with.
///
/// # Errors
///
/// What is wrong with it, as a sentence.
pub(crate) fn begun(input: Input) -> Result<Begun, String> {
    let Ok(id) = input.key.parse::<TraceId>() else {
        return Err(format!(
            "`{}` is no trace id: the key of a trace is 32 hexadecimal digits",
            input.key
        ));
    };
    if input.header(MESSAGE_HEADER).is_none() {
        return Ok(Begun::Payload(id, input.body.into()));
    }
    match serde_json::from_slice::<Message<Box<RawValue>>>(&input.body) {
        Ok(message) => {
            let message = message.map(|payload| payload.get().as_bytes().to_vec());
            Ok(Begun::Message(message.trace_id(id)))
        }
        Err(error) => Err(format!("the message cannot be read: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{told, with_chunks};

    #[test]
    fn an_attempt_is_journalled_with_the_chunks_that_came_before_it() {
        let attempt = br#"{"outcome":[1,"chunks"]}"#;
        let journalled = with_chunks(br#"[{"text":"a"}]"#, attempt);
        let (chunks, rest) = told(&journalled);
        assert_eq!(chunks, Some(&br#"[{"text":"a"}]"#[..]));
        assert_eq!(rest, attempt);
        assert_eq!(told(attempt), (None, &attempt[..]));
    }
}
