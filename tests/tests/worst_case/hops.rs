//! A loop that comes back to a map, or to where a trace parks, has a bound as others have.

use penguiflow::prelude::*;
use tokio::task::yield_now;

#[node]
async fn items(n: u32) -> Vec<u32> {
    vec![n]
}

#[node]
async fn add_one(n: u32) -> u32 {
    n + 1
}

#[node]
async fn again(numbers: Vec<u32>) -> ControlFlow<u32, Vec<u32>> {
    match numbers[0] {
        99.. => ControlFlow::Break(numbers[0]),
        _ => ControlFlow::Continue(numbers),
    }
}

#[tokio::test]
async fn a_loop_that_comes_back_to_a_map_ends() {
    let flow = flow! { [items, again] -> [add_one; 2] -> join -> again };
    let error = flow.run_all(0).await.expect_err("eight rounds");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    assert_eq!(
        flow.run_all(Message::new(0).hops(99))
            .await
            .expect("99 rounds"),
        [99]
    );
}

#[tokio::test]
async fn a_loop_that_also_leads_elsewhere_counts_its_rounds() {
    #[node]
    async fn log(_: Vec<u32>) -> Option<u32> {
        None
    }
    let flow = flow! { [items, again] -> [add_one; 2] -> join -> again -> log };
    let error = flow.run_all(0).await.expect_err("eight rounds");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
    assert_eq!(
        flow.run_all(Message::new(0).hops(99))
            .await
            .expect("99 rounds"),
        [99]
    );
}

#[tokio::test]
async fn a_loop_that_comes_back_to_an_await_ends() {
    #[node]
    async fn asked((n, _): (u32, String)) -> ControlFlow<u32, u32> {
        ControlFlow::Continue(n)
    }
    let flow = flow! { [add_one, asked] -> await String -> asked };
    let running = flow.start();
    let id = running.emit(0).await.expect("it runs");
    let mut asked = 0;
    while running.ledger().in_flight > 0 {
        yield_now().await;
        asked += u32::from(flow.resume(id, "go on".to_owned()).await.is_ok());
    }
    assert_eq!(asked, 8);
    let error = running
        .fetch()
        .await
        .expect("a result")
        .expect_err("eight rounds");
    assert_eq!(error.kind(), ErrorKind::BudgetExhausted);
}
