//! Copies: a broadcast makes one fewer than it has branches, a route makes none.

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
async fn four(counted: Counted) -> Counted {
    counted
}

#[node]
async fn five(counted: Counted) -> Counted {
    counted
}

#[node]
async fn end(_: Counted) {}

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
async fn a_straight_line_makes_no_copy() -> Result<(), FlowError> {
    assert_eq!(
        copies!(flow! { #[flow(durable)] one -> two -> [three] -> end }),
        0
    );
    Ok(())
}

#[tokio::test]
async fn a_group_copies_once_fewer_than_it_has_branches() -> Result<(), FlowError> {
    assert_eq!(
        copies!(flow! { #[flow(durable)] one -> [two, three] -> end }),
        1
    );
    assert_eq!(
        copies!(flow! { #[flow(durable)] one -> [two, three, four] -> end }),
        2
    );
    assert_eq!(
        copies!(flow! { #[flow(durable)] one -> [two, [three, four]] -> end }),
        2
    );
    assert_eq!(
        copies!(flow! { #[flow(durable)] one -> [two -> [three, four], five] -> end }),
        2
    );
    Ok(())
}

#[tokio::test]
async fn entries_copy_once_fewer_than_there_are() -> Result<(), FlowError> {
    assert_eq!(
        copies!(flow! { #[flow(durable)] [one, two, three] -> end }),
        2
    );
    Ok(())
}

/// Whether the arm takes the whole value or a part, and whether there is a guard.
#[tokio::test]
async fn a_match_makes_no_copy() -> Result<(), FlowError> {
    let whole = flow! {
        #[flow(durable)]
        one -> match {
            counted if Arc::strong_count(&counted.0) == 0 => two,
            _ => three -> match { Counted(count) => four(Counted(count)) },
        }
    };
    assert_eq!(copies!(whole), 0);
    Ok(())
}

#[tokio::test]
async fn a_match_among_branches_counts_as_one() -> Result<(), FlowError> {
    let last = flow! { #[flow(durable)] one -> [two, match { whole => three(whole) }] -> end };
    assert_eq!(copies!(last), 1);
    let first = flow! { #[flow(durable)] one -> [match { _ => three }, two] -> end };
    assert_eq!(copies!(first), 1);
    let group_in_arm = flow! { #[flow(durable)] one -> match { _ => [two, three, four] } -> end };
    assert_eq!(copies!(group_in_arm), 2);
    let both = flow! { #[flow(durable)] one -> [match { _ => [two, three] }, four] -> end };
    assert_eq!(copies!(both), 2);
    Ok(())
}
