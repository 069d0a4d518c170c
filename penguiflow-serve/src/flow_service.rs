//! A started flow as a tower service of its own messages.

use std::fmt;
use std::task::{Context, Poll};

use penguiflow::host::{HostError, HostFuture};
use penguiflow::{AnyRunning, Message};
use tower::Service;

/// A started flow as a `tower::Service`: messages of its input in, messages of its output out. For
/// tower's own layers, and for callers that know services alone.
///
/// It is ready at any time; a call waits for a place of the flow's capacity, until the message's
/// deadline. Dropping the call's future cancels the trace.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow_serve::FlowService;
/// use tower::Service;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), penguiflow::host::HostError> {
/// let mut service = FlowService::new(flow! { double }.start());
/// let output = service.call(Message::new(21).tenant("acme")).await?;
/// assert_eq!(output.payload, 42);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FlowService<R>(R);

impl<R: AnyRunning> FlowService<R> {
    /// The flow as a service: one in memory, or one on a store.
    pub fn new(running: R) -> Self {
        Self(running)
    }
}

impl<R: AnyRunning> Service<Message<R::In>> for FlowService<R> {
    type Response = Message<R::Out>;
    type Error = HostError;
    type Future = HostFuture<Message<R::Out>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), HostError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, message: Message<R::In>) -> Self::Future {
        self.0.call_message(message)
    }
}

impl<R> fmt::Debug for FlowService<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FlowService")
    }
}
