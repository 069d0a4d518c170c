//! A model that answers as one did that was recorded.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, fs, io};

use futures_util::stream;

use super::exchange::Exchange;
use super::hiding::Hiding;
use crate::delta::DeltaStream;
use crate::error::ModelError;
use crate::model::Model;
use crate::request::Request;

/// Answers as a model did that was recorded by a [`Recorder`](super::Recorder): to the same request, the
/// same deltas. Each exchange is given once; those with the same request are given in the order in which
/// they were recorded. A request that was not recorded is [`ModelError::Unscripted`]. Clones are the same
/// model.
#[derive(Clone)]
pub struct Replay {
    /// Those that were not given yet.
    exchanges: Arc<Mutex<Vec<Exchange>>>,
    hiding: Hiding,
}

impl Replay {
    /// Reads a recording.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or a line of it is no exchange.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let text = fs::read_to_string(&path)?;
        let lines = text.lines().enumerate();
        let lines = lines.filter(|(_, line)| !line.trim().is_empty());
        let exchanges = lines.map(|(at, line)| {
            serde_json::from_str(line).map_err(|error| {
                let place = format!("{}, line {}", path.as_ref().display(), at + 1);
                io::Error::new(io::ErrorKind::InvalidData, format!("{place}: {error}"))
            })
        });
        Ok(Self::of(exchanges.collect::<io::Result<Vec<_>>>()?))
    }

    /// Gives these exchanges again.
    pub fn of(exchanges: impl IntoIterator<Item = Exchange>) -> Self {
        let exchanges = exchanges.into_iter().collect();
        Self {
            exchanges: Arc::new(Mutex::new(exchanges)),
            hiding: Hiding::default(),
        }
    }

    /// Hides this text in what is asked, as it was hidden in the recording.
    #[must_use]
    pub fn hiding(mut self, secret: impl Into<String>) -> Self {
        self.hiding.add(secret.into());
        self
    }

    /// How many exchanges were not given yet.
    pub fn left(&self) -> usize {
        let exchanges = self.exchanges.lock();
        exchanges.unwrap_or_else(PoisonError::into_inner).len()
    }

    fn exchange(&self, request: Request) -> Option<Exchange> {
        let request = self.hiding.request(request);
        let exchanges = self.exchanges.lock();
        let mut exchanges = exchanges.unwrap_or_else(PoisonError::into_inner);
        let at = exchanges
            .iter()
            .position(|known| known.request == request)?;
        Some(exchanges.remove(at))
    }
}

impl Model for Replay {
    fn name(&self) -> &str {
        "replay"
    }

    fn stream(&self, request: Request) -> DeltaStream {
        let asked = excerpt(request.last());
        let Some(exchange) = self.exchange(request) else {
            let said = format!(
                "the recording has no exchange that is left with this request: record it anew. Its \
                 last message is: {asked}"
            );
            let error = ModelError::Unscripted { said };
            return Box::pin(stream::iter([Err(error)]));
        };
        let deltas = exchange.deltas.into_iter().map(Ok);
        Box::pin(stream::iter(deltas.chain(exchange.error.map(Err))))
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(80).collect()
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("left", &self.left())
            .finish_non_exhaustive()
    }
}
