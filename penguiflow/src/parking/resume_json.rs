//! Values for parked traces from JSON documents, and what may be wrong with one.

use std::error::Error;
use std::fmt;

use crate::error::FlowError;
use crate::graph::{AwaitInfo, Given, TypeName};
use crate::message::StepId;

/// Why a parked trace was not given a value that was to be read from JSON.
#[derive(Debug)]
#[non_exhaustive]
pub enum ResumeJsonError {
    /// No step of the trace waits: it was never parked, or went on already, or is over.
    NotParked,
    /// This step of the trace does not wait.
    StepNotParked(StepId),
    /// The step waits for this type, which is not `Deserialize`.
    NotDeserialize(TypeName),
    /// The document does not fit the type that the step waits for: an error of kind `Invalid`, which
    /// names the place.
    Invalid(FlowError),
}

impl fmt::Display for ResumeJsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotParked => f.write_str("no step of the trace waits"),
            Self::StepNotParked(step) => write!(f, "the step {step} does not wait"),
            Self::NotDeserialize(awaited) => {
                write!(f, "a `{awaited}` is awaited, which is not `Deserialize`")
            }
            Self::Invalid(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl Error for ResumeJsonError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Invalid(error) => error.source(),
            _ => None,
        }
    }
}

/// Reads what is awaited at a place.
pub(crate) fn read_for(place: &AwaitInfo, json: &[u8]) -> Result<Given, ResumeJsonError> {
    let read = place.read_json;
    let read = read.ok_or(ResumeJsonError::NotDeserialize(place.awaited))?;
    read(json).map_err(ResumeJsonError::Invalid)
}
