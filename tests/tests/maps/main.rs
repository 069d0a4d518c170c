//! Maps: `a -> [b; 8] -> join -> c`, with the other kinds of join, and without any.

mod each;
mod ending;
mod envelope;
mod failing;
mod hosts;
mod inside;
mod join;
mod kinds;
mod limits;
mod memory;
mod nested;
mod window;

use std::fmt::Debug;

use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};

use penguiflow_tests::support::{Notebook, ms};

/// An item of a list: it takes its time, in milliseconds, and then ends as the case says.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Job {
    Gives(u64),
    Fails(u64),
    Panics(u64),
    IsNone(u64),
}

use Job::{Fails, Gives, IsNone, Panics};

impl Job {
    fn time(self) -> u64 {
        let (Gives(time) | Fails(time) | Panics(time) | IsNone(time)) = self;
        time
    }
}

#[node]
pub(crate) async fn items(jobs: Vec<Job>) -> Vec<Job> {
    jobs
}

/// Gives the job's milliseconds. Writes when it begins, when its time is over, and when its
/// future is dropped, done or not. Beyond 99 ms its timeout ends it.
#[node(timeout = "100ms")]
pub(crate) async fn work(job: &Job, State(notes): State<Notebook>) -> Result<Option<u64>, String> {
    let time = job.time();
    notes.write(format!("{time} begins"));
    let _gone = notes.on_drop(&format!("{time} is gone"));
    tokio::time::sleep(ms(time)).await;
    notes.write(format!("{time} is over"));
    match job {
        Gives(_) => Ok(Some(time)),
        Fails(_) => Err(format!("no luck after {time}")),
        Panics(_) => panic!("slipped after {time}"),
        IsNone(_) => Ok(None),
    }
}

#[node]
pub(crate) async fn plus(n: u64) -> u64 {
    n + 1
}

/// The output after the join, in words.
#[node]
pub(crate) async fn tell(n: u64) -> String {
    format!("{n}")
}

#[node]
pub(crate) async fn tell_list(list: Vec<u64>) -> String {
    format!("{list:?}")
}

#[node]
pub(crate) async fn tell_settled(list: Vec<Result<u64, NodeError>>) -> String {
    let said = list.into_iter().map(|part| match part {
        Ok(n) => n.to_string(),
        Err(error) => error.to_string(),
    });
    said.collect::<Vec<_>>().join("; ")
}

/// 0, 1, 2, …
#[node]
pub(crate) async fn count(n: u64) -> Vec<u64> {
    (0..n).collect()
}

#[node]
pub(crate) async fn sum(list: Vec<u64>) -> u64 {
    list.iter().sum()
}

/// The error that a trace must end in, with its kind.
pub(crate) fn failure<T: Debug>(result: Result<T, FlowError>) -> (ErrorKind, String) {
    let error = result.expect_err("this trace fails");
    (error.kind(), error.to_string())
}

/// The lines that end in this word, each with its time.
pub(crate) fn lines(notes: &Notebook, word: &str) -> Vec<(u64, String)> {
    let mut lines = notes.timed();
    lines.retain(|(_, line)| line.ends_with(word));
    lines
}

/// When the items began.
pub(crate) fn begun(notes: &Notebook) -> Vec<u64> {
    let begun = lines(notes, "begins").into_iter();
    begun.map(|(time, _)| time).collect()
}
