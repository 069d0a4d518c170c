//! Joins: `[b, c] -> join -> d`, and `race`, `quorum(2)`, `settle` in its place.

mod clones;
mod deep;
mod ending;
mod envelope;
mod hand_on;
mod headers;
mod hosts;
mod irregular;
mod items;
mod join;
mod loop_heads;
mod loops;
mod many_traces;
mod quorum;
mod race;
mod repeated_steps;
mod settle;
mod unjoined;

use std::fmt::Debug;

use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms};

/// A branch: it takes its time, and then ends as the case says. It writes `after N` when its
/// time is over, and `N is gone` when its future is dropped, done or not.
pub(crate) struct Branch {
    after: u64,
    end: End,
}

enum End {
    Gives,
    Fails,
    Panics,
    IsNone,
}

impl Branch {
    /// Gives its input, plus its milliseconds. Beyond 99 ms its timeout ends it.
    pub(crate) const fn gives(after: u64) -> Self {
        let end = End::Gives;
        Self { after, end }
    }

    pub(crate) const fn fails(after: u64) -> Self {
        let end = End::Fails;
        Self { after, end }
    }

    pub(crate) const fn panics(after: u64) -> Self {
        let end = End::Panics;
        Self { after, end }
    }

    pub(crate) const fn is_none(after: u64) -> Self {
        let end = End::IsNone;
        Self { after, end }
    }
}

#[node(timeout = "100ms")]
impl Branch {
    async fn call(&self, n: u32, State(notes): State<Notebook>) -> Result<Option<u32>, String> {
        let after = self.after;
        let _gone = notes.on_drop(&format!("{after} is gone"));
        tokio::time::sleep(ms(after)).await;
        notes.write(format!("after {after}"));
        match self.end {
            End::Gives => Ok(Some(n + after as u32)),
            End::Fails => Err(format!("no luck after {after}")),
            End::Panics => panic!("slipped after {after}"),
            End::IsNone => Ok(None),
        }
    }
}

#[node]
pub(crate) async fn start(n: u32) -> u32 {
    n
}

#[node]
pub(crate) async fn plus(n: u32) -> u32 {
    n + 1
}

/// The output after the join, in words.
#[node]
pub(crate) async fn tell(n: u32, State(notes): State<Notebook>) -> String {
    notes.write("tell");
    format!("{n:?}")
}

#[node]
pub(crate) async fn tell_pair(parts: (u32, u32), State(notes): State<Notebook>) -> String {
    notes.write("tell");
    format!("{parts:?}")
}

#[node]
pub(crate) async fn tell_list(parts: Vec<u32>, State(notes): State<Notebook>) -> String {
    notes.write("tell");
    format!("{parts:?}")
}

pub(crate) type Settled = Result<u32, NodeError>;

#[node]
pub(crate) async fn tell_settled(parts: (Settled, Settled)) -> String {
    let (one, other) = parts;
    format!("{}; {}", said(one), said(other))
}

fn said(part: Settled) -> String {
    match part {
        Ok(n) => n.to_string(),
        Err(error) => error.to_string(),
    }
}

#[node]
pub(crate) async fn sum((one, other): (u32, u32)) -> u32 {
    one + other
}

/// The error that a trace must end in, with its kind.
pub(crate) fn failure<T: Debug>(result: Result<T, FlowError>) -> (ErrorKind, String) {
    let error = result.expect_err("this trace fails");
    (error.kind(), error.to_string())
}

/// Lines of a notebook as they are compared: `(10, "after 10")`.
pub(crate) fn at(lines: &[(u64, &str)]) -> Vec<(u64, String)> {
    lines
        .iter()
        .map(|(time, line)| (*time, (*line).to_owned()))
        .collect()
}
