//! The other joins over the items of a map: `settle`, `race` and `quorum`.

use penguiflow::prelude::*;

use super::Job::{Fails, Gives, IsNone, Panics};
use super::{Job, failure, items, lines, tell, tell_list, tell_settled, work};
use penguiflow_tests::support::Notebook;

async fn settle(notes: &Notebook, given: Vec<Job>) -> Result<String, FlowError> {
    let flow = flow! { items -> [work; 2] -> settle -> tell_settled };
    flow.with_state(notes.clone()).run(given).await
}

async fn race(notes: &Notebook, given: Vec<Job>) -> Result<String, FlowError> {
    let flow = flow! { items -> [work; 2] -> race -> tell };
    flow.with_state(notes.clone()).run(given).await
}

async fn quorum(notes: &Notebook, given: Vec<Job>) -> Result<String, FlowError> {
    let flow = flow! { items -> [work; 3] -> quorum(2) -> tell_list };
    flow.with_state(notes.clone()).run(given).await
}

#[tokio::test(start_paused = true)]
async fn settle_has_a_result_for_each_item_in_their_order() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let given = vec![Gives(20), Fails(10), Panics(1), Gives(5)];
    assert_eq!(
        settle(&notes, given).await?,
        "20; node `work` failed: no luck after 10; node `work` panicked: slipped after 1; 5"
    );
    assert_eq!(
        settle(&notes, vec![Fails(1)]).await?,
        "node `work` failed: no luck after 1"
    );
    assert_eq!(settle(&notes, vec![]).await?, "");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn settle_cannot_do_without_an_item_that_ends_in_none() {
    let end = failure(settle(&Notebook::new(), vec![Gives(5), IsNone(1)]).await);
    let told = "node `settle` was left waiting: nothing came from `work[1]`".to_owned();
    assert_eq!(end, (ErrorKind::Unjoined, told));
}

/// The winner drops those that run, and those that wait never begin.
#[tokio::test(start_paused = true)]
async fn race_takes_the_first_item_that_succeeds() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let given = vec![Fails(5), Gives(50), Gives(10), Gives(1), Gives(2)];
    assert_eq!(race(&notes, given).await?, "10");
    let gone = [5, 15, 15].map(|time| time);
    let lines = lines(&notes, "is gone");
    assert_eq!(
        lines.iter().map(|(time, _)| *time).collect::<Vec<_>>(),
        gone
    );
    assert_eq!(super::begun(&notes), [0, 0, 5]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_race_that_all_items_lose_fails_as_the_last_one() {
    let end = failure(race(&Notebook::new(), vec![Fails(5), IsNone(9), Fails(7)]).await);
    let told = "node `work` failed: no luck after 7".to_owned();
    assert_eq!(end, (ErrorKind::Failed, told));
    let end = failure(race(&Notebook::new(), vec![IsNone(5), IsNone(9)]).await);
    assert_eq!(end.0, ErrorKind::Unjoined);
}

#[tokio::test(start_paused = true)]
async fn quorum_takes_the_first_items_that_succeed_in_that_order() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let given = vec![Gives(40), Fails(1), Gives(10), Gives(8), Gives(90)];
    assert_eq!(quorum(&notes, given).await?, "[9, 10]".replace('9', "8"));
    assert_eq!(super::begun(&notes), [0, 0, 0, 1, 9]);
    let dropped = lines(&notes, "is gone")
        .into_iter()
        .filter(|(time, _)| *time == 10);
    assert_eq!(
        dropped.count(),
        3,
        "the second one, and those that it does not need"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_quorum_that_cannot_be_reached_any_more_ends_at_once() {
    let notes = Notebook::new();
    let given = vec![Fails(1), Gives(50), Fails(2)];
    let end = failure(quorum(&notes, given).await);
    assert_eq!(end.0, ErrorKind::Failed);
    assert_eq!(notes.times().last(), Some(&2));
}

/// What is certain before any item runs is said then.
#[tokio::test(start_paused = true)]
async fn a_quorum_of_more_items_than_there_are_is_unjoined() {
    let notes = Notebook::new();
    let end = failure(quorum(&notes, vec![Gives(5)]).await);
    let told = "node `quorum` was left waiting: it takes 2 of the items, and there are 1";
    assert_eq!(end, (ErrorKind::Unjoined, told.to_owned()));
    assert_eq!(notes.lines(), [""; 0], "no item began");
    assert_eq!(
        quorum(&notes, vec![Gives(5), Gives(6)])
            .await
            .expect("enough"),
        "[5, 6]"
    );
}

#[tokio::test(start_paused = true)]
async fn nobody_wins_a_race_of_no_items() {
    let end = failure(race(&Notebook::new(), vec![]).await);
    assert_eq!(end.0, ErrorKind::Unjoined);
    let end = failure(quorum(&Notebook::new(), vec![]).await);
    assert_eq!(end.0, ErrorKind::Unjoined);
}
