//! The failure that a join fails with, and the message that failed.

use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use crate::error::NodeError;
use crate::message::Envelope;

/// A failed branch of a join, or the failure of the join itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FailedInput {
    pub(super) error: NodeError,
    pub(super) envelope: Envelope,
    hops: u32,
}

impl FailedInput {
    /// The message at this cursor has failed.
    pub(super) fn at(cursor: &Cursor, error: NodeError) -> Self {
        Self {
            error,
            envelope: cursor.envelope.clone(),
            hops: cursor.hops,
        }
    }

    /// Goes on at a cursor as the message that failed.
    pub(super) fn go_on(self, cursor: &mut Cursor) -> NodeError {
        cursor.envelope = self.envelope;
        cursor.hops = self.hops;
        self.error
    }
}
