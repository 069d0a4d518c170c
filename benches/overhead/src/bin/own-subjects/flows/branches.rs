//! A broadcast, a loop and two maps.

use harness::{AT_ONCE, Question, Walk};
use penguiflow::prelude::*;

use crate::nodes::branch as second;
use crate::nodes::branch as third;
use crate::nodes::branch as fourth;
use crate::nodes::branch as fifth;
use crate::nodes::branch as sixth;
use crate::nodes::branch as seventh;
use crate::nodes::branch as eighth;
use crate::nodes::{branch, hop, item, item_slowly, list, sum, triage};

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

flow! {
    pub(crate) struct SlowMap(u64) -> Vec<u64>;

    list -> [item_slowly; AT_ONCE] -> join;
}
