//! The command as a user types it.

use std::error::Error;

use handbook::command::run;

const COMMAND: &str = env!("CARGO_BIN_EXE_reliability_middleware");

#[test]
fn every_event_is_a_line_of_json_and_the_last_line_is_the_result() -> Result<(), Box<dyn Error>> {
    let (code, text, _) = run(COMMAND, &[], "")?;
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(text.lines().last(), Some("result: success on attempt 3"));
    let lines = text.lines().filter(|line| line.starts_with('{'));
    let events: Vec<serde_json::Value> =
        lines.map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert_eq!(events.len(), 5 + 10);
    for event in events {
        for field in [
            "ts",
            "event",
            "trace_id",
            "node_name",
            "attempt",
            "latency_ms",
            "q_depth_in",
        ] {
            assert!(event.get(field).is_some(), "no `{field}` in {event}");
        }
    }
    Ok(())
}

#[test]
fn an_argument_is_an_error_that_says_so() -> Result<(), Box<dyn Error>> {
    let (code, _, text) = run(COMMAND, &["--retries=5"], "")?;
    assert_eq!(code, Some(2));
    assert!(text.starts_with("error: this example takes no arguments, but `--retries=5` is one\n"));
    Ok(())
}
