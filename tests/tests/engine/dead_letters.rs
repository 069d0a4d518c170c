//! `keep_inputs` and `filtered`: what became of messages that gave no output.

use std::time::Duration;

use penguiflow::prelude::*;

/// Fails on 1, panics on 2, ends in `None` on 3, and never ends on 4.
#[node]
async fn judge(case: Case) -> Result<Option<u32>, &'static str> {
    match case.0 {
        1 => Err("no such user"),
        2 => panic!("too large"),
        3 => Ok(None),
        4 => std::future::pending().await,
        n => Ok(Some(n)),
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Case(u32);

flow! {
    struct Judge(Case) -> u32;

    judge;
}

#[tokio::test(start_paused = true)]
async fn every_way_to_fail_gives_the_input_back() {
    let flow = Judge::flow().keep_inputs();
    for case in [1, 2, 3] {
        let error = flow.run(Case(case)).await.expect_err("it fails");
        assert_eq!(error.into_input(), Some(Case(case)));
    }
    let message = Message::new(Case(4)).deadline_in(Duration::from_secs(1));
    let error = flow.run_all(message).await.expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(error.into_input(), Some(Case(4)));
}

#[tokio::test]
async fn a_started_flow_gives_back_what_it_could_not_do() {
    let running = Judge::flow().keep_inputs().filtered().start();
    for case in [1, 2, 3, 4, 5] {
        running.emit(Case(case)).await.expect("it succeeds");
    }
    let called = running.call(Case(1)).await.expect_err("it fails");
    assert_eq!(called.into_input(), Some(Case(1)));
    tokio::task::yield_now().await;
    running.abort().await;
    let late = running.emit(Case(6)).await.expect_err("it fails");
    assert_eq!(late.kind(), ErrorKind::Closed);
    assert_eq!(late.into_input(), Some(Case(6)));
    let mut dead = Vec::new();
    while let Some(result) = running.fetch().await {
        dead.extend(result.err().map(|error| {
            let kind = error.kind();
            (kind, error.into_input::<Case>().map(|case| case.0))
        }));
    }
    dead.sort_by_key(|(_, case)| *case);
    assert_eq!(
        dead,
        [
            (ErrorKind::Failed, Some(1)),
            (ErrorKind::Panicked, Some(2)),
            (ErrorKind::Filtered, Some(3)),
            (ErrorKind::Cancelled, Some(4)),
        ]
    );
}

#[tokio::test]
async fn without_it_nothing_is_kept_and_another_type_is_not_given() {
    let error = Judge::flow().run(Case(1)).await.expect_err("it fails");
    assert_eq!(error.into_input::<Case>(), None);
    let error = Judge::flow()
        .keep_inputs()
        .run(Case(1))
        .await
        .expect_err("it fails");
    assert_eq!(error.into_input::<u32>(), None);
}

/// The error of a flow that a node calls holds what the outer trace began with.
#[tokio::test]
async fn the_input_is_that_of_the_whole_trace() {
    #[node]
    async fn outer(n: u32, ctx: Ctx) -> Result<u32, FlowError> {
        ctx.call(&Judge::flow(), Case(n)).await
    }

    let flow = flow! { outer }.keep_inputs();
    let error = flow.run(1).await.expect_err("it fails");
    assert_eq!(error.into_input::<u32>(), Some(1));
}

#[tokio::test]
async fn a_clone_that_panics_ends_nothing() {
    #[derive(Debug)]
    struct Once(u32);

    impl Clone for Once {
        fn clone(&self) -> Self {
            panic!("there is only one")
        }
    }

    #[node]
    async fn check(once: Once) -> Result<u32, String> {
        match once.0 {
            0 => Err("zero".to_owned()),
            n => Ok(n),
        }
    }

    let flow = flow! { check }.keep_inputs();
    assert_eq!(flow.run(Once(7)).await.expect("it succeeds"), 7);
    let error = flow.run(Once(0)).await.expect_err("it fails");
    assert!(error.into_input::<Once>().is_none());
}

#[tokio::test]
async fn filtered_results_keep_the_order_and_count_for_the_backlog() {
    let running = Judge::flow().filtered().ordered().start();
    for case in [5, 3, 6, 3] {
        running.emit(Case(case)).await.expect("it succeeds");
    }
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.filtered), (2, 2));
    let mut results = Vec::new();
    while let Some(result) = running.fetch().await {
        results.push(
            result
                .map(|message| message.payload)
                .map_err(|error| error.kind()),
        );
    }
    assert_eq!(
        results,
        [
            Ok(5),
            Err(ErrorKind::Filtered),
            Ok(6),
            Err(ErrorKind::Filtered)
        ]
    );
}
