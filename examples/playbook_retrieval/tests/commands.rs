//! The command as a user types it.

use std::error::Error;
use std::fs;
use std::process::Command;

use tempfile::tempdir;

/// Runs the command, and gives its code, its output and its errors.
fn ask(arguments: &[&str]) -> Result<(Option<i32>, String, String), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_playbook_retrieval"));
    let output = command.args(arguments).output()?;
    let (out, err) = (
        String::from_utf8(output.stdout)?,
        String::from_utf8(output.stderr)?,
    );
    Ok((output.status.code(), out, err))
}

/// Protects the original's golden output.
#[test]
fn it_prints_what_the_original_printed() -> Result<(), Box<dyn Error>> {
    let (code, out, err) = ask(&[])?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "antarctic krill-doc-1 :: compressed\n");
    Ok(())
}

#[test]
fn a_folder_is_searched() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(folder.path().join("krill.txt"), "Ice is cold. Krill swim.")?;
    let path = folder.path().to_str().ok_or("the path is text")?;
    let (code, out, err) = ask(&["--folder", path, "krill"])?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "krill.txt:1 :: compressed\n    Krill swim.\n");
    let (code, _, err) = ask(&["--folder", path, "volcanoes"])?;
    assert_eq!(code, Some(1));
    assert!(
        err.contains("no passage has a word of \"volcanoes\""),
        "{err}"
    );
    Ok(())
}
