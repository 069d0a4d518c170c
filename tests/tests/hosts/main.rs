//! Hosts that keep durable traces, through the seam that they are built on: one attempt at a time,
//! what steps emit as plain data, and flows without their types.

mod attempts;
mod emits;
mod erased;
mod reports;

use std::time::{Duration, SystemTime};

use penguiflow::host::{DurableFlow, DurableTrace, StepEmits, TraceState};
use penguiflow::prelude::*;
use serde::de::DeserializeOwned;

/// A trace that begins now, with this JSON.
pub(crate) fn begin(flow: &DurableFlow, json: &str) -> DurableTrace {
    let trace = flow.begin_json(Message::new(json), SystemTime::now());
    trace.expect("the document fits")
}

/// What the process finds that goes on with the trace: the steps that ran are to run again.
pub(crate) fn reload(flow: &DurableFlow, trace: &DurableTrace) -> DurableTrace {
    let stored = trace.store().expect("plain data");
    flow.load(&stored).expect("what was stored fits")
}

/// The first of the steps to run, run for one attempt.
pub(crate) async fn attempt(trace: &mut DurableTrace) -> StepEmits {
    let step = trace.steps()[0].id;
    trace.run(step).expect("it is to run").await
}

/// Runs a trace, which is stored and read back before each step.
pub(crate) async fn run_to_end(
    flow: &DurableFlow,
    mut trace: DurableTrace,
) -> Result<Vec<Vec<u8>>, FlowError> {
    let mut outputs = Vec::new();
    loop {
        trace = reload(flow, &trace);
        outputs.extend(trace.take_outputs()?);
        match trace.state() {
            TraceState::Active => {
                let emits = attempt(&mut trace).await;
                trace.absorb(emits);
            }
            TraceState::Waiting(Some(until)) => {
                tokio::time::sleep_until(until).await;
                trace.expire(until);
            }
            _ => return trace.finish().map(|()| outputs),
        }
    }
}

/// The payload of an output.
pub(crate) fn payload<T: DeserializeOwned>(output: &[u8]) -> T {
    let message: Message<T> = serde_json::from_slice(output).expect("an output's message");
    message.payload
}

pub(crate) const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}
