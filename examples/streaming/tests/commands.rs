//! The command as a user types it.

use std::error::Error;
use std::fs;

use handbook::command::run_on;
use tempfile::tempdir;

const COMMAND: &str = env!("CARGO_BIN_EXE_streaming");

type Done = Result<(), Box<dyn Error>>;

#[test]
fn the_answer_comes_in_words_and_then_what_it_was() -> Done {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.txt"), "A retry waits.")?;
    let (code, out, err) = run_on(COMMAND, folder.path(), &["how", "to", "retry?"])?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "A retry waits.\n\n3 words from guide.txt:1\n");
    Ok(())
}

#[test]
fn events_are_those_of_the_standard() -> Done {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.txt"), "A retry waits.")?;
    let (code, out, err) = run_on(COMMAND, folder.path(), &["--sse", "retry?"])?;
    assert_eq!((code, &*err), (Some(0), ""));
    let events: Vec<_> = out.split("\n\n").collect();
    assert_eq!(
        events,
        [
            "event: words\ndata: A ",
            "event: words\ndata: retry ",
            "event: words\ndata: waits.",
            "event: places\ndata: guide.txt:1",
            "event: progress\ndata: {\"done\":1,\"of\":1}",
            "event: end\ndata: words",
            "event: end\ndata: places",
            "event: answer\ndata: 3 words from guide.txt:1",
            "",
        ]
    );
    Ok(())
}

/// A page that shows the words removes those that a `void` names.
#[test]
fn a_stream_that_breaks_off_ends_as_void() -> Done {
    let folder = tempdir()?;
    fs::write(
        folder.path().join("guide.txt"),
        "A retry waits longer each time again.",
    )?;
    let (code, out, err) = run_on(COMMAND, folder.path(), &["--sse", "--break-off", "retry?"])?;
    assert_eq!((code, &*err), (Some(0), ""));
    let events: Vec<_> = out.split("\n\n").collect();
    assert_eq!(
        events[4..7],
        [
            "event: words\ndata: each ",
            "event: void\ndata: words",
            "event: words\ndata: A ",
        ]
    );
    let (_, out, _) = run_on(COMMAND, folder.path(), &["--break-off", "retry?"])?;
    assert!(
        out.contains("A retry waits longer each \n-- the connection broke"),
        "{out}"
    );
    Ok(())
}

#[test]
fn what_fails_is_one_sentence_a_code_and_an_event() -> Done {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.txt"), "A retry waits.")?;
    let (code, out, err) = run_on(COMMAND, folder.path(), &["--sse", "volcano?"])?;
    assert_eq!(code, Some(1));
    assert!(
        out.starts_with("event: error\ndata: node `retrieve` failed"),
        "{out}"
    );
    assert!(err.starts_with("error: node `retrieve` failed"), "{err}");
    let (code, _, err) = run_on(COMMAND, folder.path(), &["--see"])?;
    assert_eq!(code, Some(2));
    assert!(err.starts_with("error: invalid option '--see'"), "{err}");
    Ok(())
}
