//! A trace's error as plain data: for an answer, a log, or a store. What is read back has the same texts,
//! and texts in place of the values that caused it.

use std::time::Duration;

#[cfg(feature = "durable")]
use serde::{Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use super::FlowError;
use crate::error::NodeError;
use crate::message::{Envelope, Spent};

#[derive(Serialize)]
#[cfg_attr(feature = "durable", derive(Deserialize))]
struct Described {
    #[serde(flatten)]
    error: NodeError,
    /// The message that failed: its trace, its headers, and when it was made.
    message_of: Envelope,
    #[serde(default)]
    spent: Spent,
    #[serde(default)]
    elapsed: Duration,
}

impl Serialize for FlowError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let described = Described {
            error: NodeError::from(self),
            message_of: self.envelope().clone(),
            spent: self.spent(),
            elapsed: self.elapsed(),
        };
        described.serialize(serializer)
    }
}

#[cfg(feature = "durable")]
impl<'de> Deserialize<'de> for FlowError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let described = Described::deserialize(deserializer)?;
        let error = Self::of(described.error, &described.message_of);
        error.set_spent(described.spent.tokens);
        Ok(error.elapsed_in(described.elapsed))
    }
}
