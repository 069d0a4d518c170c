//! The order of results: strict with capacity 1, the emits' with `ordered()`.

use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, drain, ms};

#[node]
async fn wait(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

/// Delays that shrink and grow without a pattern.
fn delays() -> Vec<u64> {
    (0..100).map(|n| n * 37 % 101).collect()
}

async fn outputs(flow: impl AnyFlow<In = u64, Out = u64>) -> Result<Vec<u64>, FlowError> {
    let running = flow.start();
    for delay in delays() {
        running.emit(delay).await?;
    }
    running.stop().await;
    drain(&running).await.into_iter().collect()
}

#[tokio::test(start_paused = true)]
async fn results_come_as_they_are_ready() -> Result<(), FlowError> {
    let mut sorted = delays();
    sorted.sort();
    assert_eq!(outputs(flow! { wait }.capacity(100)).await?, sorted);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn capacity_one_keeps_strict_order() -> Result<(), FlowError> {
    let begin = tokio::time::Instant::now();
    assert_eq!(outputs(flow! { wait }.capacity(1)).await?, delays());
    let one_after_the_other: u64 = delays().iter().sum();
    assert_eq!(begin.elapsed(), ms(one_after_the_other));
    Ok(())
}

#[node]
async fn enter(n: u64, notes: State<Notebook>) -> u64 {
    notes.0.write(format!("{n} in"));
    n
}

#[node]
async fn leave(n: u64, notes: State<Notebook>) -> u64 {
    notes.0.write(format!("{n} out"));
    n
}

/// No message enters before the last one has left.
#[tokio::test(start_paused = true)]
async fn capacity_one_runs_one_trace_at_a_time() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { enter -> wait -> leave }.with_state(notes.clone());
    let running = flow.capacity(1).start();
    for n in [9, 5, 1] {
        running.emit(n).await?;
    }
    running.stop().await;
    assert_eq!(
        notes.lines(),
        ["9 in", "9 out", "5 in", "5 out", "1 in", "1 out"]
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn ordered_gives_results_in_emit_order() -> Result<(), FlowError> {
    let begin = tokio::time::Instant::now();
    assert_eq!(
        outputs(flow! { wait }.capacity(100).ordered()).await?,
        delays()
    );
    assert_eq!(
        begin.elapsed(),
        ms(100),
        "all at once, whatever their order"
    );
    Ok(())
}

#[node]
async fn erratic(n: u64) -> Result<Option<u64>, String> {
    tokio::time::sleep(ms(50 - n)).await;
    match n % 3 {
        0 => Ok(Some(n)),
        1 => Err(format!("no {n}")),
        _ => Ok(None),
    }
}

/// Errors keep their places too, cancelled and filtered messages leave no gap.
#[tokio::test(start_paused = true)]
async fn ordered_keeps_the_places_of_errors() -> Result<(), FlowError> {
    let running = flow! { erratic }.ordered().start();
    let mut trace_ids = Vec::new();
    for n in 0..9 {
        trace_ids.push(running.emit(n).await?);
    }
    running.cancel(trace_ids[3]);
    running.stop().await;
    let results: Vec<_> = drain(&running).await;
    let told: Vec<_> = results
        .iter()
        .map(|result| match result {
            Ok(n) => n.to_string(),
            Err(error) => format!("{:?}", error.kind()),
        })
        .collect();
    assert_eq!(told, ["0", "Failed", "Cancelled", "Failed", "6", "Failed"]);
    Ok(())
}

#[node]
async fn both_ways(n: u64) -> u64 {
    n
}

#[node]
async fn later(n: u64) -> u64 {
    tokio::time::sleep(ms(100 - n)).await;
    n + 100
}

/// All of one trace, then all of the next.
#[tokio::test(start_paused = true)]
async fn ordered_keeps_a_traces_outputs_together() -> Result<(), FlowError> {
    let flow = flow! { both_ways; later };
    let mut expected = Vec::new();
    for delay in delays().into_iter().filter(|delay| *delay < 100) {
        expected.extend([delay, delay + 100]);
    }
    let running = flow.capacity(200).ordered().start();
    for delay in delays().into_iter().filter(|delay| *delay < 100) {
        running.emit(delay).await?;
    }
    running.stop().await;
    let outputs: Result<Vec<_>, _> = drain(&running).await.into_iter().collect();
    assert_eq!(outputs?, expected);
    Ok(())
}
