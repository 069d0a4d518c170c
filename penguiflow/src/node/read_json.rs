//! Reads a value from a JSON document. The error names the place that does not fit.

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Track};

use crate::error::{ErrorKind, FlowError};
use crate::graph::{Given, TypeName};
use crate::message::{Envelope, Message};

/// Reads the whole document.
///
/// # Errors
///
/// Of kind `Invalid`.
pub(crate) fn read_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, FlowError> {
    let mut track = Track::new();
    read(json, &mut track).map_err(|error| unfit::<T>(&track.path(), error))
}

/// The same for a value that a parked step waits for.
pub(super) fn read_given<T: DeserializeOwned + Send + 'static>(
    json: &[u8],
) -> Result<Given, FlowError> {
    let value: T = read_json(json)?;
    Ok(Box::new(value))
}

fn read<T: DeserializeOwned>(json: &[u8], track: &mut Track) -> serde_json::Result<T> {
    let mut document = serde_json::Deserializer::from_slice(json);
    let value = T::deserialize(serde_path_to_error::Deserializer::new(&mut document, track))?;
    document.end()?;
    Ok(value)
}

fn unfit<T>(path: &Path, error: serde_json::Error) -> FlowError {
    let mut reason = format!("the document does not fit `{}`", TypeName::of::<T>());
    if path.iter().len() > 0 {
        reason += &format!(" at `{path}`");
    }
    FlowError::new(
        ErrorKind::Invalid,
        &Envelope::of(Message::new(())).1,
        reason,
    )
    .caused_by(error.into())
}
