//! A broadcast, a loop and a map.

use contest::{AT_ONCE, Question, Triaged, Walk, nodes};
use penguiflow::prelude::*;

use crate::line::triage;

#[node]
async fn branch(triaged: Triaged) -> u64 {
    nodes::branch(triaged).await
}

use self::branch as second;
use self::branch as third;
use self::branch as fourth;
use self::branch as fifth;
use self::branch as sixth;
use self::branch as seventh;
use self::branch as eighth;

type Eight = (u64, u64, u64, u64, u64, u64, u64, u64);

#[node]
async fn sum(branches: Eight) -> u64 {
    nodes::sum(branches.into()).await
}

#[node]
async fn hop(walk: Walk) -> ControlFlow<u64, Walk> {
    nodes::hop(walk).await
}

#[node]
async fn list(first: u64) -> Vec<u64> {
    nodes::list(first).await
}

#[node]
async fn item(number: u64) -> u64 {
    nodes::item(number).await
}

flow! {
    pub(crate) struct Broadcast(Question) -> u64;

    triage -> [branch, second, third, fourth, fifth, sixth, seventh, eighth] -> join -> sum;
}

flow! {
    pub(crate) struct Rounds(Walk) -> u64;

    hop -> hop;
}

flow! {
    pub(crate) struct Map(u64) -> Vec<u64>;

    list -> [item; AT_ONCE] -> join;
}
