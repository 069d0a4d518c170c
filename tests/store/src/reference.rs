//! What the flow gives in memory, where nobody kills it: what each host is compared to.

use std::collections::HashMap;

use penguiflow::host::Line;
use penguiflow::{ErrorKind, Flow};

use crate::{CANCELLED, Runs, is_given_up, message};

/// The outputs of each trace of a flow in memory, in order of their values, where none is a dead letter.
///
/// # Panics
///
/// If a trace fails.
pub async fn in_memory<F>(
    flow: Flow<F, Runs>,
    traces: impl IntoIterator<Item = u64>,
) -> HashMap<String, Vec<u64>>
where
    F: Line<Runs, In = u64, Out = u64>,
{
    let (running, mut parkings) = (flow.start(), flow.parkings());
    let give_passes = async {
        while let Some(parked) = parkings.next().await {
            if is_given_up(parked.trace_id) {
                running.cancel(parked.trace_id);
                continue;
            }
            let given = flow.resume_json(parked.trace_id, None, "5").await;
            given.expect("it waits");
        }
    };
    let emit = async {
        for number in traces {
            running.emit(message(number)).await.expect("it is emitted");
        }
        running.stop().await;
    };
    let fetch = async {
        let mut outputs: HashMap<_, Vec<_>> = HashMap::new();
        while let Some(result) = running.fetch().await {
            let (trace, value) = match result {
                Ok(output) => (output.trace_id, output.payload),
                Err(error) if error.kind() == ErrorKind::Cancelled => (error.trace_id(), CANCELLED),
                Err(error) => panic!("{error:#}"),
            };
            let of = outputs.entry(trace.to_string()).or_default();
            of.push(value);
        }
        outputs.values_mut().for_each(|of| of.sort_unstable());
        outputs
    };
    tokio::select! {
        (outputs, ()) = async { tokio::join!(fetch, emit) } => outputs,
        () = give_passes => unreachable!("the flow parks until it is stopped"),
    }
}
