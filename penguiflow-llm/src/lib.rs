//! Models for [`penguiflow`]: a node asks a model for a value of a type, and the type's schema is the
//! grammar that the model answers in. So where an enum chooses among the arms of a `match`, a model can take
//! only edges that exist, and a tool that nobody routed does not compile.
//!
//! ```
//! use penguiflow::prelude::*;
//! use penguiflow_llm::prelude::*;
//! use schemars::JsonSchema;
//! use serde::{Deserialize, Serialize};
//! use std::sync::Arc;
//!
//! /// What the model may choose.
//! #[derive(Serialize, Deserialize, JsonSchema)]
//! enum Action {
//!     /// Adds numbers.
//!     Add { terms: Vec<i64> },
//!     /// Answers the question.
//!     Finish { answer: String },
//! }
//!
//! #[node(timeout = "30s", retries = 2)]
//! async fn decide(
//!     chat: Chat,
//!     State(model): State<Arc<dyn Model>>,
//!     ctx: Ctx,
//! ) -> Result<(Action, Chat), ModelError> {
//!     let action = model.ask(&ctx, &chat).await?;
//!     let chat = chat.chose(&action);
//!     Ok((action, chat))
//! }
//!
//! #[node]
//! async fn add((terms, chat): (Vec<i64>, Chat)) -> Chat {
//!     chat.found("Add", &terms.iter().sum::<i64>())
//! }
//!
//! #[node]
//! async fn finish(answer: String) -> String {
//!     answer
//! }
//!
//! flow! {
//!     /// Answers a question, with a calculator.
//!     struct Agent(Chat) -> String;
//!
//!     decide -> match {
//!         (Action::Add { terms }, chat) => add((terms, chat)) -> decide,
//!         (Action::Finish { answer }, _) => finish(answer),
//!     };
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), FlowError> {
//! let model = FakeModel::answers([
//!     r#"{"Add": {"terms": [1, 2]}}"#,
//!     r#"{"Finish": {"answer": "3"}}"#,
//! ]);
//! let flow = Agent::flow().with_state(model.clone().shared());
//! assert_eq!(flow.run(Chat::from("What is 1 + 2?")).await?, "3");
//! assert_eq!(model.requests()[1].last(), "`Add` returned: 3");
//! # Ok(())
//! # }
//! ```
//!
//! # A tour
//!
//! **Models.** [`Model`] is the trait. `OpenAi` is a client for servers that speak OpenAI's chat completions:
//! OpenAI itself, Ollama, vLLM, llama.cpp and others, each in its [`Dialect`]. [`ModelFn`] makes a model of an
//! async closure, such as one around another crate's client. [`FakeModel`] answers by a script.
//!
//! **Questions.** [`ModelExt::ask`] asks for a value of a type, [`ModelExt::complete`] for a text; [`Ask`]
//! has their options. A [`Chat`] is what a model is given, and what an agent remembers.
//!
//! **Tests.** A [`Transcript`] of what a model was asked and answered is compared with a golden file. A
//! [`Recorder`] records a real model, and a [`Replay`] answers as it did.
//!
//! **Errors.** A [`ModelError`] decides whether it is retried. Nodes bound attempts and time as any others do.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod answer;
mod ask;
mod chat;
mod delta;
mod error;
mod fake;
mod model;
mod model_fn;
#[cfg(feature = "client")]
mod openai;
mod record;
mod request;
mod schema;
#[cfg(test)]
mod testing;

pub use answer::Answer;
pub use ask::{Ask, Asking, ModelExt, Text, Typed};
pub use chat::{Chat, ChatMessage, Role};
pub use delta::{Delta, DeltaStream, Finish, Usage};
pub use error::ModelError;
pub use fake::{FakeModel, Reply};
pub use model::Model;
pub use model_fn::ModelFn;
#[cfg(feature = "client")]
pub use openai::OpenAi;
pub use record::{Exchange, Recorder, Replay, Transcript};
pub use request::Request;
pub use schema::{AnswerSchema, Dialect, DialectSchema};

/// The names that nearly every agent needs: `use penguiflow_llm::prelude::*;`.
pub mod prelude {
    #[cfg(feature = "client")]
    pub use crate::OpenAi;
    pub use crate::{
        Answer, Chat, FakeModel, Model, ModelError, ModelExt, ModelFn, Reply, Request, Role, Usage,
    };
}
