//! The trait of observers. Each runs on a thread of its own, so that a slow or panicking one
//! neither slows nor breaks the flow.

use super::Event;

/// Receives every event of a flow, in order, on a thread of its own. Closures are
/// observers.
///
/// ```
/// use penguiflow::Event;
/// use penguiflow::prelude::*;
/// use std::sync::mpsc::channel;
///
/// #[node]
/// async fn double(n: u32) -> u32 {
///     n * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let (events, seen) = channel();
/// let flow = flow! { double }.observe(move |event: &Event| {
///     let _ = events.send(event.event.as_str());
/// });
/// flow.run(21).await?;
/// flow.flush().await;
/// let seen: Vec<_> = seen.try_iter().collect();
/// assert_eq!(seen, ["trace_start", "node_start", "node_success", "trace_end"]);
/// # Ok(())
/// # }
/// ```
pub trait Observer: Send + 'static {
    /// Something happened. May block: the flow does not wait. A panic is caught, and the
    /// observer receives the next event.
    fn on_event(&mut self, event: &Event);

    /// This many events were dropped, since this observer was 65,536 events behind. Events come
    /// again once half of those have been seen.
    fn on_lost(&mut self, count: u64) {
        tracing::warn!(target: "penguiflow", count, "an observer is too slow: events were dropped");
    }
}

impl<F: FnMut(&Event) + Send + 'static> Observer for F {
    fn on_event(&mut self, event: &Event) {
        self(event);
    }
}
