//! What a value from outside does to the trace that waits for it.

use penguiflow::prelude::*;

use super::{Approval, draft, publish, until_parked};
use penguiflow_tests::support::{Notebook, drain, ms, watched};

/// Protects what ran before the `await` from running again.
#[tokio::test(start_paused = true)]
async fn a_resumed_trace_goes_on_and_runs_nothing_twice() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let (flow, seen) = watched(flow! { draft -> await Approval -> publish });
    let flow = flow.with_state(notes.clone());
    let running = flow.start();
    let id = running.emit(1).await?;
    until_parked(&flow, 1).await;
    flow.resume(id, Approval(10)).await.expect("it waits");
    assert!(flow.parked().is_empty(), "it no longer waits");
    let output = running.fetch().await.expect("a result")?;
    assert_eq!((output.payload, output.trace_id), (11, id));
    assert_eq!(notes.lines(), ["draft 1"]);
    running.stop().await;
    flow.flush().await;
    assert_eq!((seen.count("trace_start"), seen.count("trace_end")), (1, 1));
    Ok(())
}

/// Protects who answers: what is parked says where, for what, since which step, until when.
#[tokio::test(start_paused = true)]
async fn parked_lists_what_waits() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval within "1h" -> publish };
    let flow = flow.with_state(Notebook::new());
    let running = flow.start();
    let (first, second) = (running.emit(1).await?, running.emit(2).await?);
    until_parked(&flow, 2).await;
    let parked = flow.parked();
    assert_eq!([first, second], [parked[0].trace_id, parked[1].trace_id]);
    assert_eq!(parked[0].node, "await Approval");
    assert_eq!(parked[0].awaited.to_string(), "Approval");
    let until = parked[0].until.expect("it waits for an hour");
    assert_eq!(until - tokio::time::Instant::now(), ms(3_600_000));
    running.abort();
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_resume_that_nobody_waits_for_returns_the_value() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval -> publish };
    let flow = flow.with_state(Notebook::new());
    let nobody = Message::new(0).trace_id;
    let error = flow.resume(nobody, Approval(7)).await;
    let error = error.expect_err("there is no such trace");
    assert_eq!(error.trace_id(), nobody);
    let sentence = format!("the trace {nobody} does not wait for a `Approval`");
    assert_eq!(error.to_string(), sentence);
    assert_eq!(error.into_value(), Approval(7));

    let running = flow.start();
    let id = running.emit(1).await?;
    until_parked(&flow, 1).await;
    flow.resume(id, Approval(1)).await.expect("it waits");
    let twice = flow.resume(id, Approval(2)).await;
    assert_eq!(twice.expect_err("it went on").into_value(), Approval(2));
    Ok(())
}

/// Protects long waits: 10,000 traces that wait need no place of the one there is.
#[tokio::test(start_paused = true)]
async fn a_parked_trace_holds_no_permit() -> Result<(), FlowError> {
    const TRACES: u32 = 10_000;
    let flow = flow! { draft -> await Approval -> publish };
    let flow = flow.with_state(Notebook::new()).capacity(1).backlog(20_000);
    let running = flow.start();
    for n in 0..TRACES {
        running.emit(n).await?;
    }
    until_parked(&flow, TRACES as usize).await;
    assert_eq!(running.ledger().in_flight, u64::from(TRACES));
    for parked in flow.parked() {
        let resumed = flow.resume(parked.trace_id, Approval(1)).await;
        resumed.expect("each of them waits");
    }
    let ledger = running.stop().await;
    assert_eq!(ledger.completed, u64::from(TRACES));
    let outputs: Result<Vec<_>, _> = drain(&running).await.into_iter().collect();
    let mut outputs = outputs?;
    outputs.sort_unstable();
    assert!(outputs.into_iter().eq(1..=TRACES));
    Ok(())
}

/// Protects `run` and `trace`, which wait in their own task.
#[tokio::test(start_paused = true)]
async fn run_and_trace_park_in_place() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval -> publish };
    let flow = flow.with_state(Notebook::new());
    let resume = async |value| {
        until_parked(&flow, 1).await;
        let id = flow.parked()[0].trace_id;
        flow.resume(id, Approval(value)).await.expect("it waits");
    };
    let (output, ()) = tokio::join!(flow.run(1), resume(10));
    assert_eq!(output?, 11);
    let mut trace = flow.trace(2);
    let (item, ()) = tokio::join!(trace.next(), resume(20));
    let Some(Ok(TraceItem::Output(output))) = item else {
        panic!("not an output: {item:?}");
    };
    assert_eq!(output.payload, 22);
    assert!(trace.next().await.is_none());
    assert!(flow.parked().is_empty());
    Ok(())
}
