//! What ends a whole trace in the middle of a map, and what leaves it by a `Break`.

use penguiflow::prelude::*;

use super::Job::Gives;
use super::{count, failure, items, lines, sum, tell, tell_settled, work};
use penguiflow_tests::support::{Notebook, balances, ms, tasks};

fn given() -> Vec<super::Job> {
    [50, 60, 70, 80].map(Gives).to_vec()
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_all_items() {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 2] -> settle -> tell_settled };
    let flow = flow.with_state(notes.clone());
    let end = flow.run(Message::new(given()).deadline_in(ms(20))).await;
    assert_eq!(failure(end).0, ErrorKind::DeadlineExceeded);
    let gone = [(20, "50 is gone".to_owned()), (20, "60 is gone".to_owned())];
    let mut lines = lines(&notes, "is gone");
    lines.sort();
    assert_eq!(lines, gone);
    assert_eq!(super::begun(&notes), [0, 0]);
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_all_items() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 2] -> race -> tell };
    let running = flow.with_state(notes.clone()).start();
    let id = running.emit(given()).await?;
    tokio::time::sleep(ms(20)).await;
    assert!(running.cancel(id));
    let end = failure(running.fetch().await.expect("an answer"));
    assert_eq!(end.0, ErrorKind::Cancelled);
    let ledger = running.stop().await;
    assert_eq!((ledger.cancelled, ledger.failed), (1, 0));
    assert!(balances(&ledger));
    assert_eq!(lines(&notes, "is gone").len(), 2);
    assert_eq!(notes.times().last(), Some(&20));
    assert_eq!(tasks(), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn dropping_a_run_drops_its_items() {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 2] -> join }.with_state(notes.clone());
    let cut = tokio::time::timeout(ms(55), flow.run(given())).await;
    assert!(cut.is_err());
    assert_eq!(super::begun(&notes), [0, 0, 50]);
    assert_eq!(lines(&notes, "is gone").len(), 3);
}

#[node]
async fn three_breaks(n: u64) -> ControlFlow<String, u64> {
    match n {
        3 => ControlFlow::Break("three".to_owned()),
        n => ControlFlow::Continue(n),
    }
}

/// A `Break` leaves the flow with an output, and its item comes to nothing in the map. Where
/// each result goes on by itself that is all.
#[tokio::test(start_paused = true)]
async fn a_break_leaves_the_flow_from_the_map() -> Result<(), FlowError> {
    let flow = flow! { count -> [three_breaks; 1] -> tell };
    assert_eq!(flow.run_all(5).await?, ["0", "1", "2", "three", "4"]);
    Ok(())
}

/// A join that waits for all items is left waiting.
#[tokio::test(start_paused = true)]
async fn a_break_leaves_the_join_behind_the_map_waiting() {
    let flow = flow! { count -> [three_breaks; 1] -> join -> sum -> tell };
    let end = failure(flow.run_all(5).await);
    let told = "node `join` was left waiting: nothing came from `three_breaks[3]`".to_owned();
    assert_eq!(end, (ErrorKind::Unjoined, told));
}
