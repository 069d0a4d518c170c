//! The command as a user types it.

use std::error::Error;
use std::fs;

use handbook::command::run;
use tempfile::tempdir;

const COMMAND: &str = env!("CARGO_BIN_EXE_playbook_retrieval");

/// Protects the original's golden output.
#[test]
fn it_prints_what_the_original_printed() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = run(COMMAND, &[], "")?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "antarctic krill-doc-1 :: compressed\n");
    Ok(())
}

#[test]
fn a_folder_is_searched() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(folder.path().join("krill.txt"), "Ice is cold. Krill swim.")?;
    let path = folder.path().to_str().ok_or("the path is text")?;
    let (code, out, err) = run(COMMAND, &["--folder", path, "krill"], "")?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "krill.txt:1 :: compressed\n    Krill swim.\n");
    let (code, _, err) = run(COMMAND, &["--folder", path, "volcanoes"], "")?;
    assert_eq!(code, Some(1));
    assert!(
        err.contains("no passage has a word of \"volcanoes\""),
        "{err}"
    );
    Ok(())
}
