//! The trait of models.

use std::sync::Arc;

use crate::delta::DeltaStream;
use crate::request::Request;

/// A model that answers requests. [`ModelExt`](crate::ModelExt) has what a node calls: `ask`, `complete`.
///
/// Nodes take it from the flow's state as `State<Arc<dyn Model>>`. The clients of other crates are models
/// by a closure: [`ModelFn`](crate::ModelFn). For tests there is [`FakeModel`](crate::FakeModel).
///
/// ```
/// use futures_util::stream;
/// use penguiflow_llm::{Delta, DeltaStream, Finish, Model, Request};
///
/// #[derive(Debug)]
/// struct Echo;
///
/// impl Model for Echo {
///     fn name(&self) -> &str {
///         "echo"
///     }
///
///     fn stream(&self, request: Request) -> DeltaStream {
///         let deltas = [Delta::Text(request.last().to_owned()), Delta::Finish(Finish::Stop)];
///         Box::pin(stream::iter(deltas.map(Ok)))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no model",
    label = "not a `Model`",
    note = "a model is an `OpenAi`, a `ModelFn` of your closure, a `FakeModel`, or an `Arc<dyn Model>` of any of them"
)]
pub trait Model: Send + Sync {
    /// Its name, for events and recordings.
    fn name(&self) -> &str;

    /// Begins to answer. Nothing is sent before the stream is polled, and dropping it ends the request.
    ///
    /// The stream brings the answer in pieces, then a [`Finish`](crate::Delta::Finish); the
    /// [`Usage`](crate::Delta::Usage) comes before or after it. It ends after an error.
    fn stream(&self, request: Request) -> DeltaStream;
}

impl<M: Model + ?Sized> Model for Arc<M> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn stream(&self, request: Request) -> DeltaStream {
        (**self).stream(request)
    }
}

impl<M: Model + ?Sized> Model for &M {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn stream(&self, request: Request) -> DeltaStream {
        (**self).stream(request)
    }
}

impl<M: Model + ?Sized> Model for Box<M> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn stream(&self, request: Request) -> DeltaStream {
        (**self).stream(request)
    }
}
