//! A flow as a handler, or as a service, at a place of one's own in a router.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::{OriginalUri, Request, State};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use penguiflow::ErasedRunning;
use tower::Service;

use crate::options::Options;
use crate::routes;
use crate::served::Served;

/// A handler of a flow: see [`run`], [`stream`] and [`emit`]. It is an axum `Handler`, for
/// `post(handler)`, and a `tower::Service` of requests as well, for `post_service(handler)` and any other
/// place.
#[derive(Debug, Clone)]
pub struct FlowHandler {
    served: Served,
    does: Does,
}

#[derive(Debug, Clone, Copy)]
enum Does {
    Run,
    Stream,
    Emit,
}

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Runs the JSON of a body, and answers with the output: what `POST /{name}/run` is in
/// [`routes`].
///
/// ```
/// use axum::Router;
/// use axum::routing::post;
/// use penguiflow::prelude::*;
/// use penguiflow_serve::handler;
///
/// #[node]
/// async fn shout(text: String) -> String {
///     text.to_uppercase()
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let running = flow! { shout }.start();
/// let app: Router = Router::new().route("/shout", post(handler::run(running)));
/// # drop(app);
/// # }
/// ```
pub fn run(running: impl Into<ErasedRunning>) -> FlowHandler {
    FlowHandler::new(running.into(), Does::Run)
}

/// The same as [`run`], whose chunks and output are server-sent events: see [`sse`](crate::sse()).
pub fn stream(running: impl Into<ErasedRunning>) -> FlowHandler {
    FlowHandler::new(running.into(), Does::Stream)
}

/// Begins a trace that nobody waits for, and answers 202 with its id. What becomes of it is kept for
/// nobody but the flow's store, if it has one.
pub fn emit(running: impl Into<ErasedRunning>) -> FlowHandler {
    FlowHandler::new(running.into(), Does::Emit)
}

impl FlowHandler {
    fn new(running: ErasedRunning, does: Does) -> Self {
        let served = Served::new(running, Options::new());
        Self { served, does }
    }

    /// Sets what is not to be as it is by itself: limits, statuses, times.
    #[must_use]
    pub fn options(self, options: Options) -> Self {
        let served = Served::new(self.served.running().clone(), options);
        Self { served, ..self }
    }

    async fn answer(self, request: Request) -> Response {
        let served = State(self.served);
        let answered = match self.does {
            Does::Run => routes::run(served, request).await,
            Does::Stream => routes::stream(served, request).await,
            Does::Emit => {
                let uri = OriginalUri(request.uri().clone());
                routes::emit(served, uri, request).await
            }
        };
        answered.into_response()
    }
}

impl<S> Handler<(), S> for FlowHandler {
    type Future = Answer;

    fn call(self, request: Request, _: S) -> Answer {
        Box::pin(self.answer(request))
    }
}

impl Service<Request> for FlowHandler {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let answer = self.clone().answer(request);
        Box::pin(async move { Ok(answer.await) })
    }
}
