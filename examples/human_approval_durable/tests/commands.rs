//! The command as a user types it: it is killed while drafts wait, and started again.

use std::collections::HashSet;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

fn start(folder: &Path) -> Result<(Child, BufReader<ChildStdout>), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_human_approval_durable"));
    command.current_dir(folder).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let out = child.stdout.take().ok_or("the output is piped")?;
    Ok((child, BufReader::new(out)))
}

/// The next three lines, in any order.
fn three(out: &mut BufReader<ChildStdout>) -> Result<HashSet<String>, Box<dyn Error>> {
    let lines: Result<HashSet<_>, _> = out.lines().take(3).collect();
    Ok(lines?)
}

#[test]
fn the_same_drafts_wait_after_the_process_was_killed() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (mut child, mut out) = start(folder.path())?;
    let drafts = three(&mut out)?;
    let penguins = "1  All about penguins (for the press, to be decided within 60s)";
    assert!(drafts.contains(penguins), "{drafts:?}");
    child.kill()?;
    child.wait()?;

    let (mut child, mut out) = start(folder.path())?;
    assert_eq!(three(&mut out)?, drafts);
    let mut stdin = child.stdin.take().ok_or("the input is piped")?;
    stdin.write_all(b"approve 3\nreject 1 too long\nreject 2\n")?;
    let results = three(&mut out)?;
    let expected = [
        "published: All about icebergs",
        "rejected: All about penguins (too long)",
        "rejected: All about krill (no reason given)",
    ];
    assert_eq!(results, expected.map(str::to_owned).into());
    assert!(child.wait()?.success());

    // Each topic is drafted once: there is nothing left to do.
    let (mut child, mut out) = start(folder.path())?;
    assert_eq!(three(&mut out)?, HashSet::new());
    assert!(child.wait()?.success());
    Ok(())
}

/// Protects what the handbook says of the difference.
#[test]
fn what_differs_from_the_flow_in_memory_are_these_lines() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let desk = fs::read_to_string(here.join("src/desk.rs"))?;
    let in_memory = fs::read_to_string(here.join("../human_approval/src/desk.rs"))?;
    let in_memory: HashSet<_> = in_memory.lines().collect();
    let other = desk.lines().filter(|line| !in_memory.contains(line));
    assert_eq!(other.count(), 16, "the handbook says how many");
    Ok(())
}
