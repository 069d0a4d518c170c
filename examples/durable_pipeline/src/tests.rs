use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use penguiflow::prelude::*;
use tempfile::TempDir;

use crate::nodes::{LONG, Settings, read, write};
use crate::pipeline::Indexing;

/// A folder with a text of this many words.
fn text(words: usize) -> (TempDir, PathBuf) {
    let place = tempfile::tempdir().expect("a folder");
    let file = place.path().join("krill.md");
    fs::write(&file, "krill ".repeat(words)).expect("a folder of our own");
    (place, file)
}

fn flow(place: &Path) -> Flow<Indexing, Settings> {
    Indexing::flow().with_state(Settings {
        out: place.to_owned(),
        pace: Duration::from_millis(1),
    })
}

fn index(place: &TempDir) -> Option<serde_json::Value> {
    let json = fs::read(place.path().join("krill.json")).ok()?;
    serde_json::from_slice(&json).ok()
}

#[tokio::test(start_paused = true)]
async fn a_text_is_indexed_by_its_passages() {
    let (place, file) = text(100);
    let said = flow(place.path())
        .run(file)
        .await
        .expect("it can be written");
    assert!(said.starts_with("   100 words  "), "{said}");
    let index = index(&place).expect("it is written");
    assert_eq!(
        (&index["file"], &index["words"]),
        (&"krill.md".into(), &100.into())
    );
}

#[tokio::test(start_paused = true)]
async fn a_long_text_is_written_once_it_is_approved() {
    for (approved, end) in [(true, "krill.json"), (false, "krill.md was left out")] {
        let (place, file) = text(LONG + 1);
        let flow = flow(place.path());
        let mut parkings = flow.parkings();
        let run = tokio::spawn(flow.clone().run_owned(file));
        let parked = parkings.next().await.expect("the flow is there");
        flow.resume(parked.trace_id, approved)
            .await
            .expect("it waits");
        let said = run.await.expect("no panic").expect("no node fails");
        assert!(said.ends_with(end), "{said}");
        assert_eq!(index(&place).is_some(), approved);
    }
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_fails_once_is_tried_again() {
    let (place, file) = text(10);
    let busy = || io::Error::other("busy");
    let flow = flow(place.path())
        .script::<read>(|node| node.fails(busy))
        .script::<write>(|node| node.fails(busy));
    flow.run(file).await.expect("the second attempts succeed");
    assert!(index(&place).is_some());
}

#[tokio::test]
async fn an_empty_text_has_no_index() {
    let (place, file) = text(0);
    let error = flow(place.path()).run(file).await;
    let error = error.expect_err("there is nothing to index");
    assert_eq!(error.kind(), ErrorKind::Filtered);
}
