//! Removes traces that have ended, the ones that ended first, first; and commands that were answered.

use rusqlite::params;

use super::{Batch, Write};
use crate::store::column::Id;
use crate::store::error::StoreError;
use crate::store::records::{FlowId, Millis, Seq, State};

/// The newest trace that is one too many.
const BEYOND: &str = "SELECT updated, seq FROM traces WHERE state > 3
    ORDER BY updated DESC, seq DESC LIMIT 1 OFFSET ?1";
const OLDEST: &str = "SELECT updated, seq, id, flow, state FROM traces WHERE state > 3
    ORDER BY updated, seq LIMIT 1";
const TRACE: &str = "DELETE FROM traces WHERE seq = ?1";
const HISTORY: &str = "DELETE FROM history WHERE trace = ?1";
const KEYS: &str = "DELETE FROM keys WHERE trace = ?1";

const COMMANDS: &str = "DELETE FROM commands WHERE seq IN
    (SELECT seq FROM commands WHERE answer IS NOT NULL AND at < ?1 LIMIT ?2)";

/// Traces that one transaction removes at most, so that no commit waits long.
const AT_ONCE: usize = 200;
const COMMANDS_AT_ONCE: usize = 1000;

/// Removes some traces that ended before a time, or that are more than a number; answers how many.
pub(crate) struct Retain {
    pub(crate) before: Option<Millis>,
    pub(crate) count: Option<i64>,
}

impl Write for Retain {
    type Answer = usize;

    fn apply(&self, batch: &Batch<'_>) -> Result<usize, StoreError> {
        let Some(last) = self.last_to_remove(batch)? else {
            return Ok(0);
        };
        for removed in 0..AT_ONCE {
            let oldest = batch.find(OLDEST, [], |row| {
                let (id, flow, state) = (row.get(2)?, row.get(3)?, row.get(4)?);
                Ok(((row.get(0)?, row.get(1)?), Ended { id, flow, state }))
            })?;
            match oldest {
                Some((at, ended)) if at <= last => ended.remove(at.1, batch)?,
                _ => return Ok(removed),
            }
        }
        Ok(AT_ONCE)
    }
}

impl Retain {
    /// By when it ended, and by the order of emits among those of one moment.
    fn last_to_remove(&self, batch: &Batch<'_>) -> Result<Option<(Millis, Seq)>, StoreError> {
        let by_age = self.before.map(|before| (before - 1, Seq::MAX));
        let by_count = match self.count {
            Some(count) => batch.find(BEYOND, [count], |row| Ok((row.get(0)?, row.get(1)?)))?,
            None => None,
        };
        Ok(by_age.max(by_count))
    }
}

/// A trace that has ended.
struct Ended {
    id: Id,
    flow: FlowId,
    state: State,
}

impl Ended {
    fn remove(&self, seq: Seq, batch: &Batch<'_>) -> Result<(), StoreError> {
        batch.execute(TRACE, [seq])?;
        batch.count(self.flow, self.state, -1);
        batch.execute(HISTORY, [seq])?;
        batch.execute(KEYS, params![self.id])?;
        Ok(())
    }
}

/// Removes some commands that were asked for before a time and are answered; answers how many.
pub(crate) struct RetainCommands {
    pub(crate) before: Millis,
}

impl Write for RetainCommands {
    type Answer = usize;

    fn apply(&self, batch: &Batch<'_>) -> Result<usize, StoreError> {
        batch.execute(COMMANDS, params![self.before, COMMANDS_AT_ONCE as i64])
    }
}
