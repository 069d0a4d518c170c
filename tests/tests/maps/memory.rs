//! Many traces whose items fail, and large maps: nothing of them stays.

use std::sync::Arc;

use penguiflow::prelude::*;

use super::failure;
use penguiflow_tests::support::{balances, drain, tasks};

/// As many items as there are weak references to this: each holds one.
#[derive(Clone)]
struct Counted(u32, Arc<()>);

#[node]
async fn several(counted: Counted) -> Vec<Counted> {
    (0..5)
        .map(|n| Counted(counted.0 + n, Arc::clone(&counted.1)))
        .collect()
}

#[node]
async fn fifth_fails(counted: Counted) -> Result<Counted, String> {
    tokio::task::yield_now().await;
    match counted.0 % 5 {
        4 => Err("the fifth".to_owned()),
        _ => Ok(counted),
    }
}

#[node]
async fn third_is_none(counted: Counted) -> Option<Counted> {
    (counted.0 % 5 != 2).then_some(counted)
}

#[node]
async fn size(list: Vec<Counted>) -> usize {
    list.len()
}

/// The original kept a bucket for each trace whose branch had failed, also after `stop`.
#[tokio::test(start_paused = true)]
async fn traces_whose_item_fails_leave_nothing_behind() -> Result<(), FlowError> {
    let held = Arc::new(());
    let flow = flow! { several -> [fifth_fails; 2] -> join -> size };
    let running = flow.capacity(1_000).backlog(100_000).start();
    for n in 0..100_000 {
        running.emit(Counted(n, Arc::clone(&held))).await?;
    }
    let ledger = running.stop().await;
    assert!(balances(&ledger));
    assert_eq!(
        (ledger.emitted, ledger.failed, ledger.in_flight),
        (100_000, 100_000, 0)
    );
    assert_eq!(Arc::strong_count(&held), 1, "items are still held");
    assert_eq!(tasks(), 0);
    assert_eq!(drain(&running).await.len(), 100_000);
    Ok(())
}

/// The same in one trace, where a join within the item is left waiting, or tolerates the failure.
#[tokio::test(start_paused = true)]
async fn items_of_a_large_map_leave_nothing_behind() {
    #[node]
    async fn many(counted: Counted) -> Vec<Counted> {
        (0..10_000)
            .map(|n| Counted(n, Arc::clone(&counted.1)))
            .collect()
    }
    #[node]
    async fn same(counted: Counted) -> Counted {
        counted
    }
    #[node]
    async fn both((one, _): (Counted, Counted)) -> Counted {
        one
    }
    #[node]
    async fn good(list: Vec<Result<Counted, NodeError>>) -> usize {
        list.into_iter().flatten().count()
    }
    let held = Arc::new(());
    let flow = flow! { many -> [[fifth_fails, same] -> join -> both; 8] -> settle -> good };
    let good = flow.run(Counted(0, Arc::clone(&held))).await;
    assert_eq!(good.expect("what fails is settled"), 8_000);
    assert_eq!(Arc::strong_count(&held), 1);
    let flow = flow! { several -> [third_is_none; 2] -> join -> size };
    let end = failure(flow.run(Counted(0, Arc::clone(&held))).await);
    assert_eq!(end.0, ErrorKind::Unjoined);
    assert_eq!(Arc::strong_count(&held), 1);
}
