//! What ends the whole trace does not fall back.

use penguiflow::prelude::*;

use super::{Model, apologize, failure, why};
use penguiflow_tests::support::{Notebook, balances, ms};

#[tokio::test(start_paused = true)]
async fn a_deadline_does_not_fall_back() {
    let notes = Notebook::new();
    let flow = flow! {
        let slow: Model = Model::hangs("slow");
        let other: Model = Model::answers("other");
        slow else other else apologize
    };
    let flow = flow.with_state(notes.clone());
    let end = flow.run(Message::new(why()).deadline_in(ms(50))).await;
    assert_eq!(failure(end).0, ErrorKind::DeadlineExceeded);
    assert_eq!(notes.lines(), ["slow"]);
}

/// A deadline that passes while the fallback runs ends that as well.
#[tokio::test(start_paused = true)]
async fn a_fallback_has_the_deadline_of_its_message() {
    let notes = Notebook::new();
    let flow = flow! {
        let slow: Model = Model::hangs("slow");
        let other: Model = Model::answers("other");
        slow else other else apologize
    };
    let flow = flow.with_state(notes.clone());
    let end = flow.run(Message::new(why()).deadline_in(ms(105))).await;
    assert_eq!(failure(end).0, ErrorKind::DeadlineExceeded);
    assert_eq!(notes.lines(), ["slow", "other"]);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_trace_does_not_fall_back() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! {
        let slow: Model = Model::hangs("slow");
        let other: Model = Model::answers("other");
        slow else other
    };
    let running = flow.with_state(notes.clone()).start();
    let id = running.emit(why()).await?;
    tokio::time::sleep(ms(50)).await;
    assert!(running.cancel(id));
    let end = failure(running.fetch().await.expect("an answer"));
    assert_eq!(end.0, ErrorKind::Cancelled);
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.cancelled), (1, 1));
    assert!(balances(&ledger));
    assert_eq!(notes.lines(), ["slow"]);
    Ok(())
}

/// What a fallback saves is completed, and nothing else.
#[tokio::test(start_paused = true)]
async fn the_ledger_counts_what_was_saved_as_completed() -> Result<(), FlowError> {
    let flow = flow! {
        let bad: Model = Model::fails("bad");
        bad else apologize
    };
    let running = flow.with_state(Notebook::new()).start();
    for _ in 0..5 {
        running.emit(why()).await?;
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.failed), (5, 0));
    assert!(balances(&ledger));
    Ok(())
}
