//! A model made of an async closure: the way to the clients of other crates.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use penguiflow::BoxError;

use crate::answer::Answer;
use crate::delta::{Delta, DeltaStream};
use crate::error::ModelError;
use crate::model::Model;
use crate::request::Request;

/// A model that an async closure answers for, with a whole [`Answer`] or a text. So a client of another
/// crate is a closure away.
///
/// The closure's error may be any; a [`ModelError`] keeps its kind, and others are retried.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_llm::prelude::*;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ModelError> {
/// let model = ModelFn::new("shout", |request: Request| async move {
///     Ok::<_, std::io::Error>(Answer::from(request.last().to_uppercase()).usage(3, 3))
/// });
/// let test = Ctx::for_test();
/// assert_eq!(model.complete(&test.build(), "hi").await?, "HI");
/// assert_eq!(test.spent_tokens(), 6);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ModelFn {
    name: String,
    stream: Arc<dyn Fn(Request) -> DeltaStream + Send + Sync>,
}

impl ModelFn {
    /// Makes a model of an async closure.
    pub fn new<F, R, A, E>(name: impl Into<String>, answer: F) -> Self
    where
        F: Fn(Request) -> R + Send + Sync + 'static,
        R: Future<Output = Result<A, E>> + Send + 'static,
        A: Into<Answer>,
        E: Into<BoxError>,
    {
        Self::streaming(name, move |request| {
            let answer = answer(request);
            let deltas = async { stream::iter(deltas_of(answer.await)) };
            stream::once(deltas).flatten()
        })
    }

    /// Makes a model of a closure that returns a stream of deltas.
    pub fn streaming<F, S>(name: impl Into<String>, stream: F) -> Self
    where
        F: Fn(Request) -> S + Send + Sync + 'static,
        S: futures_util::Stream<Item = Result<Delta, ModelError>> + Send + 'static,
    {
        Self {
            name: name.into(),
            stream: Arc::new(move |request| Box::pin(stream(request))),
        }
    }
}

fn deltas_of<A, E>(answer: Result<A, E>) -> Vec<Result<Delta, ModelError>>
where
    A: Into<Answer>,
    E: Into<BoxError>,
{
    match answer {
        Ok(answer) => answer.into().into_deltas().into_iter().map(Ok).collect(),
        Err(error) => vec![Err(ModelError::of(error))],
    }
}

impl Model for ModelFn {
    fn name(&self) -> &str {
        &self.name
    }

    fn stream(&self, request: Request) -> DeltaStream {
        (self.stream)(request)
    }
}

impl fmt::Debug for ModelFn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ModelFn").field(&self.name).finish()
    }
}
