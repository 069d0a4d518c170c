//! The command as a user types it.

use std::error::Error;

use handbook::command::run;

const COMMAND: &str = env!("CARGO_BIN_EXE_observability");

#[test]
fn it_shows_the_spans_and_the_counters() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &["what", "is", "a", "playbook?"], "")?;
    assert_eq!((code, &*err), (Some(0), ""));
    for line in [
        "trace 4bf92f3577b34da6a3ce929d0e0e4736, in span 00f067aa0ba902b7",
        "        find node=find attempt=0 error.type=failed",
        "        POST /model",
        "penguiflow_attempts_total{flow=\"Support\",node=\"Search/find\"} 2",
    ] {
        let is_there = out.lines().any(|printed| printed == line);
        assert!(is_there, "no `{line}` in:\n{out}");
    }
    Ok(())
}

#[test]
fn a_collector_that_it_cannot_reach_is_an_error() -> Result<(), Box<dyn Error>> {
    let (code, _, err) = run(COMMAND, &["--collector", "http://localhost:1"], "")?;
    assert_eq!(code, Some(1), "{err}");
    let (code, _, err) = run(COMMAND, &["--collector", "https://localhost:1"], "")?;
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("needs a client that speaks https"), "{err}");
    Ok(())
}
