//! Writes of a statement or two.

use rusqlite::params;

use super::{Batch, Write};
use crate::store::error::StoreError;
use crate::store::records::{FlowId, Seq};

const FLOW: &str = "INSERT INTO flows(name, graph, awaits, started) VALUES(?1, ?2, ?3, ?4)
    ON CONFLICT(name) DO UPDATE SET graph = ?2, awaits = ?3, started = ?4";
const FLOW_ID: &str = "SELECT id FROM flows WHERE name = ?1";
const ACK: &str = "DELETE FROM results WHERE seq = ?1";
const RECOVERED: &str =
    "UPDATE traces SET recoveries = recoveries + 1 WHERE seq = ?1 RETURNING recoveries";
const ANSWER: &str = "UPDATE commands SET answer = ?2 WHERE seq = ?1";

/// A flow that starts over the store, with what the command line shows of it.
pub(crate) struct RegisterFlow {
    pub(crate) name: String,
    pub(crate) graph: String,
    pub(crate) awaits: String,
}

impl Write for RegisterFlow {
    type Answer = FlowId;

    fn apply(&self, batch: &Batch<'_>) -> Result<FlowId, StoreError> {
        let row = params![self.name, self.graph, self.awaits, batch.now];
        batch.execute(FLOW, row)?;
        let id = batch.find(FLOW_ID, [&self.name], |row| row.get(0))?;
        let what = || format!("flow `{}`", self.name);
        id.ok_or_else(|| StoreError::Unknown { what: what() })
    }
}

/// Results that were taken care of.
pub(crate) struct Ack(pub(crate) Vec<Seq>);

impl Write for Ack {
    type Answer = ();

    fn apply(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        for seq in &self.0 {
            batch.execute(ACK, [seq])?;
        }
        Ok(())
    }
}

/// One trace is taken up once more; answers how often it was since its last progress.
pub(crate) struct Recovered(pub(crate) Seq);

impl Write for Recovered {
    type Answer = i64;

    fn apply(&self, batch: &Batch<'_>) -> Result<i64, StoreError> {
        let count = batch.find(RECOVERED, [self.0], |row| row.get(0))?;
        let what = || format!("trace at {}", self.0);
        count.ok_or_else(|| StoreError::Unknown { what: what() })
    }
}

/// What became of a command.
pub(crate) struct Answer {
    pub(crate) seq: Seq,
    pub(crate) text: String,
}

impl Write for Answer {
    type Answer = ();

    fn apply(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        batch.execute(ANSWER, params![self.seq, self.text])?;
        Ok(())
    }
}
