//! The nodes of all flows. The yardsticks call them as the functions that they are.

use harness::{Docs, Prompt, Question, Triaged, Walk, nodes};
use penguiflow::prelude::*;

/// What eight branches have come to.
pub(crate) type Eight = (u64, u64, u64, u64, u64, u64, u64, u64);

#[node]
pub(crate) async fn triage(question: Question) -> Triaged {
    nodes::triage(question).await
}

#[node]
pub(crate) async fn retrieve(triaged: Triaged) -> Docs {
    nodes::retrieve(triaged).await
}

#[node]
pub(crate) async fn retrieve_slowly(triaged: Triaged) -> Docs {
    nodes::retrieve_slowly(triaged).await
}

#[node]
pub(crate) async fn retrieve_never(triaged: Triaged) -> Docs {
    nodes::retrieve_never(triaged).await
}

#[node]
pub(crate) async fn retrieve_computing(triaged: Triaged) -> Docs {
    nodes::retrieve_computing(triaged).await
}

#[node]
pub(crate) async fn pack(docs: Docs) -> Prompt {
    nodes::pack(docs).await
}

/// What a trace that was parked goes on with.
#[node]
pub(crate) async fn pack_approved((docs, _approval): (Docs, u64)) -> Prompt {
    nodes::pack(docs).await
}

#[node]
pub(crate) async fn branch(triaged: Triaged) -> u64 {
    nodes::branch(triaged).await
}

#[node]
pub(crate) async fn sum(branches: Eight) -> u64 {
    nodes::sum(branches.into()).await
}

#[node]
pub(crate) async fn hop(walk: Walk) -> ControlFlow<u64, Walk> {
    nodes::hop(walk).await
}

#[node]
pub(crate) async fn list(first: u64) -> Vec<u64> {
    nodes::list(first).await
}

#[node]
pub(crate) async fn item(number: u64) -> u64 {
    nodes::item(number).await
}

#[node]
pub(crate) async fn item_slowly(number: u64) -> u64 {
    nodes::item_slowly(number).await
}

/// The line, each node with a policy that never has to act.
pub(crate) mod persistent {
    use harness::{Docs, Prompt, Question, Triaged, nodes};
    use penguiflow::prelude::*;

    #[node(timeout = "2s", retries = 3, jitter = false)]
    pub(crate) async fn triage(question: Question) -> Triaged {
        nodes::triage(question).await
    }

    #[node(timeout = "2s", retries = 3, jitter = false)]
    pub(crate) async fn retrieve(triaged: Triaged) -> Docs {
        nodes::retrieve(triaged).await
    }

    #[node(timeout = "2s", retries = 3, jitter = false)]
    pub(crate) async fn pack(docs: Docs) -> Prompt {
        nodes::pack(docs).await
    }
}

macro_rules! steps {
    ($($step:ident)*) => {$(
        #[node]
        pub(crate) async fn $step(number: u64) -> u64 {
            nodes::step(number).await
        }
    )*};
}

steps! {
    s00 s01 s02 s03 s04 s05 s06 s07 s08 s09
    s10 s11 s12 s13 s14 s15 s16 s17 s18 s19
    s20 s21 s22 s23 s24 s25 s26 s27 s28 s29
    s30 s31 s32 s33 s34 s35 s36 s37 s38 s39
    s40 s41 s42 s43 s44 s45 s46 s47 s48 s49
    s50 s51 s52 s53 s54 s55 s56 s57 s58 s59
    s60 s61 s62 s63 s64 s65 s66 s67 s68 s69
    s70 s71 s72 s73 s74 s75 s76 s77 s78 s79
    s80 s81 s82 s83 s84 s85 s86 s87 s88 s89
    s90 s91 s92 s93 s94 s95 s96 s97 s98 s99
}
