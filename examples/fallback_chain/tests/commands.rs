//! The command as a user types it.

use std::error::Error;

use handbook::command::run;

const COMMAND: &str = env!("CARGO_BIN_EXE_fallback_chain");

#[test]
fn it_prints_who_answered_and_why_the_others_did_not() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &["how", "are", "retries", "configured?"], "")?;
    assert_eq!((code, &*err), (Some(0), ""));
    let lines: Vec<_> = out.lines().take(3).collect();
    assert_eq!(
        lines,
        [
            "large did not answer: the server answered 503 Service Unavailable",
            "small did not answer: took longer than 200ms",
            "offline answered:",
        ]
    );
    Ok(())
}

#[test]
fn a_flag_says_what_the_large_model_does() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &["--answers", "why?"], "")?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "large answered:\na large answer to \"why?\"\n");
    Ok(())
}

#[test]
fn where_nobody_answers_the_last_one_says_why() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &["xyzzy"], "")?;
    assert_eq!((code, out.lines().count()), (Some(1), 3));
    assert!(err.starts_with("error: node `offline` failed: no passage has a word of"));
    Ok(())
}

#[test]
fn a_flag_that_does_not_exist_is_an_error_with_the_usage() -> Result<(), Box<dyn Error>> {
    let (code, _, err) = run(COMMAND, &["--grumpy"], "")?;
    assert_eq!(code, Some(2));
    assert!(err.starts_with("error: invalid option '--grumpy'\n\nAsks a large model"));
    Ok(())
}
