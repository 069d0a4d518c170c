//! Copies: a broadcast makes one fewer than it has branches, and a join makes none.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use penguiflow::prelude::*;

use penguiflow_tests::support::Counted;

#[node]
async fn one(counted: Counted) -> Counted {
    counted
}

#[node]
async fn two(counted: Counted) -> Counted {
    counted
}

#[node]
async fn three(counted: Counted) -> Counted {
    counted
}

#[node]
async fn four(counted: Counted) -> Result<Counted, String> {
    Ok(counted)
}

/// How many copies a trace makes.
macro_rules! copies {
    ($flow:expr) => {{
        let counted = Counted::default();
        let copies = Arc::clone(&counted.0);
        $flow.run_all(counted).await?;
        copies.load(Ordering::Relaxed)
    }};
}

#[tokio::test]
async fn a_join_makes_no_copy() -> Result<(), FlowError> {
    assert_eq!(copies!(flow! { one -> [two, three] -> join }), 1);
    assert_eq!(copies!(flow! { one -> [two, three, four] -> join }), 2);
    assert_eq!(
        copies!(flow! { one -> [two, [three, four] -> join] -> join }),
        2
    );
    assert_eq!(copies!(flow! { [one, two, three] -> join }), 2);
    Ok(())
}

#[tokio::test]
async fn race_quorum_and_settle_make_no_copy() -> Result<(), FlowError> {
    assert_eq!(copies!(flow! { one -> [two, three, four] -> race }), 2);
    assert_eq!(copies!(flow! { one -> [two, three, four] -> quorum(2) }), 2);
    assert_eq!(copies!(flow! { one -> [two, three, four] -> settle }), 2);
    Ok(())
}
