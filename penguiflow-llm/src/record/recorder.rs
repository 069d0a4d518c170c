//! A model that records what another one is asked and answers.

use std::path::Path;
use std::{fmt, fs, io};

use super::exchange::{Exchange, Exchanges};
use super::hiding::Hiding;
use super::transcript::Transcript;
use crate::delta::DeltaStream;
use crate::model::Model;
use crate::request::Request;

/// Records what a model is asked and answers, so that [`Replay`](super::Replay) can answer the same
/// without it. Clones record into the same list.
///
/// A recording is a file of JSON lines, one for each exchange. Requests hold no keys; texts that look
/// like one are hidden, and so are those that are [named](Self::hiding).
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_llm::prelude::*;
/// use penguiflow_llm::{Recorder, Replay};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("greeting.jsonl");
/// let real = FakeModel::answers(["Hello, Ada of Acme!"]); // as a model on a server would be
/// let model = Recorder::new(real).hiding("Acme");
/// let ctx = Ctx::for_test().build();
/// model.complete(&ctx, "Greet Ada of Acme.").await?;
/// model.save(&path)?;
/// assert!(!std::fs::read_to_string(&path)?.contains("Acme"));
///
/// let model = Replay::open(&path)?.hiding("Acme");
/// let text = model.complete(&ctx, "Greet Ada of Acme.").await?;
/// assert_eq!(text, "Hello, Ada of [hidden]!");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Recorder<M> {
    model: M,
    exchanges: Exchanges,
    hiding: Hiding,
}

impl<M: Model> Recorder<M> {
    /// Records what this model is asked and answers.
    pub fn new(model: M) -> Self {
        Self {
            model,
            exchanges: Exchanges::default(),
            hiding: Hiding::default(),
        }
    }

    /// Hides this text in what is recorded.
    #[must_use]
    pub fn hiding(mut self, secret: impl Into<String>) -> Self {
        self.hiding.add(secret.into());
        self
    }

    /// What was recorded so far, without secrets.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let exchanges = self.exchanges.all().into_iter();
        exchanges
            .map(|exchange| self.hiding.exchange(exchange))
            .collect()
    }

    /// What was recorded so far, as text.
    pub fn transcript(&self) -> Transcript {
        Transcript::of(self.exchanges())
    }

    /// Writes what was recorded so far to a file, and makes the folders above it.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> io::Result<()> {
        let mut lines = String::new();
        for exchange in self.exchanges() {
            lines += &serde_json::to_string(&exchange)?;
            lines.push('\n');
        }
        if let Some(folder) = path.as_ref().parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, lines)
    }
}

impl<M: Model> Model for Recorder<M> {
    fn name(&self) -> &str {
        self.model.name()
    }

    fn stream(&self, request: Request) -> DeltaStream {
        let deltas = self.model.stream(request.clone());
        self.exchanges.record(request, deltas)
    }
}

impl<M: Model> fmt::Debug for Recorder<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("model", &self.model.name())
            .field("exchanges", &self.exchanges.len())
            .finish_non_exhaustive()
    }
}
