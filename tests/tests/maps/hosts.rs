//! Maps on a host that keeps the frontier as JSON: it ends as the host in memory does.

use penguiflow::prelude::*;

use super::Job::{Fails, Gives, IsNone};
use super::{count, failure, items, plus, sum, tell, tell_list, tell_settled, work};
use penguiflow_tests::by_json::{again, nth_step, run_steps, same};
use penguiflow_tests::support::Notebook;

#[tokio::test(start_paused = true)]
async fn every_kind_of_join_gives_the_same_outputs() -> Result<(), FlowError> {
    let given = || [30, 10, 20, 5].map(Gives).to_vec();
    assert_eq!(
        same!(
            flow! { #[flow(durable)] items -> [work; 2] -> join -> tell_list },
            given()
        )?,
        ["[30, 10, 20, 5]"]
    );
    assert_eq!(
        same!(
            flow! { #[flow(durable)] items -> [work; 2] -> join -> tell_list },
            vec![]
        )?,
        ["[]"]
    );
    let mixed = || vec![Gives(3), Fails(1), Gives(2)];
    let told = "3; node `work` failed: no luck after 1; 2";
    assert_eq!(
        same!(
            flow! { #[flow(durable)] items -> [work; 2] -> settle -> tell_settled },
            mixed()
        )?,
        [told]
    );
    let alike = || vec![Gives(7), Fails(1), Gives(7), Fails(2)];
    assert_eq!(
        same!(
            flow! { #[flow(durable)] items -> [work; 2] -> race -> tell },
            alike()
        )?,
        ["7"]
    );
    assert_eq!(
        same!(
            flow! { #[flow(durable)] items -> [work; 2] -> quorum(2) -> tell_list },
            alike()
        )?,
        ["[7, 7]"]
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn results_that_go_on_by_themselves_are_the_same() -> Result<(), FlowError> {
    let given = || vec![Gives(3), IsNone(1), Gives(2), Gives(5)];
    assert_eq!(
        same!(
            flow! { #[flow(durable)] items -> [work; 2] -> tell },
            given()
        )?
        .len(),
        3
    );
    assert_eq!(
        same!(
            flow! { #[flow(durable)] count -> [plus; 1] -> double -> tell },
            4
        )?
        .len(),
        4
    );
    assert_eq!(
        same!(flow! { #[flow(durable)] count -> [row; 2] -> [plus; 2] }, 4)?.len(),
        6
    );
    Ok(())
}

#[node]
async fn row(n: u64) -> Vec<u64> {
    (0..n).collect()
}

#[node]
async fn add((one, other): (u64, u64)) -> u64 {
    one + other
}

#[node]
async fn double(n: u64) -> u64 {
    n * 2
}

#[node]
async fn half(n: u64) -> u64 {
    n / 2
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_maps_gives_the_same_outputs() -> Result<(), FlowError> {
    let grouped = flow! { #[flow(durable)] count -> [[plus, double] -> join -> add; 2] -> join };
    assert_eq!(same!(grouped, 4)?, [[1, 4, 7, 10]]);
    let nested = flow! { #[flow(durable)] count -> [row -> [plus; 2] -> join -> sum; 2] -> join };
    assert_eq!(same!(nested, 4)?, [[0, 1, 3, 6]]);
    let routed = flow! { #[flow(durable)] count -> [plus -> match { n if *n > 2 => double, n => half(n * 2) }; 2] -> join };
    assert_eq!(same!(routed, 4)?, [[1, 2, 6, 8]]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn loops_and_maps_give_the_same_outputs() -> Result<(), FlowError> {
    let looped = flow! { #[flow(durable)] count -> [plus -> half -> match { 0 => done, _ => half }; 2] -> join };
    assert_eq!(same!(looped, 6)?, [[0; 6]]);
    let outer = flow! { #[flow(durable)] items -> [[work; 2] -> join -> sum, size] -> join -> add };
    assert_eq!(same!(outer, vec![Gives(1), Gives(2)])?, [5]);
    let race = flow! { #[flow(durable)] items -> [[work; 2] -> join -> sum, size] -> race };
    assert_eq!(same!(race, vec![Gives(1), Gives(1)])?, [2]);
    Ok(())
}

#[node]
async fn done(n: u64) -> u64 {
    n
}

#[node]
async fn size(items: Vec<super::Job>) -> u64 {
    items.len() as u64
}

#[tokio::test(start_paused = true)]
async fn failures_are_of_the_same_kind() {
    let end = failure(same!(
        flow! { #[flow(durable)] items -> [work; 2] -> join },
        vec![Gives(1), Fails(2), Gives(3)]
    ));
    assert_eq!(end.0, ErrorKind::Failed);
    let end = failure(same!(
        flow! { #[flow(durable)] items -> [work; 2] -> join },
        vec![Gives(1), IsNone(2), Gives(3)]
    ));
    assert_eq!(end.0, ErrorKind::Unjoined);
    let end = failure(same!(
        flow! { #[flow(durable)] items -> [work; 2] -> race },
        vec![Fails(1), Fails(2), Fails(3)]
    ));
    assert_eq!(end.0, ErrorKind::Failed);
    let end = failure(same!(
        flow! { #[flow(durable)] items -> [work; 2] -> race },
        vec![]
    ));
    assert_eq!(end.0, ErrorKind::Unjoined);
    let end = failure(same!(
        flow! { #[flow(durable)] items -> [work; 2] -> quorum(3) },
        vec![Gives(1), Gives(2)]
    ));
    assert_eq!(end.0, ErrorKind::Unjoined);
    let end = failure(same!(flow! { #[flow(durable)] items -> [work; 2] }, vec![]));
    assert_eq!(end.0, ErrorKind::Filtered);
}

/// Items that wait are in the frontier, and no more steps than may run at once; each advance is
/// one node run at most.
#[tokio::test(start_paused = true)]
async fn items_that_wait_are_kept_in_the_frontier() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { #[flow(durable)] items -> [work; 3] -> join -> tell_list }
        .with_state(notes.clone());
    let mut frontier = flow.begin((10..30).map(Gives).collect::<Vec<_>>());
    let mut most = 0;
    loop {
        frontier = again(&frontier);
        most = most.max(frontier.steps().len());
        let Some(step) = frontier.next_step() else {
            break;
        };
        let before = super::begun(&notes).len();
        let text = serde_json::to_string(&frontier).expect("a frontier is plain data");
        frontier.absorb(flow.advance(step).await?);
        assert!(super::begun(&notes).len() - before <= 1);
        let waiting = text.matches("Gives").count();
        assert!(
            waiting + before + 1 >= 20 || before == 0,
            "{waiting} wait, {before} have begun"
        );
    }
    assert_eq!(most, 3);
    let outputs = frontier.finish()?;
    assert_eq!(
        outputs[0].payload,
        format!("{:?}", (10..30).collect::<Vec<_>>())
    );
    Ok(())
}

/// A host that crashed between running an item and keeping what it gave runs it again.
#[tokio::test(start_paused = true)]
async fn an_item_that_comes_twice_counts_once() -> Result<(), FlowError> {
    let flow = flow! { #[flow(durable)] items -> [work; 2] -> join -> tell_list }
        .with_state(Notebook::new());
    let mut frontier = flow.begin([1, 2, 3].map(Gives).to_vec());
    let entry = frontier.next_step().expect("an entry");
    frontier.absorb(flow.advance(entry).await?);
    let mut copy = again(&frontier);
    let one = nth_step(&mut frontier, 0);
    let same = nth_step(&mut copy, 0);
    frontier.absorb(flow.advance(one).await?);
    frontier.absorb(flow.advance(same).await?);
    run_steps(&flow, &mut frontier).await?;
    assert_eq!(frontier.finish()?[0].payload, "[1, 2, 3]");
    Ok(())
}
