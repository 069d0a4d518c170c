//! Deadlines: they cut running nodes, retries and waits for a permit.

use penguiflow::prelude::*;
use tokio::time::Instant;

use penguiflow_tests::support::{Notebook, ms, secs, watched};

fn in_ms<T>(payload: T, milliseconds: u64) -> Message<T> {
    Message::new(payload).deadline_in(ms(milliseconds))
}

#[node]
async fn slow(notes: Notebook) -> Notebook {
    let _dropped = notes.on_drop("dropped");
    notes.write("slow");
    tokio::time::sleep(ms(200)).await;
    notes
}

#[node]
async fn next(notes: Notebook) {
    notes.write("next");
}

#[tokio::test(start_paused = true)]
async fn a_running_node_is_cut() {
    let notes = Notebook::new();
    let (flow, seen) = watched(flow! { slow -> next });
    let error = flow
        .run(in_ms(notes.clone(), 20))
        .await
        .expect_err("too late");
    let lines = notes.timed();
    assert_eq!(lines, [(0, "slow".to_owned()), (20, "dropped".to_owned())]);
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::DeadlineExceeded, Some("slow"))
    );
    assert_eq!((error.attempts(), error.elapsed()), (1, ms(20)));
    assert_eq!(
        error.to_string(),
        "node `slow` was cut: the message's deadline passed"
    );
    flow.flush().await;
    assert_eq!(
        seen.lines(),
        [
            "trace_start",
            "node_start slow 0",
            "node_cancelled slow 0",
            "trace_end"
        ]
    );
    assert_eq!(
        seen.events()[2].error_kind,
        Some(ErrorKind::DeadlineExceeded)
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_that_comes_too_late_is_skipped() {
    let notes = Notebook::new();
    let (flow, seen) = watched(flow! { slow -> next });
    let error = flow
        .run(in_ms(notes.clone(), 0))
        .await
        .expect_err("too late");
    assert_eq!(notes.lines(), [""; 0]);
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::DeadlineExceeded, Some("slow"))
    );
    assert_eq!(error.attempts(), 0);
    assert_eq!(
        error.to_string(),
        "node `slow` was not started: the message's deadline had passed"
    );
    flow.flush().await;
    assert_eq!(
        seen.lines(),
        ["trace_start", "deadline_skip slow 0", "trace_end"]
    );
    assert_eq!(
        seen.events()[1].error_kind,
        Some(ErrorKind::DeadlineExceeded)
    );
}

/// A node without an await cannot be cut; what follows it is not started.
#[node]
async fn holds_the_clock(notes: Notebook) -> Notebook {
    tokio::time::advance(ms(50)).await;
    notes
}

#[tokio::test(start_paused = true)]
async fn what_ended_in_time_counts() -> Result<(), FlowError> {
    let notes = Notebook::new();
    flow! { slow -> next }
        .run(in_ms(notes.clone(), 201))
        .await?;
    assert_eq!(notes.times(), [0, 200, 200]);
    let late = flow! { holds_the_clock -> next }
        .run(in_ms(notes.clone(), 50))
        .await;
    assert_eq!(
        late.map_err(|error| error.kind()),
        Err(ErrorKind::DeadlineExceeded)
    );
    Ok(())
}

#[node(retries = 5, backoff = "100ms..1s", jitter = false)]
async fn fails(notes: Notebook) -> Result<(), &'static str> {
    notes.write("attempt");
    Err("no")
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_could_not_begin_is_not_slept_for() {
    let notes = Notebook::new();
    let begin = Instant::now();
    let error = flow! { fails }
        .run(in_ms(notes.clone(), 150))
        .await
        .expect_err("too late");
    assert_eq!(
        begin.elapsed(),
        ms(100),
        "the next one would begin at 300 ms"
    );
    assert_eq!(notes.times(), [0, 100]);
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::DeadlineExceeded, 2)
    );
}

#[node(concurrency = 1)]
async fn one_at_a_time(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_a_permit_is_cut() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { one_at_a_time });
    let begin = Instant::now();
    let (holder, waiter, last) = tokio::join!(
        flow.run(100),
        async {
            let error = flow
                .run(in_ms(500, 30))
                .await
                .expect_err("it never gets in");
            assert_eq!(begin.elapsed(), ms(30));
            error
        },
        flow.run(10),
    );
    assert_eq!((holder?, last?), (100, 10));
    assert_eq!(
        begin.elapsed(),
        ms(110),
        "who was cut stands in nobody's way"
    );
    assert_eq!(
        (waiter.kind(), waiter.attempts()),
        (ErrorKind::DeadlineExceeded, 0)
    );
    flow.flush().await;
    assert_eq!(seen.count("deadline_skip"), 1);
    Ok(())
}

#[node(timeout = "100ms", retries = 9, backoff = "1ms", jitter = false)]
async fn times_out(notes: Notebook) {
    notes.write("attempt");
    std::future::pending().await
}

/// Whichever comes first ends an attempt; the deadline ends the visit.
#[tokio::test(start_paused = true)]
async fn a_timeout_and_a_deadline_do_not_mix() {
    let notes = Notebook::new();
    let error = flow! { times_out }
        .run(in_ms(notes.clone(), 150))
        .await
        .expect_err("too late");
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::DeadlineExceeded, 2)
    );
    assert_eq!(notes.times(), [0, 101]);
    let error = flow! { times_out }
        .run(in_ms(notes, 100))
        .await
        .expect_err("too late");
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::DeadlineExceeded, 1)
    );
}

#[node(spawn)]
async fn in_a_task(notes: Notebook) {
    let _dropped = notes.on_drop("dropped");
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_node_with_a_task_of_its_own_is_cut() {
    let notes = Notebook::new();
    let error = flow! { in_a_task }
        .run(in_ms(notes.clone(), 20))
        .await
        .expect_err("too late");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    tokio::time::sleep(ms(1)).await;
    assert_eq!(notes.timed(), [(20, "dropped".to_owned())]);
}

#[node]
async fn branch(notes: Notebook) {
    let _dropped = notes.on_drop("branch dropped");
    std::future::pending().await
}

#[node]
async fn round(n: u32) -> ControlFlow<u32, u32> {
    tokio::time::sleep(ms(10)).await;
    ControlFlow::Continue(n + 1)
}

#[tokio::test(start_paused = true)]
async fn branches_and_loops_are_cut() {
    let notes = Notebook::new();
    let error = flow! { branch; next }
        .run_all(in_ms(notes.clone(), 20))
        .await
        .expect_err("late");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(
        notes.timed(),
        [(0, "next".to_owned()), (20, "branch dropped".to_owned())]
    );
    let begin = Instant::now();
    let flow = flow! { round -> round }.hops(1000);
    let error = flow.run(in_ms(0, 95)).await.expect_err("it goes on");
    assert_eq!(
        (error.kind(), begin.elapsed()),
        (ErrorKind::DeadlineExceeded, ms(95))
    );
}

/// The deadline is the message's: waiting for capacity uses it up.
#[tokio::test(start_paused = true)]
async fn the_deadline_runs_while_a_message_waits_to_get_in() -> Result<(), FlowError> {
    let running = flow! { one_at_a_time }.capacity(1).ordered().start();
    running.emit(100).await?;
    running.emit(in_ms(5, 50)).await?;
    assert!(running.fetch().await.expect("the first").is_ok());
    let error = running
        .fetch()
        .await
        .expect("the second")
        .expect_err("too late");
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::DeadlineExceeded, 0)
    );
    Ok(())
}

#[node]
async fn hurry(message: Message<u64>) -> Message<u64> {
    message.deadline_in(ms(50))
}

#[node]
async fn dawdle(message: Message<u64>) -> Message<u64> {
    message.deadline_in(secs(50))
}

#[node]
async fn wait(milliseconds: u64) -> u64 {
    tokio::time::sleep(ms(milliseconds)).await;
    milliseconds
}

/// A node may bring the deadline forward, not put it off.
#[tokio::test(start_paused = true)]
async fn a_node_may_bring_the_deadline_forward() -> Result<(), FlowError> {
    let flow = flow! { hurry -> wait };
    assert_eq!(flow.run(40).await?, 40);
    let error = flow
        .run(in_ms(100, 5000))
        .await
        .expect_err("fifty are too few");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    let flow = flow! { dawdle -> wait };
    let error = flow
        .run(in_ms(100, 50))
        .await
        .expect_err("fifty are too few still");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    Ok(())
}
