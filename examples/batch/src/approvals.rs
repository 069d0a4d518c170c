//! The records that wait for a decision, and the decisions that wait for a record.

use std::collections::HashMap;
use std::mem::take;

use penguiflow::ResumeJsonError;
use penguiflow::prelude::*;
use serde::Deserialize;

use crate::Refunds;
use crate::bank::Bank;

/// Matches decisions and parked traces by the order that both are about.
pub(crate) struct Approvals {
    flow: Flow<Refunds, Bank>,
    /// The lines of the decisions.
    known: HashMap<String, String>,
    /// An order may be on several lines of the file.
    waiting: HashMap<String, Vec<TraceId>>,
}

/// What a decision is about; the flow reads the rest of its line.
#[derive(Deserialize)]
struct About {
    order: String,
}

impl Approvals {
    pub(crate) fn new(flow: Flow<Refunds, Bank>) -> Self {
        let (known, waiting) = (HashMap::new(), HashMap::new());
        Self {
            flow,
            known,
            waiting,
        }
    }

    /// Takes a trace that has parked. Returns whether there was a decision on it.
    pub(crate) async fn park(&mut self, order: &str, trace: TraceId) -> Result<bool, String> {
        let waiting = self.waiting.entry(order.to_owned()).or_default();
        waiting.push(trace);
        self.resume(order).await?;
        Ok(self.known.contains_key(order))
    }

    /// Takes a line with a decision.
    pub(crate) async fn decide(&mut self, line: String) -> Result<(), String> {
        let about = serde_json::from_str(&line);
        let About { order } = about.map_err(|error| format!("not a decision: {error}"))?;
        self.known.insert(order.clone(), line);
        self.resume(&order).await
    }

    /// The traces that wait, when nobody is left to decide on them.
    pub(crate) fn take_waiting(&mut self) -> impl Iterator<Item = TraceId> {
        take(&mut self.waiting).into_values().flatten()
    }

    /// Resumes the traces of an order, if there is a decision. They wait on if it cannot be read.
    async fn resume(&mut self, order: &str) -> Result<(), String> {
        let (line, traces) = match (self.known.get(order), self.waiting.get_mut(order)) {
            (Some(line), Some(traces)) => (line, traces),
            _ => return Ok(()),
        };
        while let Some(trace) = traces.pop() {
            let resumed = self.flow.resume_json(trace, None, line).await;
            if let Err(ResumeJsonError::Invalid(error)) = resumed {
                traces.push(trace);
                self.known.remove(order);
                return Err(format!("not a decision: {error}"));
            }
        }
        Ok(())
    }
}
