//! The command as a user types it, with valid and with invalid arguments.

use std::error::Error;
use std::fs;
use std::path::Path;

use handbook::command::run_on;
use tempfile::tempdir;

const COMMAND: &str = env!("CARGO_BIN_EXE_quickstart");

type Done = Result<(), Box<dyn Error>>;

#[test]
fn a_question_is_answered_with_places_a_prompt_and_times() -> Done {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.txt"), "A retry waits.")?;
    let (code, out, err) = run_on(COMMAND, folder.path(), &["how", "to", "retry?"])?;
    assert_eq!((code, &*err), (Some(0), ""), "{out}");
    for part in [
        "files: 1, passages: 1",
        "guide.txt:1  score 0.",
        "You answer for acme. Topic: how-to.",
        "Question: how to retry?",
        "triage     node_success",
        "retrieve   node_success",
        "pack       node_success",
    ] {
        assert!(out.contains(part), "no `{part}` in:\n{out}");
    }
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_searched_is_one_sentence_and_code_1() -> Done {
    let folder = tempdir()?;
    let (code, out, err) = run_on(COMMAND, &folder.path().join("nowhere"), &[])?;
    assert_eq!((code, &*out), (Some(1), ""), "{err}");
    assert!(err.starts_with("error: there is no folder `"), "{err}");
    let (code, _, err) = run_on(COMMAND, folder.path(), &[])?;
    assert_eq!(code, Some(1));
    assert!(err.contains("holds no text"), "{err}");
    fs::write(folder.path().join("image.md"), b"\xff")?;
    let (code, _, err) = run_on(COMMAND, folder.path(), &[])?;
    assert_eq!(code, Some(1));
    assert!(
        err.contains("image.md`: line 1 is not text in UTF-8"),
        "{err}"
    );
    Ok(())
}

#[test]
fn wrong_arguments_are_one_sentence_the_usage_and_code_2() -> Done {
    let (code, out, err) = run_on(COMMAND, Path::new("."), &["--fodler"])?;
    assert_eq!((code, &*out), (Some(2), ""), "{err}");
    assert!(
        err.starts_with("error: invalid option '--fodler'\n\n"),
        "{err}"
    );
    assert!(err.contains("Usage: cargo run -p quickstart"), "{err}");
    Ok(())
}

#[test]
fn help_is_no_error() -> Done {
    let (code, out, err) = run_on(COMMAND, Path::new("."), &["--help"])?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert!(out.contains("--folder PATH"), "{out}");
    Ok(())
}
