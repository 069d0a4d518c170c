//! Many traces at once: their parts never mix, and nothing of them stays.

use penguiflow::prelude::*;

use super::failure;
use penguiflow_tests::support::{balances, ms, tasks};

/// A time between 0 and 96 ms that has nothing to do with the order of the traces.
fn shuffled(n: u32, by: u32) -> std::time::Duration {
    ms(u64::from(n.wrapping_mul(by).wrapping_add(by) % 97))
}

#[node]
async fn ask(n: u32) -> u32 {
    tokio::time::sleep(shuffled(n, 41)).await;
    n
}

#[node]
async fn left(n: u32) -> (&'static str, u32) {
    tokio::time::sleep(shuffled(n, 59)).await;
    ("left", n)
}

#[node]
async fn right(n: u32) -> (&'static str, u32) {
    tokio::time::sleep(shuffled(n, 83)).await;
    ("right", n)
}

type Part = (&'static str, u32);

/// The original had one bucket for all flows and traces.
#[tokio::test(start_paused = true)]
async fn b07_a_hundred_traces_never_mix_their_parts() -> Result<(), FlowError> {
    let running = flow! { ask -> [left, right] -> join }.capacity(100).start();
    let mut ids = Vec::new();
    for n in 0..100 {
        ids.push(running.emit(n).await?);
    }
    let mut came = Vec::new();
    for _ in 0..100 {
        let (one, other): (Part, Part) = running.fetch().await.expect("a result")?.payload;
        assert_eq!((one.0, other.0), ("left", "right"));
        assert_eq!(one.1, other.1, "both parts are of one trace");
        came.push(one.1);
    }
    assert!(!came.is_sorted(), "they were shuffled");
    came.sort_unstable();
    assert_eq!(came, (0..100).collect::<Vec<_>>());
    Ok(())
}

#[node]
async fn same((left, right): (Part, Part)) -> (u32, u32) {
    (left.1, right.1)
}

/// In the original a slow caller got the fast one's answer.
#[tokio::test(start_paused = true)]
async fn b21_each_answer_reaches_its_own_caller() -> Result<(), FlowError> {
    let flow = flow! { ask -> [left, right] -> join -> same };
    let answers = (0..100).map(|n| flow.run(n));
    for (n, answer) in futures_util::future::join_all(answers)
        .await
        .into_iter()
        .enumerate()
    {
        assert_eq!(answer?, (n as u32, n as u32));
    }
    let running = flow.capacity(100).start();
    let mut sent = std::collections::HashMap::new();
    for n in 0..100 {
        sent.insert(running.emit(n).await?, n);
    }
    for _ in 0..100 {
        let answer = running.fetch().await.expect("a result")?;
        let n = sent
            .remove(&answer.trace_id)
            .expect("an id that was given out");
        assert_eq!(answer.payload, (n, n));
    }
    Ok(())
}

/// A trace id that is used twice at once is two traces.
#[tokio::test(start_paused = true)]
async fn b07_traces_of_one_id_do_not_join_each_other() -> Result<(), FlowError> {
    let running = flow! { ask -> [left, right] -> join -> same }.start();
    let id = Message::new(0).trace_id;
    for n in 0..20 {
        running.emit(Message::new(n).trace_id(id)).await?;
    }
    let mut came = Vec::new();
    for _ in 0..20 {
        let (left, right) = running.fetch().await.expect("a result")?.payload;
        assert_eq!(left, right);
        came.push(left);
    }
    came.sort_unstable();
    assert_eq!(came, (0..20).collect::<Vec<_>>());
    Ok(())
}

#[node]
async fn odd_fails(n: u32) -> Result<u32, String> {
    tokio::time::sleep(shuffled(n, 7)).await;
    if n % 2 == 1 {
        Err("odd".to_owned())
    } else {
        Ok(n)
    }
}

#[node]
async fn third_is_none(n: u32) -> Option<u32> {
    tokio::time::sleep(shuffled(n, 13)).await;
    (!n.is_multiple_of(3)).then_some(n)
}

/// The original kept a bucket for each trace whose branch had failed, also after `stop`.
#[tokio::test(start_paused = true)]
async fn b07_traces_whose_branch_fails_leave_nothing_behind() -> Result<(), FlowError> {
    let flow = flow! { ask -> [odd_fails, third_is_none] -> join };
    let flow = flow.capacity(1_000).backlog(20_000);
    let running = flow.start();
    for n in 0..10_000 {
        running.emit(n).await?;
    }
    let ledger = running.stop().await;
    assert!(balances(&ledger));
    assert_eq!((ledger.emitted, ledger.in_flight), (10_000, 0));
    let good = (0..10_000).filter(|n| n % 2 == 0 && n % 3 != 0).count() as u64;
    assert_eq!((ledger.completed, ledger.failed), (good, 10_000 - good));
    assert_eq!(tasks(), 0);
    let mut answers = 0;
    while let Some(answer) = running.fetch().await {
        answers += 1;
        if let Ok(message) = answer {
            assert_eq!(message.payload.0, message.payload.1);
        }
    }
    assert_eq!(answers, 10_000);

    let again = flow.start();
    again.emit(2).await?;
    assert_eq!(again.fetch().await.expect("a result")?.payload, (2, 2));
    again.emit(3).await?;
    let end = failure(again.fetch().await.expect("a result"));
    assert_eq!(end.0, ErrorKind::Failed);
    Ok(())
}

/// The same for the kinds that tolerate failures: what they dropped does not linger.
#[tokio::test(start_paused = true)]
async fn b07_dropped_branches_leave_nothing_behind() -> Result<(), FlowError> {
    let flow = flow! { ask -> [odd_fails, third_is_none] -> race };
    let running = flow.capacity(1_000).backlog(20_000).start();
    for n in 0..10_000 {
        running.emit(n).await?;
    }
    let ledger = running.stop().await;
    let bad = (0..10_000).filter(|n| n % 2 == 1 && n % 3 == 0).count() as u64;
    assert_eq!((ledger.completed, ledger.failed), (10_000 - bad, bad));
    assert!(balances(&ledger));
    assert_eq!(tasks(), 0);
    Ok(())
}
