//! What happened in a trace since its last commit: fenced by the trace's revision.

use std::sync::Arc;

use rusqlite::params;

use super::{Batch, Write, journal};
use crate::store::column::Id;
use crate::store::error::StoreError;
use crate::store::packed::Document;
use crate::store::records::{Change, Committed, DeadLetter, NewResult, State, Transition};

/// The row holds this many transitions' history at most, since each commit rewrites the row.
const HISTORY_IN_ROW: i64 = 16;

/// An update of a trace's row.
struct Update {
    /// Where state and time stay as they are, so that the indexes on them need no change.
    in_state: &'static str,
    /// Where they may be others.
    to_state: &'static str,
}

macro_rules! update {
    ($history:literal, $frontier:literal) => {
        Update {
            in_state: update!(@ "", $history, $frontier, " AND state = ?3 AND due IS ?4"),
            to_state: update!(@ "state = ?3, due = ?4, ", $history, $frontier, ""),
        }
    };
    (@ $state:literal, $history:literal, $frontier:literal, $and:literal) => {
        concat!(
            "UPDATE traces SET revision = ?2 + 1, updated = ?5, waits = ?6, error = ?7, ",
            $state,
            "recoveries = CASE ?8 WHEN 1 THEN 0 ELSE recoveries END, history = ",
            $history,
            ", frontier = ",
            $frontier,
            " WHERE seq = ?1 AND revision = ?2",
            $and
        )
    };
}

const WHOLE: Update = update!("CAST(ifnull(history, x'') || ?9 AS BLOB)", "?10");
const WHOLE_MOVED: Update = update!("NULL", "?10");
/// As long as no column changes its size, SQLite writes the row's first page alone.
const JOURNAL: Update = update!("NULL", "ifnull(?10, frontier)");
const MOVE_HISTORY: &str = "INSERT INTO history(trace, n, lines)
    SELECT seq, ?2, CAST(ifnull(history, x'') || ?3 AS BLOB) FROM traces
    WHERE seq = ?1 AND revision = ?2 AND (history IS NOT NULL OR length(?3) > 0)";
const RESULT: &str =
    "INSERT INTO results(flow, trace, is_error, value, at) VALUES(?1, ?2, ?3, ?4, ?5)";
const DEAD: &str = "INSERT OR REPLACE INTO dead(flow, trace, step, node, path, error, input, at)
    VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// Its host keeps it until it is stored, to try again.
impl Write for Arc<Transition> {
    type Answer = Committed;

    fn apply(&self, batch: &Batch<'_>) -> Result<Committed, StoreError> {
        self.as_ref().apply(batch)
    }
}

impl Write for Transition {
    type Answer = Committed;

    fn apply(&self, batch: &Batch<'_>) -> Result<Committed, StoreError> {
        if self.moves_history() {
            self.move_history(batch)?;
        }
        if self.update(batch)? == 0 {
            return Err(StoreError::Stale);
        }
        batch.count(self.flow, self.state, 1);
        match &self.frontier {
            Change::Journal(entries) => {
                journal::append(self.seq, self.revision, entries, batch)?;
            }
            Change::Whole(_) | Change::Ended if self.has_journal => {
                journal::fold(self.seq, batch)?;
            }
            Change::Whole(_) | Change::Ended => {}
        }
        if let Some(letter) = &self.dead {
            self.bury(letter, batch)?;
        }
        let results = self
            .results
            .iter()
            .map(|result| self.put_out(result, batch));
        let results = results.collect::<Result<_, _>>()?;
        Ok(Committed { results })
    }
}

impl Transition {
    /// Whether the row's history goes to its own table, so that the row keeps its size, or a small one.
    fn moves_history(&self) -> bool {
        let keeps_size = matches!(self.frontier, Change::Journal(_));
        keeps_size || self.revision % HISTORY_IN_ROW == HISTORY_IN_ROW - 1
    }

    fn move_history(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        let moved = params![self.seq, self.revision, self.history];
        batch.execute(MOVE_HISTORY, moved)?;
        Ok(())
    }

    fn update(&self, batch: &Batch<'_>) -> Result<usize, StoreError> {
        let (update, frontier) = match &self.frontier {
            Change::Journal(_) => (JOURNAL, None),
            Change::Whole(frontier) => (self.update_of_all(), Some(Document(frontier.as_slice()))),
            Change::Ended => (self.update_of_all(), None),
        };
        let row = params![
            self.seq,
            self.revision,
            self.state,
            self.due,
            batch.now,
            self.waits,
            self.error,
            self.progress,
            self.history,
            frontier
        ];
        // A trace that runs ran before, most often.
        if self.state == State::Running && batch.execute(update.in_state, row)? > 0 {
            return Ok(1);
        }
        batch.execute(update.to_state, row)
    }

    fn update_of_all(&self) -> Update {
        match self.moves_history() {
            true => WHOLE_MOVED,
            false => WHOLE,
        }
    }

    fn put_out(&self, result: &NewResult, batch: &Batch<'_>) -> Result<i64, StoreError> {
        let NewResult { is_error, value } = result;
        let row = params![self.flow, Id(self.id), is_error, value, batch.now];
        batch.execute(RESULT, row)?;
        Ok(batch.last_insert())
    }

    fn bury(&self, letter: &DeadLetter, batch: &Batch<'_>) -> Result<(), StoreError> {
        let DeadLetter {
            step,
            node,
            path,
            error,
            input,
        } = letter;
        let row = params![
            self.flow,
            Id(self.id),
            step,
            node,
            path,
            error,
            input,
            batch.now
        ];
        batch.execute(DEAD, row)?;
        Ok(())
    }
}
