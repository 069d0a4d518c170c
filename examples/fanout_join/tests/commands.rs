//! The command as a user types it.

use std::error::Error;

use handbook::command::run;

const COMMAND: &str = env!("CARGO_BIN_EXE_fanout_join");

/// Protects the original's golden output.
#[test]
fn it_prints_what_the_original_printed() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &[], "")?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "task::A,task::B\n");
    Ok(())
}

#[test]
fn a_task_that_fails_is_one_sentence_and_a_code() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &["fish", ""], "")?;
    assert_eq!((code, &*out), (Some(1), "fish::A,fish::B\n"));
    assert_eq!(err, "error: node `check` failed: the task is empty\n");
    Ok(())
}
