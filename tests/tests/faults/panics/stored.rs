//! A host that stores its traces meets no panic either.

use penguiflow::prelude::*;
use penguiflow_tests::by_json::{again, nth_step};

use super::{
    Loud, Touchy, bad_loud, failed, loud, number, number_too, panicked, start, sum, told, touchy,
};

/// A host meets no panic either: where a trace begins, and where a step is taken out.
#[tokio::test]
async fn a_copy_that_panics_ends_a_stored_trace() -> Result<(), FlowError> {
    let flow = flow! { #[flow(durable)] [number, number_too] -> join -> sum };
    let frontier = again(&flow.begin(Touchy(1)));
    assert_eq!(frontier.steps().len(), 0);
    let error = frontier.finish().expect_err("it panicked");
    assert_eq!(error.to_string(), "node `number` panicked: copied 1");

    let flow = flow! { #[flow(durable)] touchy -> number };
    let mut frontier = flow.begin(1);
    let first = frontier.next_step().expect("an entry");
    frontier.absorb(flow.advance(first).await?);
    assert!(frontier.next_step().is_none(), "its input cannot be copied");
    let error = frontier.finish().expect_err("it panicked");
    assert_eq!(told(&error), panicked("number"));
    Ok(())
}

#[node]
async fn open_all(list: Vec<Loud>) -> u32 {
    list.into_iter().map(Loud::open).sum()
}

/// Nor does what a frontier drops hide why.
#[tokio::test]
async fn what_a_stored_join_drops_hides_no_failure() -> Result<(), FlowError> {
    use self::bad_loud as bad_loud_too;
    let flow = flow! {
        #[flow(durable)] start -> [loud, bad_loud, bad_loud_too] -> quorum(2) -> open_all
    };
    let mut frontier = flow.begin(1);
    // The oldest step first, so that the last branch is the one that leaves too few.
    while frontier.steps().len() > 0 {
        let step = nth_step(&mut frontier, 0);
        frontier.absorb(flow.advance(step).await?);
    }
    let error = frontier.finish().expect_err("too few");
    assert_eq!(told(&error), failed("bad_loud_too"));
    let flow = flow! { start -> [loud, bad_loud, bad_loud_too] -> quorum(2) -> open_all };
    let error = flow.run(1).await.expect_err("too few");
    assert_eq!(error.kind(), ErrorKind::Failed);
    Ok(())
}
