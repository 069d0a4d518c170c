//! A system that fails: a full disk, writes and syncs that fail, a write that is torn. A library that
//! the C compiler makes of `system_faults.c` stands between SQLite and the system in a child process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use penguiflow_sqlite::store::{Options, Store, StoreError};

use crate::at::{At, emitted, entries, flow, keyed, loaded, step, whole};
use crate::child::{self, Acknowledged};
use crate::script;

const FAULTS: &str = "PENGUIFLOW_TEST_FAULTS";

/// Builds the library, unless there is no compiler.
pub(crate) fn library(folder: &At) -> Option<PathBuf> {
    let library = folder.beside("faults.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/store/system_faults.c");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let mut build = Command::new(compiler);
    build
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .args([source, "-ldl"]);
    match build.status() {
        Ok(status) => assert!(status.success(), "{source} does not compile"),
        Err(_) => {
            eprintln!("skipped: no C compiler here");
            return None;
        }
    }
    Some(library)
}

pub(crate) fn command(name: &str, at: &At, library: &Path) -> Command {
    let mut command = child::command(name, &at.path());
    command
        .env("LD_PRELOAD", library)
        .env(FAULTS, at.beside("faults"));
    command
}

pub(crate) fn set(faults: &str) {
    let file = std::env::var_os(FAULTS).expect("the file of faults");
    fs::write(file, faults).expect("it is set");
}

#[tokio::test]
async fn fails_and_goes_on() {
    let Some(path) = child::store() else { return };
    set("");
    let store = Store::open(path, Options::default()).expect("it opens");
    let flow = flow(&store).await;
    let trace = emitted(&store, flow).await;
    let mut revision = 0;
    let disk_is_full = |error: &StoreError| *error == StoreError::Full;
    let io_fails = |error: &StoreError| matches!(error, StoreError::Io { .. });
    for (faults, is_expected) in [
        ("write 28", disk_is_full as fn(&StoreError) -> bool),
        ("write 5", io_fails),
        ("sync 5", io_fails),
        ("sync 28", io_fails),
    ] {
        set(faults);
        for _ in 0..3 {
            let refused = store
                .commit(step(trace, flow, revision, entries(&["no"])))
                .await;
            let error = refused.expect_err(faults);
            assert!(is_expected(&error), "{faults}: {error}");
        }
        assert_eq!(loaded(&store, trace).await.revision, revision);
        set("");
        let text = format!("after {faults}");
        store
            .commit(step(trace, flow, revision, whole(&text)))
            .await
            .expect(&text);
        revision += 1;
        let found = loaded(&store, trace).await;
        assert_eq!(
            (found.frontier, found.journal),
            (Some(text.into_bytes()), Vec::new())
        );
    }
    Acknowledged {
        id: trace.id,
        revision,
    }
    .say();
    // As by a kill, so that the log is read again.
    std::process::abort();
}

#[tokio::test]
async fn a_full_disk_and_failing_writes_are_errors_and_work_goes_on_when_they_are_gone() {
    let at = At::new();
    let Some(library) = library(&at) else { return };
    let mut child = command("system_faults::fails_and_goes_on", &at, &library);
    let mut child = child.stderr(Stdio::piped()).spawn().expect("it starts");
    let known = child::listen(&mut child, usize::MAX);
    let output = child.wait_with_output().expect("it has ended");
    let [known] = known[..] else {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    };
    let store = at.open();
    let found = store
        .load(known.id)
        .await
        .expect("it is read")
        .expect("it is there");
    assert_eq!(
        (found.revision, found.frontier),
        (4, Some(b"after sync 28".to_vec()))
    );
    assert_eq!(
        store.history(known.id).await,
        Ok(b"step 0\nstep 1\nstep 2\nstep 3\n".to_vec())
    );
}

#[tokio::test]
async fn writes_what_may_be_torn() {
    let Some(path) = child::store() else { return };
    let store = Store::open(path, Options::default()).expect("it opens");
    let flow = flow(&store).await;
    script::run(&store, flow, "torn")
        .await
        .expect("all is stored");
    // The log goes into the file, where a write may be torn, too.
    store.close().await;
}

#[tokio::test]
async fn a_torn_write_leaves_what_was_acknowledged_and_nothing_half() {
    let at = At::new();
    let Some(library) = library(&at) else { return };
    let mut torn = 0;
    // Writes of the opening, of the log, and of the file itself.
    for nth in 0.. {
        let at = At::new();
        fs::write(at.beside("faults"), format!("tear {nth}")).expect("it is set");
        let mut child = command("system_faults::writes_what_may_be_torn", &at, &library);
        let mut child = child.spawn().expect("it starts");
        let known = child::listen(&mut child, usize::MAX);
        let ended = child.wait().expect("it has ended");
        let store = at.open();
        let flow = flow(&store).await;
        for known in known {
            script::check(&store, flow, known).await;
        }
        let trace = store
            .emit(keyed(flow, "torn"))
            .await
            .expect("it is emitted");
        script::check(
            &store,
            flow,
            Acknowledged {
                id: trace.id,
                revision: 0,
            },
        )
        .await;
        if ended.success() {
            break;
        }
        assert_eq!(ended.code(), Some(77), "{ended}");
        torn += 1;
    }
    assert!(torn > 30, "{torn} writes");
}
