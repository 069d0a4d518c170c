//! Why traces were paused. The server shows a last failure while it tries a trace again, and keeps that of a
//! pause among the events of the journal.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::running::{Rows, Running};
use super::traces::TraceRow;
use crate::error::Error;

/// The event of a pause.
#[derive(Deserialize)]
struct PauseRow {
    id: String,
    event: String,
}

#[derive(Deserialize)]
struct Pause {
    last_failure: Option<LastFailure>,
}

#[derive(Deserialize)]
struct LastFailure {
    error_message: String,
}

impl<In: Serialize, Out: DeserializeOwned> Running<In, Out> {
    /// Adds to each paused trace what it failed with.
    pub(super) async fn explain(&self, rows: &mut [TraceRow]) -> Result<(), Error> {
        let unexplained = rows.iter().filter(|row| row.is_paused_without_reason());
        let ids = unexplained.map(|row| format!("'{}'", row.invocation));
        let ids: Vec<_> = ids.collect();
        if ids.is_empty() {
            return Ok(());
        }
        let query = format!(
            "SELECT id, event_json AS event FROM sys_journal_events WHERE event_type = 'Paused' AND id IN \
             ({}) ORDER BY appended_at DESC",
            ids.join(", ")
        );
        let pauses: Rows<PauseRow> = self.query(&query).await?;
        for row in rows.iter_mut().filter(|row| row.is_paused_without_reason()) {
            let mut pauses = pauses.rows.iter();
            let last = pauses.find(|pause| pause.id == row.invocation);
            row.stuck = last.and_then(PauseRow::reason);
        }
        Ok(())
    }
}

impl PauseRow {
    fn reason(&self) -> Option<String> {
        let pause = serde_json::from_str::<Pause>(&self.event).ok()?;
        pause.last_failure.map(|failure| failure.error_message)
    }
}
