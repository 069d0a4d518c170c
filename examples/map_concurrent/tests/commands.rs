//! The command as a user types it.

use std::error::Error;
use std::fs;

use handbook::command::run;
use tempfile::tempdir;

const COMMAND: &str = env!("CARGO_BIN_EXE_map_concurrent");

/// Protects the original's golden output.
#[test]
fn it_prints_what_the_original_printed() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &[], "")?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "top doc: doc-1 score=0.50\n");
    Ok(())
}

#[test]
fn a_folder_is_scored_passage_by_passage() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(folder.path().join("a.txt"), "Ice.")?;
    fs::write(
        folder.path().join("b.md"),
        "# Ice\nThin.\n# Krill\nKrill in ice.",
    )?;
    let path = folder.path().to_str().ok_or("the path is text")?;
    let (code, out, err) = run(COMMAND, &["--folder", path, "ice", "krill"], "")?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert!(out.ends_with("b.md:4 score=1.00\n"), "{out}");
    Ok(())
}

#[test]
fn what_is_wrong_is_one_sentence_and_a_code() -> Result<(), Box<dyn Error>> {
    let (code, _, err) = run(COMMAND, &["is it?"], "")?;
    assert_eq!(code, Some(1));
    assert_eq!(
        err,
        "error: node `seed` failed: the query has no word that can be looked for\n"
    );
    let (code, _, err) = run(COMMAND, &["--folder", "nowhere"], "")?;
    assert_eq!(
        (code, &*err),
        (Some(1), "error: there is no folder `nowhere`\n")
    );
    Ok(())
}
