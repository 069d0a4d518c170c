//! What a trace did, one line for each attempt that is over.

use rusqlite::{Row, Transaction};
use serde::{Deserialize, Deserializer, Serialize};

use super::{AdminError, Time};

/// An attempt of a step that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attempt {
    /// The id of the step.
    pub step: String,
    /// The node that ran, or at which the trace was parked.
    pub node: String,
    /// Its number, counted from 0.
    #[serde(default)]
    pub attempt: u32,
    /// When it began.
    #[serde(deserialize_with = "milliseconds")]
    pub at: Time,
    /// How long it took, in microseconds.
    #[serde(default)]
    pub took: u64,
    /// `ok`, `failed`, `retried`, `dropped`, `parked` or `resumed`.
    pub outcome: String,
    /// The failure in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Attempt {
    /// Reads a history. Lines that are no attempts are left out: a newer version may have others.
    fn read_all(lines: &[u8]) -> Vec<Self> {
        let lines = lines.split(|byte| *byte == b'\n');
        lines
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect()
    }
}

/// The attempts of a trace: those that were moved out of its row, and those that came since.
pub(super) fn history_of(
    read: &Transaction<'_>,
    row: &Row<'_>,
) -> Result<Vec<Attempt>, AdminError> {
    let mut history = Vec::new();
    let sql = "SELECT lines FROM history WHERE trace = ?1 ORDER BY n";
    let mut statement = read.prepare_cached(sql)?;
    let moved = statement.query_map([row.get::<_, i64>("seq")?], |row| row.get::<_, Vec<u8>>(0))?;
    for lines in moved {
        history.extend(Attempt::read_all(&lines?));
    }
    let later: Option<Vec<u8>> = row.get("history")?;
    history.extend(Attempt::read_all(&later.unwrap_or_default()));
    Ok(history)
}

/// As a history has it. It is printed as all times are.
fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    i64::deserialize(deserializer).map(Time)
}

#[cfg(test)]
mod tests {
    use super::Attempt;

    #[test]
    fn lines_that_are_none_are_left_out() {
        let lines = br#"{"step":"a","node":"draft","at":5,"took":7,"outcome":"ok"}

{"of":"a newer version"}
{"step":"b","node":"review","attempt":1,"at":6,"outcome":"failed","error":"no"}"#;
        let read = Attempt::read_all(lines);
        let read: Vec<_> = read
            .iter()
            .map(|line| (line.node.as_str(), line.attempt))
            .collect();
        assert_eq!(read, [("draft", 0), ("review", 1)]);
    }
}
