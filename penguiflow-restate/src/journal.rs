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
