//! The program is killed in the middle, several times, and started again: each file is indexed once.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

fn program(folder: &Path, out: &Path, pace: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_durable_pipeline"));
    program.arg("--folder").arg(folder).arg("--out").arg(out);
    program.args(["--approve", "--pace", pace]);
    program
}

fn texts(folder: &Path) {
    for file in 0..8 {
        let paragraphs = (0..20).map(|n| format!("# Part {n}\n\n{}\n", "krill ".repeat(80)));
        let text = paragraphs.collect::<String>();
        let text = if file == 0 { text.repeat(3) } else { text };
        fs::write(folder.join(format!("{file}.md")), text).expect("a folder of our own");
    }
}

/// The indexes, without the store.
fn indexes(out: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(out).expect("the folder is there");
    let names = files.map(|file| file.expect("it can be read").file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    let read = |name: String| {
        let text = fs::read_to_string(out.join(&name)).expect("it can be read");
        (name, text)
    };
    names
        .filter(|name| !name.starts_with("store.db"))
        .map(read)
        .collect()
}

fn text(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn what_was_killed_goes_on_and_nothing_is_lost_or_done_twice() {
    let place = tempfile::tempdir().expect("a folder");
    let (folder, out, whole) = (
        place.path().join("texts"),
        place.path().join("out"),
        place.path().join("whole"),
    );
    fs::create_dir(&folder).expect("a folder of our own");
    texts(&folder);

    for kill in 0..3 {
        let mut child = program(&folder, &out, "10")
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts");
        thread::sleep(Duration::from_millis(300 + 100 * kill));
        child.kill().expect("it runs"); // SIGKILL
        child.wait().expect("it ends");
    }
    let last = text(program(&folder, &out, "0").output().expect("it runs"));
    assert!(last.ends_with("8 done, 0 dead, 0 left\n"), "{last}");
    let again = text(program(&folder, &out, "0").output().expect("it runs"));
    assert_eq!(again, "0 texts go on from before\n8 done, 0 dead, 0 left\n");

    text(program(&folder, &whole, "0").output().expect("it runs"));
    assert_eq!(indexes(&out), indexes(&whole));
}
