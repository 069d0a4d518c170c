//! What a node asks of a model: an answer of a type, or a text.

mod call;
mod charge;
mod shape;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;

use penguiflow::Ctx;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use self::call::{Call, Whole};
#[cfg(test)]
pub(crate) use self::shape::read;
use crate::chat::Chat;
use crate::delta::Usage;
use crate::error::ModelError;
use crate::model::Model;
use crate::request::Request;
use crate::schema::AnswerSchema;

/// How often a model is asked again whose answer has the wrong shape, unless [`Ask::repairs`] sets it.
const REPAIRS: u32 = 2;

/// What nodes call on a [`Model`].
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_llm::prelude::*;
/// use schemars::JsonSchema;
/// use serde::Deserialize;
/// use std::sync::Arc;
///
/// /// The next step.
/// #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
/// enum Action {
///     /// Searches the handbook.
///     Search { query: String },
///     /// Answers the question.
///     Finish { answer: String },
/// }
///
/// #[node(timeout = "30s", retries = 2)]
/// async fn decide(chat: &Chat, State(model): State<Arc<dyn Model>>, ctx: Ctx) -> Result<Action, ModelError> {
///     model.ask(&ctx, chat).await
/// }
///
/// #[node]
/// async fn search(query: String) -> String {
///     format!("pages about {query}")
/// }
///
/// #[node]
/// async fn finish(answer: String) -> String {
///     answer
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let flow = flow! {
///     decide -> match {
///         Action::Search { query } => search(query),
///         Action::Finish { answer } => finish(answer),
///     }
/// };
/// let model = FakeModel::answers([r#"{"Search": {"query": "fish"}}"#]);
/// let flow = flow.with_state(model.shared());
/// assert_eq!(flow.run(Chat::from("What do penguins eat?")).await?, "pages about fish");
/// # Ok(())
/// # }
/// ```
pub trait ModelExt: Model + Sized {
    /// Asks for an answer of the type `T`: its schema is the grammar that the model answers in. The
    /// answer's JSON is sent to the reader of the trace while it comes, in chunks of the kind `json`;
    /// the tokens are spent from the trace's budget; and an answer of the wrong shape is asked for again,
    /// with what is wrong with it. See [`Ask`] for the options.
    ///
    /// An enum that chooses should be tagged externally, as serde has it without an attribute: its name
    /// comes first, so the model chooses and then fills in the fields. For `#[serde(tag = "…")]` the
    /// schema has the tag first as well, but a server may sort the fields by name, and then the model
    /// writes fields before it has chosen.
    fn ask<'a, T>(&'a self, ctx: &'a Ctx, chat: impl Into<Chat>) -> Ask<'a, Typed<T>>
    where
        T: DeserializeOwned + JsonSchema + Send,
    {
        let mut request = Request::new(chat);
        request.schema = Some(AnswerSchema::of::<T>());
        Ask::new(self, ctx, request, "json", Typed { read: shape::read })
    }

    /// Asks for a text. It is sent to the reader of the trace while it comes, and its tokens are spent from
    /// the trace's budget. See [`Ask`] for the options.
    fn complete<'a>(&'a self, ctx: &'a Ctx, chat: impl Into<Chat>) -> Ask<'a, Text> {
        Ask::new(self, ctx, Request::new(chat), "", Text)
    }

    /// The model behind a pointer, as nodes take it from the flow's state.
    fn shared(self) -> Arc<dyn Model>
    where
        Self: 'static,
    {
        Arc::new(self)
    }
}

impl<M: Model> ModelExt for M {}

/// A question to a model, which is asked when it is awaited. Its methods set options.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_llm::prelude::*;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ModelError> {
/// let model = FakeModel::answers(["[1, 2"]);
/// let ctx = Ctx::for_test().build();
/// let numbers = model.ask::<Vec<u32>>(&ctx, "Count!").max_tokens(100).temperature(0.0).repairs(0);
/// let error = numbers.await.unwrap_err();
/// assert!(matches!(error, ModelError::WrongShape { tries: 1, .. }));
/// # Ok(())
/// # }
/// ```
#[must_use = "a model is asked by `.await`"]
pub struct Ask<'a, K> {
    call: Call<'a>,
    request: Request,
    repairs: u32,
    answer: K,
}

/// An answer of the type `T`: what [`ModelExt::ask`] asks for.
#[derive(Debug)]
pub struct Typed<T> {
    /// A pointer, so that `T` is bound where it is asked for alone: what it lacks is one error.
    read: fn(&str, Option<&AnswerSchema>) -> Result<T, String>,
}

/// A text: what [`ModelExt::complete`] asks for.
#[derive(Debug)]
pub struct Text;

/// What an [`Ask`] becomes when it is awaited.
pub type Asking<'a, T> = Pin<Box<dyn Future<Output = Result<T, ModelError>> + Send + 'a>>;

impl<'a, K> Ask<'a, K> {
    fn new(
        model: &'a dyn Model,
        ctx: &'a Ctx,
        request: Request,
        kind: &'static str,
        answer: K,
    ) -> Self {
        Self {
            call: Call::new(model, ctx, kind),
            request,
            repairs: REPAIRS,
            answer,
        }
    }

    /// Sets the most tokens that the answer may have. What is left of the trace's token budget is the most
    /// in any case.
    pub fn max_tokens(mut self, tokens: u64) -> Self {
        self.request.max_tokens = Some(tokens);
        self
    }

    /// Sets how freely the model chooses its words, from 0. Unless set, the server's default holds.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.request.temperature = Some(temperature);
        self
    }

    /// Adds a text that ends the answer where the model would write it.
    pub fn stop(mut self, text: impl Into<String>) -> Self {
        self.request.stop.push(text.into());
        self
    }

    /// Asks for the same answer each time, where the server knows how.
    pub fn seed(mut self, seed: u64) -> Self {
        self.request.seed = Some(seed);
        self
    }

    /// Sends the chunks on the stream of this name: [`SendChunk::stream`](penguiflow::SendChunk::stream).
    pub fn stream(mut self, name: impl Into<String>) -> Self {
        self.call.stream = name.into();
        self
    }

    /// Sends no chunks. A node with `idle` is silent then, while the model answers.
    pub fn quiet(mut self) -> Self {
        self.call.is_quiet = true;
        self
    }
}

impl<'a, T: Send + 'a> Ask<'a, Typed<T>> {
    /// Sets how often the model is asked again if its answer has the wrong shape: 2 unless set. The
    /// chunks of the second answer are on the stream `repair-1`, and so on.
    pub fn repairs(mut self, count: u32) -> Self {
        self.repairs = count;
        self
    }

    /// Asks, and returns what it took as well: the tokens of all tries.
    pub fn with_usage(self) -> Asking<'a, (T, Usage)> {
        Box::pin(self.typed())
    }

    async fn typed(mut self) -> Result<(T, Usage), ModelError> {
        let mut spent = Usage::default();
        let mut tries = 0;
        loop {
            let Whole { text, usage } = self.call.whole(self.request.clone()).await?;
            spent = spent + usage;
            tries += 1;
            let said = match (self.answer.read)(&text, self.request.schema.as_ref()) {
                Ok(value) => return Ok((value, spent)),
                Err(said) => said,
            };
            if tries > self.repairs || self.call.ctx.tokens_left() == Some(0) {
                return Err(ModelError::WrongShape { tries, said, text });
            }
            self.request.chat = shape::corrected(self.request.chat, text, &said);
            self.call.stream = format!("repair-{tries}");
        }
    }
}

impl<'a> Ask<'a, Text> {
    /// Asks, and returns what it took as well.
    pub fn with_usage(self) -> Asking<'a, (String, Usage)> {
        Box::pin(async move {
            let Whole { text, usage } = self.call.whole(self.request).await?;
            Ok((text, usage))
        })
    }
}

impl<'a, T: Send + 'a> IntoFuture for Ask<'a, Typed<T>> {
    type Output = Result<T, ModelError>;
    type IntoFuture = Asking<'a, T>;

    fn into_future(self) -> Asking<'a, T> {
        Box::pin(async move { Ok(self.typed().await?.0) })
    }
}

impl<'a> IntoFuture for Ask<'a, Text> {
    type Output = Result<String, ModelError>;
    type IntoFuture = Asking<'a, String>;

    fn into_future(self) -> Asking<'a, String> {
        Box::pin(async move { Ok(self.with_usage().await?.0) })
    }
}

impl<K> fmt::Debug for Ask<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask")
            .field("model", &self.call.model.name())
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}
