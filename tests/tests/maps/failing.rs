//! Items that fail, or come to nothing, where a `join` waits for all.

use penguiflow::prelude::*;

use super::Job::{Fails, Gives, IsNone, Panics};
use super::{count, failure, items, lines, plus, tell_list, work};
use penguiflow_tests::support::{Notebook, balances, drain, tasks};

/// Protects that siblings stop at once, and that those that wait never begin.
#[tokio::test(start_paused = true)]
async fn a_failing_item_fails_the_trace_and_stops_the_others() {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 2] -> join -> tell_list };
    let flow = flow.with_state(notes.clone());
    let given = vec![Gives(50), Fails(10), Gives(20), Gives(30)];
    let told = "node `work` failed: no luck after 10".to_owned();
    assert_eq!(failure(flow.run(given).await), (ErrorKind::Failed, told));
    let gone = [(10, "10 is gone".to_owned()), (10, "50 is gone".to_owned())];
    assert_eq!(lines(&notes, "is gone"), gone);
    assert_eq!(lines(&notes, "begins").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_panic_and_a_timeout_fail_the_trace() {
    let flow = flow! { items -> [work; 2] -> join -> tell_list };
    let flow = flow.with_state(Notebook::new());
    let end = failure(flow.run(vec![Gives(1), Panics(10)]).await);
    assert_eq!(end.0, ErrorKind::Panicked);
    let end = failure(flow.run(vec![Gives(1), Gives(500)]).await);
    assert_eq!(end.0, ErrorKind::TimedOut);
}

/// Where items are missing the error says which, by their places.
#[tokio::test(start_paused = true)]
async fn items_that_end_in_none_are_named() {
    let flow = flow! { items -> [work -> plus; 2] -> join -> tell_list };
    let flow = flow.with_state(Notebook::new());
    let given = vec![Gives(5), Gives(5), IsNone(5), Gives(5)];
    let told = "node `join` was left waiting: nothing came from `plus[2]`".to_owned();
    assert_eq!(failure(flow.run(given).await), (ErrorKind::Unjoined, told));
    let given = (0..100).map(|n| if n == 50 { Gives(n) } else { IsNone(n) });
    let given: Vec<_> = given.collect();
    let told = "node `join` was left waiting: nothing came from `plus[0]`, `plus[1]`, `plus[2]`, \
                `plus[3]`, `plus[4]`, 94 more";
    assert_eq!(failure(flow.run(given).await).1, told);
}

/// As with a group's branches: there is nothing that waits.
#[tokio::test(start_paused = true)]
async fn items_that_all_end_in_none_are_filtered() {
    let flow = flow! { items -> [work; 2] -> join -> tell_list };
    let flow = flow.with_state(Notebook::new());
    let end = failure(flow.run(vec![IsNone(5), IsNone(6)]).await);
    assert_eq!(end.0, ErrorKind::Filtered);
}

#[node]
async fn some_fail(n: u64) -> Result<u64, String> {
    match n {
        7 => Err("seven".to_owned()),
        n => Ok(n),
    }
}

#[tokio::test(start_paused = true)]
async fn the_ledger_counts_a_trace_once_however_many_items_fail() -> Result<(), FlowError> {
    let running = flow! { count -> [some_fail; 4] -> join }.start();
    for n in [3, 8, 20, 0] {
        running.emit(n).await?;
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.failed), (2, 2));
    assert!(balances(&ledger));
    assert_eq!(drain(&running).await.len(), 4);
    assert_eq!(tasks(), 0);
    Ok(())
}
