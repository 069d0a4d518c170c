//! A map without a join: each item's result goes on by itself.

use penguiflow::prelude::*;

use super::Job::{Fails, Gives, IsNone};
use super::{begun, count, failure, items, lines, plus, tell, work};
use penguiflow_tests::support::{Notebook, drain, ms};

#[node]
async fn told(n: u64, State(notes): State<Notebook>) -> u64 {
    notes.write(format!("{n} told"));
    n
}

#[tokio::test(start_paused = true)]
async fn each_result_goes_on_when_it_is_there() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 2] -> told }.with_state(notes.clone());
    let outputs = flow.run_all([30, 10, 15].map(Gives).to_vec()).await?;
    assert_eq!(outputs, [10, 15, 30]);
    let expected = [(10, "10 told"), (25, "15 told"), (30, "30 told")];
    assert_eq!(
        lines(&notes, "told"),
        expected.map(|(at, line)| (at, line.to_owned()))
    );
    Ok(())
}

/// A node after the map is no part of it: it holds no item's place.
#[tokio::test(start_paused = true)]
async fn what_follows_the_map_does_not_count() -> Result<(), FlowError> {
    #[node]
    async fn slow(n: u64) -> u64 {
        tokio::time::sleep(ms(90)).await;
        n
    }
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 1] -> slow -> tell }.with_state(notes.clone());
    assert_eq!(
        flow.run_all([5, 6, 7].map(Gives).to_vec()).await?,
        ["5", "6", "7"]
    );
    assert_eq!(begun(&notes), [0, 5, 11]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_map_may_be_the_flows_end() -> Result<(), FlowError> {
    let mut outputs = flow! { count -> [plus; 3] }.run_all(1_000).await?;
    outputs.sort_unstable();
    assert_eq!(outputs, (1..=1_000).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn no_items_and_items_of_none_are_filtered() -> Result<(), FlowError> {
    let flow = flow! { items -> [work; 2] -> tell }.with_state(Notebook::new());
    assert_eq!(failure(flow.run_all(vec![]).await).0, ErrorKind::Filtered);
    let end = failure(flow.run_all(vec![IsNone(1), IsNone(2)]).await);
    assert_eq!(end.0, ErrorKind::Filtered);
    let some = flow.run_all(vec![IsNone(1), Gives(2), IsNone(3)]).await?;
    assert_eq!(some, ["2"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failing_item_fails_the_trace() {
    let notes = Notebook::new();
    let flow = flow! { items -> [work; 2] -> tell }.with_state(notes.clone());
    let given = vec![Gives(5), Fails(20), Gives(50), Gives(50)];
    assert_eq!(failure(flow.run_all(given).await).0, ErrorKind::Failed);
    assert_eq!(notes.times().last(), Some(&20));
    assert_eq!(begun(&notes).len(), 3);
}

/// Two items may come to one node, and one item to several: a join after them would not know
/// whose parts they are.
#[tokio::test(start_paused = true)]
async fn each_result_may_go_several_ways() -> Result<(), FlowError> {
    let flow = flow! { count -> [plus; 2] -> [super::tell, other] };
    let mut outputs = flow.run_all(2).await?;
    outputs.sort();
    assert_eq!(outputs, ["1", "2", "other 1", "other 2"]);
    Ok(())
}

#[node]
async fn other(n: u64) -> String {
    format!("other {n}")
}

#[node]
async fn add((one, other): (u64, u64)) -> u64 {
    one + other
}

/// A join after the map belongs to one item, if its branches part there.
#[tokio::test(start_paused = true)]
async fn a_join_behind_the_map_is_each_items_own() -> Result<(), FlowError> {
    #[node]
    async fn times_ten(n: u64) -> u64 {
        tokio::time::sleep(ms(10 - n)).await;
        n * 10
    }
    #[node]
    async fn same(n: u64) -> u64 {
        tokio::time::sleep(ms(n)).await;
        n
    }
    let flow = flow! { count -> [plus; 3] -> [same, times_ten] -> join -> add };
    let mut outputs = flow.run_all(5).await?;
    outputs.sort_unstable();
    assert_eq!(outputs, [11, 22, 33, 44, 55]);
    Ok(())
}

/// A started flow gives out each result as it comes, and counts one message.
#[tokio::test(start_paused = true)]
async fn a_started_flow_gives_each_result() -> Result<(), FlowError> {
    let running = flow! { count -> [plus; 2] }.start();
    let id = running.emit(3).await?;
    for n in 1..=3 {
        let message = running.fetch().await.expect("a result")?;
        assert_eq!((message.payload, message.trace_id), (n, id));
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (1, 1));
    assert!(drain(&running).await.is_empty());
    Ok(())
}
