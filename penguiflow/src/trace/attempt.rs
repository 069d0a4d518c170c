//! One attempt of a node: inside an error boundary, in whatever task or thread it runs.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use tokio::task::{JoinError, JoinHandle};
use tracing::{Instrument, Span};

use crate::node::Fault;

/// Runs an attempt inside its span, and turns its panic into a fault.
///
/// It borrows the attempt, whose future may be large, rather than moving it.
pub(super) async fn guarded<T>(
    mut attempt: Pin<&mut impl Future<Output = Result<T, Fault>>>,
    span: &Span,
) -> Result<T, Fault> {
    // What a panic leaves behind is dropped with the attempt and never looked at again.
    poll_fn(|cx| {
        let _inside = span.enter();
        catch_unwind(AssertUnwindSafe(|| attempt.as_mut().poll(cx)))
            .unwrap_or_else(|panic| Poll::Ready(Err(Fault::Panicked(panic_message(&*panic)))))
    })
    .await
}

/// Runs work that is no attempt, and turns its panic into a fault.
#[cfg(feature = "validate")]
pub(super) fn caught<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Fault::Panicked(panic_message(&*panic))))
}

/// Runs a node's future in a task of its own, which is aborted if the visit is dropped.
pub async fn spawned<T: Send + 'static>(
    node: impl Future<Output = T> + Send + 'static,
) -> Result<T, Fault> {
    let mut task = AbortOnDrop(tokio::spawn(node.in_current_span()));
    (&mut task.0).await.map_err(fault)
}

/// Runs a plain function on the pool of blocking threads. A function that has begun runs
/// to its end, also when its visit is dropped: `Ctx::is_cancelled` tells it.
pub async fn blocking<T: Send + 'static>(
    node: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    let span = Span::current();
    let mut task = AbortOnDrop(tokio::task::spawn_blocking(move || span.in_scope(node)));
    (&mut task.0).await.map_err(fault)
}

struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn fault(error: JoinError) -> Fault {
    match error.try_into_panic() {
        Ok(panic) => Fault::Panicked(panic_message(&*panic)),
        Err(error) => Fault::Panicked(format!("its task ended early: {error}")),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a value that is no text".to_owned())
}
