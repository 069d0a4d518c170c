//! The command as a user types it.

use std::error::Error;
use std::fs;

use handbook::command::run;
use tempfile::tempdir;

const COMMAND: &str = env!("CARGO_BIN_EXE_batch");

const LARGE_REFUND: &str = r#"{"order": "R-1", "customer": "C-1", "cents": 100001}"#;

type Done = Result<(), Box<dyn Error>>;

#[test]
fn a_sample_is_made_and_its_dead_letters_are_run_again() -> Done {
    let (first, second) = (tempdir()?, tempdir()?);
    let out = first.path().to_str().ok_or("a path is text")?;
    let (code, printed, err) = run(COMMAND, &["--out", out, "--records", "2600"], "")?;
    // No bar, since this is no terminal.
    assert_eq!((code, &*err), (Some(0), ""));
    let tally = "2600 records: 2597 paid, 0 denied, 3 failed\n";
    assert!(printed.starts_with(tally), "{printed}");

    let letters = format!("{out}/dead.jsonl");
    let again = second.path().to_str().ok_or("a path is text")?;
    let (_, printed, _) = run(COMMAND, &["--out", again, "--mended", &letters], "")?;
    let tally = "3 records: 3 paid, 0 denied, 0 failed\n";
    assert!(printed.starts_with(tally), "{printed}");
    Ok(())
}

#[test]
fn a_large_refund_is_decided_on_from_standard_input() -> Done {
    let folder = tempdir()?;
    let out = folder.path().to_str().ok_or("a path is text")?;
    let file = format!("{out}/records.jsonl");
    fs::write(&file, LARGE_REFUND)?;
    let decision = "{\"order\": \"R-1\", \"approved\": true, \"by\": \"Ada\"}\n";
    let (code, printed, _) = run(COMMAND, &["--out", out, &file], decision)?;
    assert_eq!(code, Some(0));
    assert!(
        printed.contains("1 records: 1 paid, 0 denied, 0 failed\n"),
        "{printed}"
    );
    Ok(())
}

#[test]
fn what_is_wrong_is_one_sentence_and_a_code() -> Done {
    let folder = tempdir()?;
    let out = folder.path().to_str().ok_or("a path is text")?;
    let letters = format!("{out}/dead.jsonl");
    let (code, _, err) = run(COMMAND, &["--out", out, &letters], "")?;
    assert_eq!(code, Some(1));
    assert!(
        err.starts_with(&format!("error: cannot run `{letters}`: ")),
        "{err}"
    );

    fs::write(&letters, "")?;
    let (code, _, err) = run(COMMAND, &["--out", out, &letters], "")?;
    assert_eq!(code, Some(1));
    assert!(err.contains("its results would overwrite it"), "{err}");

    let file = format!("{out}/records.jsonl");
    fs::write(&file, LARGE_REFUND)?;
    let (code, printed, _) = run(COMMAND, &["--out", out, "--decisions", out, &file], "")?;
    assert_eq!(code, Some(0));
    assert!(printed.contains("no decision can be read: "), "{printed}");
    assert!(
        printed.contains("1 records: 0 paid, 0 denied, 1 failed\n"),
        "{printed}"
    );

    let (code, _, err) = run(COMMAND, &["--out", out, "--decisions", "nowhere"], "")?;
    assert_eq!(code, Some(1));
    assert!(err.starts_with("error: cannot read `nowhere`: "), "{err}");
    Ok(())
}
