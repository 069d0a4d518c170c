//! The command as a user types it.

use std::error::Error;
use std::fs;

use handbook::command::run_on;
use tempfile::tempdir;

const COMMAND: &str = env!("CARGO_BIN_EXE_agent_team");

#[test]
fn the_team_answers_without_a_key() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(
        folder.path().join("guide.md"),
        "# Retries\nAn option of a node. More.",
    )?;
    let (code, out, err) = run_on(COMMAND, folder.path(), &[])?;
    assert_eq!((code, &*err), (Some(0), ""));
    let answer = "guide.md:2: An option of a node. 3 * 5 + 0.5 = 15.5 A hop is a round of a loop.";
    assert!(
        out.contains(&format!("\n{answer}\n\naccepted after 1 revision\n")),
        "{out}"
    );
    Ok(())
}
