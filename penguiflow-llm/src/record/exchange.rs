//! A request and what came of it, and the list of those that a model had.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt;
use serde::{Deserialize, Serialize};

use crate::delta::{Delta, DeltaStream};
use crate::error::ModelError;
use crate::request::Request;

/// A request and what came of it: a line of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Exchange {
    /// What was asked.
    pub request: Request,
    /// What was answered. Without a [`Finish`](Delta::Finish) the answer was cut.
    pub deltas: Vec<Delta>,
    /// The error that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ModelError>,
}

impl Exchange {
    /// The text of the answer.
    pub fn text(&self) -> String {
        let texts = self.deltas.iter().filter_map(|delta| match delta {
            Delta::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }
}

/// The exchanges that a model had, in the order in which they began.
#[derive(Clone, Default)]
pub(crate) struct Exchanges(Arc<Mutex<Vec<Exchange>>>);

impl Exchanges {
    /// Records the request now, and the deltas as they come.
    pub(crate) fn record(&self, request: Request, deltas: DeltaStream) -> DeltaStream {
        let mut exchanges = self.lock();
        let at = exchanges.len();
        exchanges.push(Exchange {
            request,
            deltas: Vec::new(),
            error: None,
        });
        drop(exchanges);
        let this = self.clone();
        Box::pin(deltas.inspect(move |delta| {
            if let Some(exchange) = this.lock().get_mut(at) {
                match delta {
                    Ok(delta) => exchange.deltas.push(delta.clone()),
                    Err(error) => exchange.error = Some(error.clone()),
                }
            }
        }))
    }

    pub(crate) fn all(&self) -> Vec<Exchange> {
        self.lock().clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
