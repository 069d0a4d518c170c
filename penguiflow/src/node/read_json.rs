//! Reads a value from a JSON document. The error names the place that does not fit.

use serde::de::DeserializeOwned;
use serde_path_to_error::Track;

use crate::error::{ErrorKind, FlowError};
use crate::graph::{Given, TypeName};
use crate::message::{Envelope, Message};

/// Reads the whole document.
///
/// # Errors
///
/// Why it does not fit.
pub(crate) fn read_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, Unfit> {
    let mut track = Track::new();
    read(json, &mut track).map_err(|error| {
        let mut reason = format!("the document does not fit `{}`", TypeName::of::<T>());
        let path = track.path();
        if path.iter().len() > 0 {
            reason += &format!(" at `{path}`");
        }
        Unfit { reason, error }
    })
}

fn read<T: DeserializeOwned>(json: &[u8], track: &mut Track) -> serde_json::Result<T> {
    let mut document = serde_json::Deserializer::from_slice(json);
    let value = T::deserialize(serde_path_to_error::Deserializer::new(&mut document, track))?;
    document.end()?;
    Ok(value)
}

/// The same for a value that a parked step waits for.
pub(super) fn read_given<T: DeserializeOwned + Send + 'static>(
    json: &[u8],
) -> Result<Given, FlowError> {
    match read_json::<T>(json) {
        Ok(value) => Ok(Box::new(value)),
        Err(unfit) => Err(unfit.into_error(&Envelope::of(Message::new(())).1)),
    }
}

/// Why a document does not fit.
pub(crate) struct Unfit {
    reason: String,
    error: serde_json::Error,
}

impl Unfit {
    /// The error, of kind `Invalid`, of this message.
    pub(crate) fn into_error(self, envelope: &Envelope) -> FlowError {
        FlowError::new(ErrorKind::Invalid, envelope, self.reason).caused_by(self.error.into())
    }
}
