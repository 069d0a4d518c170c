//! The bound for code that is generic over started flows.

use super::{ErasedRunning, HostError, HostFuture};
use crate::edge::{FromJson, IntoMessage, SingleOutput, ToJson};
use crate::message::Message;
use crate::running::Running;
use crate::trace::Line;

/// Any started flow with its types, whatever runs it: the one bound for code that is generic over
/// started flows. Clones are the same.
///
/// ```
/// use penguiflow::prelude::*;
/// use penguiflow::AnyRunning;
/// use penguiflow::host::HostError;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// /// Works in memory and on a store alike.
/// async fn answer<R: AnyRunning<In = u32>>(running: &R, n: u32) -> Result<R::Out, HostError> {
///     Ok(running.call_message(n).await?.payload)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), HostError> {
/// assert_eq!(answer(&flow! { double }.start(), 21).await?, 42);
/// # Ok(())
/// # }
/// ```
pub trait AnyRunning: Clone + Send + Sync + 'static {
    /// The type of its input.
    type In: Send + 'static;
    /// The type of its output.
    type Out: Send + 'static;

    /// Runs a message to the end of its trace, and returns its output. In memory it waits for room, as
    /// [`Running::call_message`] does. Dropping the future cancels the trace.
    ///
    /// # Errors
    ///
    /// The trace's, and the host's.
    fn call_message(&self, input: impl IntoMessage<Self::In>) -> HostFuture<Message<Self::Out>>;

    /// The started flow without its types: what serves it takes payloads and returns outputs as JSON.
    fn erase(&self) -> ErasedRunning
    where
        Self::In: FromJson,
        Self::Out: ToJson;
}

impl<F, S> AnyRunning for Running<F, S>
where
    F: Line<S> + SingleOutput,
    S: Send + Sync + 'static,
{
    type In = F::In;
    type Out = F::Out;

    fn call_message(&self, input: impl IntoMessage<F::In>) -> HostFuture<Message<F::Out>> {
        let called = self.call_message(input);
        Box::pin(async move { called.await.map_err(HostError::TraceFailed) })
    }

    fn erase(&self) -> ErasedRunning
    where
        F::In: FromJson,
        F::Out: ToJson,
    {
        self.erase()
    }
}
