//! What ends a whole trace, in whatever branch it happens: no join tolerates it.

use penguiflow::prelude::*;

use super::{Branch, failure, start, tell, tell_list};
use penguiflow_tests::support::{Notebook, balances, ms, tasks};

fn late() -> Message<u32> {
    Message::new(0).deadline_in(ms(20))
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_the_trace_and_not_a_branch() {
    let notes = Notebook::new();
    let race = flow! {
        let one: Branch = Branch::fails(10);
        let other: Branch = Branch::gives(50);
        start -> [one, other] -> race -> tell
    };
    let race = race.with_state(notes.clone());
    assert_eq!(
        failure(race.run(late()).await).0,
        ErrorKind::DeadlineExceeded
    );
    let settle = flow! {
        let one: Branch = Branch::gives(10);
        let other: Branch = Branch::gives(50);
        start -> [one, other] -> settle
    };
    let settle = settle.with_state(notes.clone());
    assert_eq!(
        failure(settle.run(late()).await).0,
        ErrorKind::DeadlineExceeded
    );
    let quorum = flow! {
        let one: Branch = Branch::gives(10);
        let other: Branch = Branch::gives(50);
        start -> [one, other] -> quorum(1) -> tell_list
    };
    let quorum = quorum.with_state(notes.clone()).run(late()).await;
    assert_eq!(quorum.expect("in time"), "[10]");
    let lines = notes.lines();
    assert!(!lines.contains(&"after 50".to_owned()), "{lines:?}");
}

/// A node that sets a deadline for what follows it in its branch.
#[node]
async fn hurry(message: Message<u32>) -> Message<u32> {
    message.deadline_in(ms(20))
}

/// Also where only one branch has it.
#[tokio::test(start_paused = true)]
async fn a_branchs_own_deadline_ends_the_trace_too() {
    let notes = Notebook::new();
    let flow = flow! {
        let one: Branch = Branch::gives(50);
        let other: Branch = Branch::gives(60);
        start -> [hurry -> one, other] -> settle
    };
    let end = failure(flow.with_state(notes.clone()).run(0).await);
    assert_eq!(end.0, ErrorKind::DeadlineExceeded);
    let mut lines = notes.timed();
    lines.sort();
    assert_eq!(lines, super::at(&[(20, "50 is gone"), (20, "60 is gone")]));
}

/// Cancelling drops all branches at once, and those of a race have no say in it.
#[tokio::test(start_paused = true)]
async fn cancelling_ends_all_branches() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! {
        let one: Branch = Branch::gives(50);
        let other: Branch = Branch::gives(60);
        start -> [one, other] -> race -> tell
    };
    let running = flow.with_state(notes.clone()).start();
    let id = running.emit(0).await?;
    tokio::time::sleep(ms(10)).await;
    assert!(running.cancel(id));
    let result = running.fetch().await.expect("an answer");
    assert_eq!(failure(result).0, ErrorKind::Cancelled);
    let ledger = running.stop().await;
    assert_eq!((ledger.cancelled, ledger.failed), (1, 0));
    assert!(balances(&ledger));
    let mut lines = notes.timed();
    lines.sort();
    assert_eq!(lines, super::at(&[(10, "50 is gone"), (10, "60 is gone")]));
    assert_eq!(tasks(), 0);
    Ok(())
}

/// Dropping what `run` returned is cancelling, also while a join waits.
#[tokio::test(start_paused = true)]
async fn dropping_a_run_drops_its_branches() {
    let notes = Notebook::new();
    let flow = flow! {
        let one: Branch = Branch::gives(10);
        let other: Branch = Branch::gives(60);
        start -> [one, other] -> settle
    };
    let flow = flow.with_state(notes.clone());
    let cut = tokio::time::timeout(ms(20), flow.run(0)).await;
    assert!(cut.is_err());
    assert_eq!(
        notes.timed().last(),
        super::at(&[(20, "60 is gone")]).first()
    );
}
