//! The steps of a trace that run, each for one attempt.

use std::collections::HashMap;
use std::time::SystemTime;

use futures_util::future::FutureExt;
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::{FuturesUnordered, StreamExt};
use penguiflow::host::{QueuedStep, RunStep, StepEmits, StepId};
use tokio::time::Instant;

/// An attempt that is over.
pub(super) struct Attempt {
    pub(super) step: QueuedStep,
    pub(super) began: SystemTime,
    pub(super) took: std::time::Duration,
    pub(super) emits: StepEmits,
}

#[derive(Default)]
pub(super) struct Attempts {
    running: FuturesUnordered<Running>,
    handles: HashMap<StepId, AbortHandle>,
}

type Running = std::pin::Pin<Box<dyn Future<Output = Option<Attempt>> + Send>>;

impl Attempts {
    pub(super) fn begin(&mut self, step: QueuedStep, run: RunStep) {
        let (handle, registration) = AbortHandle::new_pair();
        self.handles.insert(step.id, handle);
        let (began, start) = (SystemTime::now(), Instant::now());
        let run = Abortable::new(run, registration);
        self.running.push(Box::pin(async move {
            let emits = run.await.ok()?;
            let took = start.elapsed();
            Some(Attempt {
                step,
                began,
                took,
                emits,
            })
        }));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.handles.is_empty()
    }

    /// Stops a step that was dropped.
    pub(super) fn stop(&mut self, step: StepId) {
        if let Some(handle) = self.handles.remove(&step) {
            handle.abort();
        }
    }

    /// Stops all.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The next one that is over by now.
    pub(super) fn try_next(&mut self) -> Option<Attempt> {
        self.next().now_or_never()
    }

    /// The next one that is over; waits for ever if none runs.
    pub(super) async fn next(&mut self) -> Attempt {
        loop {
            match self.running.next().await {
                Some(Some(attempt)) => {
                    self.handles.remove(&attempt.step.id);
                    return attempt;
                }
                Some(None) => {}
                None => std::future::pending().await,
            }
        }
    }
}
