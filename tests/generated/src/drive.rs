//! Gives traces that wait what they wait for.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use penguiflow::host::{StepId, Topology};
use penguiflow::{Flow, Parked, ResumeError, TraceId};
use tokio::time::{Sleep, sleep};

use crate::load::Load;
use crate::log::Log;
use crate::subject::BoxFuture;

/// How long a trace that is driven waits for a load.
pub(crate) const RESUME_DELAY: Duration = Duration::from_millis(9);

/// Gives a step of a flow a load, if it waits for one.
pub(crate) type Resume<F> = for<'a> fn(&'a Flow<F, Log>, TraceId, StepId, Load) -> Given<'a>;
type Given<'a> = BoxFuture<'a, Result<(), ResumeError<Load>>>;

/// Runs a flow whose steps wait for so long exactly.
pub(crate) async fn driven<F: Topology, T>(
    flow: &Flow<F, Log>,
    resume: Option<Resume<F>>,
    run: impl Future<Output = T>,
) -> T {
    let Some(resume) = resume else {
        return run.await;
    };
    let (mut run, mut waiting) = (pin!(run), Waiting::default());
    loop {
        let next = poll_fn(|cx| match run.as_mut().poll(cx) {
            Poll::Ready(end) => Poll::Ready(Err(end)),
            Poll::Pending => {
                waiting.note(flow.parked());
                waiting.poll(cx).map(Ok)
            }
        });
        match next.await {
            Ok(parked) => resume(flow, parked.trace_id, parked.step, Load::given())
                .await
                .expect("it waits"),
            Err(end) => return end,
        }
    }
}

/// What waits, and for how long it still will.
#[derive(Default)]
struct Waiting(Vec<(Parked, Pin<Box<Sleep>>)>);

impl Waiting {
    /// Notes what is parked now: what is new, and what is gone.
    fn note(&mut self, parked: Vec<Parked>) {
        self.0
            .retain(|(known, _)| parked.iter().any(|one| one.step == known.step));
        for one in parked {
            if !self.0.iter().any(|(known, _)| known.step == one.step) {
                self.0.push((one, Box::pin(sleep(RESUME_DELAY))));
            }
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Parked> {
        let mut waiting = self.0.iter_mut();
        match waiting.position(|(_, sleep)| sleep.as_mut().poll(cx).is_ready()) {
            Some(due) => Poll::Ready(self.0.remove(due).0),
            None => Poll::Pending,
        }
    }
}

/// Gives whatever waits in a started flow a load, soon, and again and again.
pub(crate) async fn drive<F: Topology>(flow: Flow<F, Log>, resume: Resume<F>, load: Load) {
    loop {
        for parked in flow.parked() {
            let given = resume(&flow, parked.trace_id, parked.step, load.clone());
            // The trace may have been cancelled since.
            if let Err(error) = given.await {
                assert_eq!(error.into_value(), load, "it comes back whole");
            }
        }
        sleep(Duration::from_millis(1)).await;
    }
}
