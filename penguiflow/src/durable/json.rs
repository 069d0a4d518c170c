//! Writing what a host keeps, and reading it back. The user's `Serialize` may fail or panic.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Deserializer, Map, Value};

use crate::error::{ErrorKind, Fault, FlowError};
use crate::message::Envelope;
use crate::visit::caught;

/// Most frontiers and emits are shorter, so that they are not copied as they grow.
const ROOM: usize = 1024;

/// # Errors
///
/// Of kind `Invalid` or `Panicked`, which says what could not be written.
pub(super) fn written(
    what: &str,
    value: &impl Serialize,
    envelope: &Envelope,
) -> Result<Vec<u8>, FlowError> {
    let mut json = Vec::with_capacity(ROOM);
    let json = caught(|| match serde_json::to_writer(&mut json, value) {
        Ok(()) => Ok(json),
        Err(error) => Err(Fault::Invalid(error.into())),
    });
    json.map_err(|fault| {
        let kind = match fault {
            Fault::Panicked(_) => ErrorKind::Panicked,
            _ => ErrorKind::Invalid,
        };
        let reason = format!("{what} could not be written");
        FlowError::new(kind, envelope, reason).caused_by(fault.into_cause())
    })
}

/// # Errors
///
/// Of kind `Invalid` or `Panicked`, which names the place that does not fit.
pub(super) fn read<T: DeserializeOwned>(
    what: &str,
    json: &[u8],
    envelope: &Envelope,
) -> Result<T, FlowError> {
    let mut place = None;
    let value = caught(|| {
        let mut document = Deserializer::from_slice(json);
        let value = serde_path_to_error::deserialize(&mut document).map_err(|error| {
            place = Some(error.path().to_string()).filter(|path| path != ".");
            Fault::Invalid(error.into_inner().into())
        })?;
        match document.end() {
            Ok(()) => Ok(value),
            Err(error) => Err(Fault::Invalid(error.into())),
        }
    });
    value.map_err(|fault| {
        let kind = match fault {
            Fault::Panicked(_) => ErrorKind::Panicked,
            _ => ErrorKind::Invalid,
        };
        let mut reason = format!("{what} does not fit the flow");
        if let Some(place) = place {
            reason += &format!(" at `{place}`");
        }
        FlowError::new(kind, envelope, reason).caused_by(fault.into_cause())
    })
}

/// The payload in the input of a step, which is stored by the name of its node.
pub(crate) fn payload_of(input: &[u8]) -> Option<Value> {
    let input: Map<_, _> = serde_json::from_slice(input).ok()?;
    input.into_values().next()
}
