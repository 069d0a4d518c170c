//! The names of states: in tables, in JSON and as arguments.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::schema::State;

impl State {
    /// All states, those that go on first.
    pub const EACH: [Self; 7] = [
        Self::Running,
        Self::Parked,
        Self::Retrying,
        Self::Dead,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Its name, such as `parked`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Parked => "parked",
            Self::Retrying => "retrying",
            Self::Dead => "dead",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
