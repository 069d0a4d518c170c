//! Dead letters: traces whose step has failed for good, until somebody decides.

use penguiflow::{FlowError, TraceId};
use serde::de::DeserializeOwned;

use super::Running;
use crate::error::Error;
use crate::store::Seq;

/// A trace that has failed for good. Its other steps stay as they were.
#[derive(Debug)]
#[non_exhaustive]
pub struct DeadLetter {
    /// Its place in the order of dead letters.
    pub seq: Seq,
    /// The trace.
    pub trace_id: TraceId,
    /// The node that failed, if one did.
    pub node: Option<String>,
    /// Where the node is, through the flows that called it.
    pub path: Option<String>,
    /// The error; `None` if what is stored of it cannot be read.
    pub error: Option<FlowError>,
    /// The input of the step, as JSON: `{"retrieve": …}`.
    pub input: Option<serde_json::Value>,
}

impl<In: Send + 'static, Out: DeserializeOwned + Send + 'static> Running<In, Out> {
    /// The dead letters that come after the one with this place, 0 for the first, at most `limit`.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn dead(&self, after: Seq, limit: usize) -> Result<Vec<DeadLetter>, Error> {
        let dead = self.host.store.dead(self.host.id, after, limit).await?;
        let dead = dead.into_iter().map(|dead| DeadLetter {
            seq: dead.seq,
            trace_id: dead.trace,
            node: dead.letter.node,
            path: dead.letter.path,
            error: serde_json::from_str(&dead.letter.error).ok(),
            input: dead
                .letter
                .input
                .and_then(|input| serde_json::from_slice(&input).ok()),
        });
        Ok(dead.collect())
    }

    /// Lets a dead trace go on: the step that failed begins anew, with all its attempts.
    ///
    /// # Errors
    ///
    /// [`Error::NotDead`], and those of the store.
    pub async fn retry(&self, trace_id: TraceId) -> Result<(), Error> {
        self.host.revive(trace_id, None).await
    }

    /// The same with another input for the step that failed, given as [`DeadLetter::input`] has it.
    ///
    /// # Errors
    ///
    /// Those of `retry`; of kind `Invalid` if it is not the node's input.
    pub async fn retry_with(
        &self,
        trace_id: TraceId,
        input: &serde_json::Value,
    ) -> Result<(), Error> {
        let input = input.to_string();
        self.host.revive(trace_id, Some(input.as_bytes())).await
    }

    /// Ends a dead trace with the error that it died of.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn drop_dead(&self, trace_id: TraceId) -> Result<(), Error> {
        Ok(self.host.store.drop_dead(trace_id).await?)
    }
}
