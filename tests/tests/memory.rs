//! Memory: in a process of its own, for no other test to disturb it.

#![cfg(target_os = "linux")]

use penguiflow::Running;
use penguiflow::host::{Line, Topology};
use penguiflow::prelude::*;

#[node]
async fn ask(text: String) -> String {
    text
}

#[node]
async fn fails(_: String) -> Result<String, &'static str> {
    tokio::task::yield_now().await;
    Err("no luck")
}

#[node]
async fn is_none(_: String) -> Option<String> {
    None
}

#[node]
async fn gives(text: String) -> String {
    text
}

/// The pages of memory that are this process's, of 4 KiB or more.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").expect("Linux tells of processes");
    let pages = status
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok());
    pages.expect("the second figure is that of resident pages")
}

/// How a trace of a kilobyte ends, if it fails.
async fn end<F>(flow: &Running<F>) -> Result<Option<ErrorKind>, FlowError>
where
    F: Line<()> + Topology<In = String>,
{
    flow.emit("x".repeat(1_000)).await?;
    let end = flow.fetch().await.expect("an answer");
    Ok(end.err().map(|error| error.kind()))
}

/// The original kept 500 buckets of 500 traces whose branch had failed. With a kilobyte in each
/// branch, one trace in two hundred would show here.
#[tokio::test]
async fn b07_a_hundred_thousand_traces_whose_branch_fails_leave_memory_where_it_was()
-> Result<(), FlowError> {
    let join = flow! { ask -> [gives, fails] -> join }.start();
    let unjoined = flow! { ask -> [gives, is_none] -> join }.start();
    let race = flow! { ask -> [gives, fails] -> race }.start();
    let mut before = 0;
    for trace in 0..40_000 {
        if trace == 6_000 {
            before = resident();
        }
        assert_eq!(end(&join).await?, Some(ErrorKind::Failed));
        assert_eq!(end(&unjoined).await?, Some(ErrorKind::Unjoined));
        assert_eq!(end(&race).await?, None);
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < 100, "{grown} pages more after 100,000 traces");
    Ok(())
}
