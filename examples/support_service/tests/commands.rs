//! The command as a user types it.

use std::error::Error;
use std::net::{Ipv4Addr, TcpListener};

use handbook::command::run;

const COMMAND: &str = env!("CARGO_BIN_EXE_support_service");

#[test]
fn the_demo_asks_and_is_answered_and_refused() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &["--demo"], "")?;
    assert_eq!(code, Some(0), "{err}");
    for line in [
        "200 OK",
        "  \"by\": \"large\",",
        "  \"by\": \"small\",",
        "503 Service Unavailable, Retry-After: 1",
        "504 Gateway Timeout",
        "-- what came so far is void --",
        "stopped: Ledger { emitted: 7, completed: 5, failed: 2, cancelled: 0, filtered: 0, in_flight: 0 }",
    ] {
        let is_there = out.lines().any(|printed| printed == line);
        assert!(is_there, "no `{line}` in:\n{out}");
    }
    Ok(())
}

#[test]
fn each_request_has_one_line_with_its_trace_and_its_end() -> Result<(), Box<dyn Error>> {
    let (_, _, err) = run(COMMAND, &["--demo"], "")?;
    let is_last = |line: &&str| line.contains("}: answered ms=");
    let lines: Vec<_> = err.lines().filter(is_last).collect();
    assert_eq!(lines.len(), 7, "{err}");
    for line in &lines {
        assert!(line.contains(" trace_id="), "{line}");
        assert!(line.contains(" status="), "{line}");
    }
    assert!(lines[1].contains("tenant=\"acme\""), "{}", lines[1]);
    let refused = "status=503 error=\"node `small` failed: the model is busy\"";
    assert!(lines[4].contains(refused), "{}", lines[4]);
    Ok(())
}

#[test]
fn a_port_that_is_no_number_is_one_sentence_and_a_code() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &["--port", "high"], "")?;
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(err.starts_with("error: cannot parse argument"), "{err}");
    Ok(())
}

#[test]
fn a_port_that_is_taken_is_one_sentence_and_a_code() -> Result<(), Box<dyn Error>> {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = taken.local_addr()?.port().to_string();
    let (code, out, err) = run(COMMAND, &["--port", &port], "")?;
    assert_eq!((code, &*out), (Some(1), ""));
    let expected = format!("error: cannot listen on port {port}: ");
    assert!(err.starts_with(&expected), "{err}");
    Ok(())
}
