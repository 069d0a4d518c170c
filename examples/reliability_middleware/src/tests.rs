//! The node against the real server, in real time: a paused clock would run ahead of sockets.

use std::sync::mpsc;

use expect_test::expect;

use super::*;

/// Fetches a page, and gives the events without their times, and the result.
async fn events_of(path: &str) -> Result<String, Box<dyn Error>> {
    let server = server::start().await?;
    let (events, seen) = mpsc::channel();
    let flow = flow! { fetch }
        .with_state(client())
        .observe(move |event: &Event| drop(events.send(event.clone())));
    let result = flow.run(Page::at(server, path)?).await;
    flow.flush().await;
    let lines = seen.try_iter().map(|event| {
        let error = event.error.unwrap_or_default();
        format!("{} {} {error}", event.event, event.attempt)
            .trim_end()
            .to_owned()
            + "\n"
    });
    Ok(lines.collect::<String>() + &result.unwrap_or_else(|error| error.to_string()))
}

/// Protects the original's golden output, event by event.
#[tokio::test]
async fn what_passes_is_tried_again() -> Result<(), Box<dyn Error>> {
    expect![[r#"
        trace_start 0
        node_start 0
        node_timeout 0 took longer than 250ms
        node_retry 1 took longer than 250ms
        node_start 1
        node_error 1 the server answered 503 Service Unavailable
        node_retry 2 the server answered 503 Service Unavailable
        node_start 2
        node_success 2
        trace_end 0
        success on attempt 3"#]]
    .assert_eq(&events_of("/flaky").await?);
    Ok(())
}

/// Protects `Retryable`: an error that stays is not tried again.
#[tokio::test]
async fn what_stays_is_not_tried_again() -> Result<(), Box<dyn Error>> {
    expect![[r#"
        trace_start 0
        node_start 0
        node_error 0 the server answered 404 Not Found
        node_failed 0 the server answered 404 Not Found
        trace_end 0 node `fetch` failed: the server answered 404 Not Found
        node `fetch` failed: the server answered 404 Not Found"#]]
    .assert_eq(&events_of("/nowhere").await?);
    Ok(())
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            fetch[fetch]
            Rookery([Rookery])
            OpenSea -->|Page| fetch
            fetch -->|String| Rookery
    "#]]
    .assert_eq(&flow! { fetch }.graph().to_mermaid());
}
