//! A model that answers by a script, for tests.

mod reply;

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use reply::Reply;

use crate::delta::DeltaStream;
use crate::error::ModelError;
use crate::model::Model;
use crate::record::{Exchange, Exchanges, Transcript};
use crate::request::Request;

/// A model that answers by a list or by a rule, without a network and without waiting: a test that it is
/// in always goes the same way. It records what it is asked. Clones are the same model.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_llm::prelude::*;
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ModelError> {
/// # tokio::time::pause();
/// let model = FakeModel::answers([
///     Reply::text("to be").pieces(2).slow(Duration::from_secs(1)),
///     Reply::text("or not to be").breaks_after(1),
/// ]);
/// let test = Ctx::for_test();
/// assert_eq!(model.complete(&test.build(), "first").await?, "to be");
/// assert_eq!(test.chunks().len(), 2);
/// let error = model.complete(&test.build(), "second").await.unwrap_err();
/// assert!(matches!(error, ModelError::Broken { .. }));
/// assert_eq!(model.requests()[1].last(), "second");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FakeModel(Arc<Script>);

struct Script {
    answers: Answers,
    exchanges: Exchanges,
}

enum Answers {
    List(Mutex<VecDeque<Reply>>),
    Rule(Box<dyn Fn(&Request) -> Reply + Send + Sync>),
}

impl FakeModel {
    /// A model that gives these replies, each once and in this order. When it is asked once more, it fails
    /// with [`ModelError::Unscripted`].
    pub fn answers<R: Into<Reply>>(replies: impl IntoIterator<Item = R>) -> Self {
        let replies = replies.into_iter().map(Into::into).collect();
        Self::of(Answers::List(Mutex::new(replies)))
    }

    /// A model whose reply follows from the request.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use penguiflow_llm::prelude::*;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), ModelError> {
    /// let model = FakeModel::rule(|request| match request.last() {
    ///     "ping" => Reply::text("pong"),
    ///     _ => Reply::refusal("I only play table tennis."),
    /// });
    /// let ctx = Ctx::for_test().build();
    /// assert_eq!(model.complete(&ctx, "ping").await?, "pong");
    /// # Ok(())
    /// # }
    /// ```
    pub fn rule<R: Into<Reply>>(rule: impl Fn(&Request) -> R + Send + Sync + 'static) -> Self {
        Self::of(Answers::Rule(Box::new(move |request| rule(request).into())))
    }

    fn of(answers: Answers) -> Self {
        Self(Arc::new(Script {
            answers,
            exchanges: Exchanges::default(),
        }))
    }

    /// What it was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        let exchanges = self.exchanges().into_iter();
        exchanges.map(|exchange| exchange.request).collect()
    }

    /// What it was asked and answered so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.0.exchanges.all()
    }

    /// What it was asked and answered so far, as text, for golden files.
    pub fn transcript(&self) -> Transcript {
        Transcript::of(self.exchanges())
    }

    /// How many replies of its list are left. A model with a rule has none.
    pub fn replies_left(&self) -> usize {
        match &self.0.answers {
            Answers::List(replies) => locked(replies).len(),
            Answers::Rule(_) => 0,
        }
    }

    fn reply(&self, request: &Request) -> Reply {
        let reply = match &self.0.answers {
            Answers::List(replies) => locked(replies).pop_front(),
            Answers::Rule(rule) => Some(rule(request)),
        };
        reply.unwrap_or_else(|| {
            let count = self.0.exchanges.len();
            let said = format!(
                "the fake model has {count} replies, but was asked {} times",
                count + 1
            );
            Reply::error(ModelError::Unscripted { said })
        })
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Model for FakeModel {
    fn name(&self) -> &str {
        "fake"
    }

    fn stream(&self, request: Request) -> DeltaStream {
        let reply = self.reply(&request);
        let deltas = reply.into_stream(request.estimated_tokens(), request.max_tokens);
        self.0.exchanges.record(request, deltas)
    }
}

impl fmt::Debug for FakeModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeModel")
            .field("asked", &self.0.exchanges.len())
            .finish_non_exhaustive()
    }
}
