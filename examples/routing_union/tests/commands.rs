//! The command as a user types it.

use std::error::Error;

use handbook::command::run;

const COMMAND: &str = env!("CARGO_BIN_EXE_routing_union");

/// Protects the original's golden output.
#[test]
fn it_prints_what_the_original_printed() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &[], "")?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "web::penguins\nsql::metrics\n");
    Ok(())
}

#[test]
fn a_task_that_cannot_be_read_is_one_sentence_and_a_code() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &[r#"{"kind": "sql", "table": "users"}"#, "{"], "")?;
    assert_eq!((code, &*out), (Some(1), "sql::users\n"));
    assert!(err.starts_with("error: node `read` failed: EOF"), "{err}");
    Ok(())
}
