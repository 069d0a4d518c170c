//! Schedules, and the starts that they make: one per time, since the trace and the next time are one
//! transaction.

use rusqlite::params;

use super::{Batch, Write};
use crate::store::error::StoreError;
use crate::store::records::{Emitted, FlowId, Millis, Tick};

/// In `DO UPDATE`, columns without `excluded` are those of the row that was there.
const PUT: &str = "INSERT INTO schedules(flow, name, cron, input, next) VALUES(?1, ?2, ?3, ?4, ?5)
    ON CONFLICT(flow, name) DO UPDATE SET input = excluded.input,
    next = CASE cron WHEN excluded.cron THEN next ELSE excluded.next END, cron = excluded.cron";
const REMOVE: &str = "DELETE FROM schedules WHERE flow = ?1 AND name = ?2";
const IS_NEXT: &str = "SELECT 1 FROM schedules WHERE flow = ?1 AND name = ?2 AND next = ?3";
const TICK: &str = "UPDATE schedules SET last = ?3, next = ?4 WHERE flow = ?1 AND name = ?2";

/// A schedule, new or changed.
pub(crate) struct PutSchedule {
    pub(crate) flow: FlowId,
    pub(crate) name: String,
    pub(crate) cron: String,
    pub(crate) input: Vec<u8>,
    pub(crate) next: Option<Millis>,
}

impl Write for PutSchedule {
    type Answer = ();

    fn apply(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        let Self {
            flow,
            name,
            cron,
            input,
            next,
        } = self;
        batch.execute(PUT, params![flow, name, cron, input, next])?;
        Ok(())
    }
}

/// A schedule that is over; answers whether there was one.
pub(crate) struct RemoveSchedule {
    pub(crate) flow: FlowId,
    pub(crate) name: String,
}

impl Write for RemoveSchedule {
    type Answer = bool;

    fn apply(&self, batch: &Batch<'_>) -> Result<bool, StoreError> {
        Ok(batch.execute(REMOVE, params![self.flow, self.name])? > 0)
    }
}

impl Write for Tick {
    type Answer = Emitted;

    fn apply(&self, batch: &Batch<'_>) -> Result<Emitted, StoreError> {
        let Self {
            name,
            due,
            next,
            trace,
        } = self;
        let schedule = params![trace.flow, name, due];
        if batch.find(IS_NEXT, schedule, |_| Ok(()))?.is_none() {
            return Err(StoreError::Stale);
        }
        let started = trace.apply(batch)?;
        batch.execute(TICK, params![trace.flow, name, due, next])?;
        Ok(started)
    }
}
