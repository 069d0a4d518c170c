//! Events of a trace that a host keeps: as in memory, though each step may run in another process.

use std::sync::Arc;
use std::sync::Mutex;

use penguiflow::host::DurableFlow;
use penguiflow::prelude::*;
use penguiflow::{Event, TraceOutcome};

use crate::{attempt, begin, reload};

#[node(retries = 1, backoff = "1ms")]
async fn ask(n: u32, ctx: Ctx) -> Result<u32, &'static str> {
    ctx.spend_tokens(5);
    match (n, ctx.attempt()) {
        (0, _) => Err("no"),
        (_, 0) => Err("not yet"),
        _ => Ok(n),
    }
}

#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Event>>>);

impl Observer for Seen {
    fn on_event(&mut self, event: &Event) {
        self.0.lock().expect("no test panics").push(event.clone());
    }
}

async fn run(flow: &DurableFlow, json: &str) -> Result<(), FlowError> {
    let mut trace = begin(flow, json);
    trace.report_start();
    for _ in 0..2 {
        let emits = attempt(&mut trace).await;
        trace.absorb(emits);
        trace = reload(flow, &trace);
        if let Some((_, until)) = trace.retried().first().copied() {
            trace.expire(until);
        }
    }
    trace.finish()
}

#[tokio::test]
async fn a_trace_reports_its_start_its_attempts_and_its_end() {
    let seen = Seen::default();
    let flow = flow! { #[flow(durable)] ask }.observe(seen.clone());
    let durable = flow.clone().durable();
    run(&durable, "7")
        .await
        .expect("the second attempt succeeds");
    flow.flush().await;
    let events = std::mem::take(&mut *seen.0.lock().expect("no test panics"));
    let kinds: Vec<_> = events
        .iter()
        .map(|event| (event.event, event.attempt))
        .collect();
    assert_eq!(
        kinds,
        [
            (EventKind::TraceStart, 0),
            (EventKind::NodeStart, 0),
            (EventKind::NodeError, 0),
            (EventKind::NodeRetry, 1),
            (EventKind::NodeStart, 1),
            (EventKind::NodeSuccess, 1),
            (EventKind::TraceEnd, 0),
        ]
    );
    let end = events.last().expect("an end");
    assert_eq!(
        (end.outcome, end.tokens),
        (Some(TraceOutcome::Completed), Some(10))
    );

    let error = run(&durable, "0").await.expect_err("it does not fit");
    assert_eq!(error.spent().tokens, 10);
    begin(&durable, "1").cancel();
    flow.flush().await;
    let events = seen.0.lock().expect("no test panics");
    let ends: Vec<_> = events.iter().filter_map(|event| event.outcome).collect();
    assert_eq!(ends, [TraceOutcome::Failed, TraceOutcome::Cancelled]);
}
