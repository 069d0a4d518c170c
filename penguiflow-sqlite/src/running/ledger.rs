//! The ledger: how many traces of a flow are at what.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Running;
use crate::error::Error;

/// Counts of a flow's traces in the store by what they are at. Each is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Ledger {
    /// Traces that run or are to run.
    pub running: u64,
    /// Traces that wait for a value.
    pub parked: u64,
    /// Traces that wait for the time of an attempt, or of their start.
    pub retrying: u64,
    /// Dead letters.
    pub dead: u64,
    /// Traces that ended with outputs.
    pub completed: u64,
    /// Traces that ended in an error which another attempt would not change, or in no output.
    pub failed: u64,
    /// Traces that were cancelled.
    pub cancelled: u64,
}

impl Ledger {
    /// Traces that are not over. Dead letters are: somebody has to decide.
    pub fn in_flight(&self) -> u64 {
        self.running + self.parked + self.retrying
    }
}

impl<In: Send + 'static, Out: DeserializeOwned + Send + 'static> Running<In, Out> {
    /// Counts the traces that the store has of this flow.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn ledger(&self) -> Result<Ledger, Error> {
        let [
            running,
            parked,
            retrying,
            dead,
            completed,
            failed,
            cancelled,
        ] = self.host.store.counts(self.host.id).await?;
        Ok(Ledger {
            running,
            parked,
            retrying,
            dead,
            completed,
            failed,
            cancelled,
        })
    }
}
