//! A flow as a node of another one, and called within a visit: what reaches through, both ways.
//!
//! | upstream's `call_playbook` | here |
//! |---|---|
//! | trace id and headers pass through | `trace_and_headers_reach_through` |
//! | the payload is returned, of the first result | `reach`, `places`; several outputs do not compile: `ui-tests` |
//! | `timeout` around the fetch | `policy::its_timeout_cuts_what_runs_in_it` |
//! | the subflow is stopped in any case | `reach::cancelling_the_trace_stops_the_playbook` |
//! | 2.0: the cancel of the parent's trace cancels it | `reach::cancelling_the_trace_stops_the_playbook` |
//! | b20: a failure without a timeout hangs | `a_failing_playbook_ends_its_caller_and_says_where` |

mod parentheses;
mod pictures;
mod places;
mod policy;
mod reach;

use std::error::Error;
use std::time::Duration;

use penguiflow::prelude::*;

#[node]
async fn who(n: u32, ctx: Ctx) -> Result<String, String> {
    match n {
        0 => Err("zero".to_owned()),
        1 => std::future::pending().await,
        2 => panic!("two"),
        _ => Ok(format!("{} {}", ctx.trace_id(), ctx.headers().tenant)),
    }
}

flow! {
    struct Inner(u32) -> String;

    who;
}

#[node]
async fn call(n: u32, ctx: Ctx) -> Result<String, FlowError> {
    ctx.call(&Inner::flow(), n).await
}

#[node]
async fn after(text: String) -> String {
    text
}

/// Runs both forms.
async fn both(message: Message<u32>) -> [Result<String, FlowError>; 2] {
    let node = flow! { Inner -> after }.run(message.clone()).await;
    [node, flow! { call -> after }.run(message).await]
}

#[tokio::test(start_paused = true)]
async fn trace_and_headers_reach_through() -> Result<(), FlowError> {
    let message = Message::new(7).tenant("acme");
    let wanted = format!("{} acme", message.trace_id);
    for output in both(message).await {
        assert_eq!(output?, wanted);
    }
    Ok(())
}

/// Upstream b20: a caller without a timeout hung when the subflow failed.
#[tokio::test(start_paused = true)]
async fn a_failing_playbook_ends_its_caller_and_says_where() {
    let [node, call] = both(Message::new(0))
        .await
        .map(|end| end.expect_err("zero"));
    assert_eq!(node.path().as_deref(), Some("Inner/who"));
    assert_eq!(
        node.to_string(),
        "node `Inner` failed: node `who` failed: zero"
    );
    assert!(
        call.to_string().contains("node `who` failed: zero"),
        "{call}"
    );
    for error in [node, call] {
        assert_eq!(error.kind(), ErrorKind::Failed);
        let mut innermost: &dyn Error = &error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        assert_eq!(innermost.to_string(), "zero");
    }
}

#[tokio::test(start_paused = true)]
async fn the_kinds_pass_through() {
    for end in both(Message::new(2)).await {
        assert_eq!(end.expect_err("two").kind(), ErrorKind::Panicked);
    }
    let late = Message::new(1).deadline_in(Duration::from_secs(1));
    for end in both(late).await {
        assert_eq!(end.expect_err("late").kind(), ErrorKind::DeadlineExceeded);
    }
}
