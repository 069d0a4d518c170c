//! The nodes. What they make is plain data, which the store keeps between two of them.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use handbook::split;
use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::fs;

/// From how many words on a text needs an approval.
pub(crate) const LONG: usize = 3000;

/// The settings of the pipeline.
#[derive(Clone, FromRef)]
pub(crate) struct Settings {
    pub(crate) out: PathBuf,
    pub(crate) pace: Duration,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Text {
    name: String,
    text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Section {
    file: String,
    title: String,
    text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    file: String,
    title: String,
    words: usize,
}

/// The index of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Page {
    pub(crate) file: String,
    pub(crate) words: usize,
    entries: Vec<Entry>,
}

#[node(retries = 2)]
pub(crate) async fn read(path: &PathBuf) -> io::Result<Text> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Text {
        name: name.into_owned(),
        text: fs::read_to_string(path).await?,
    })
}

#[node]
pub(crate) async fn cut(text: Text) -> Vec<Section> {
    let passages = split(&text.name, &text.text).into_iter();
    let sections = passages.map(|passage| Section {
        file: text.name.clone(),
        title: passage.heading,
        text: passage.text,
    });
    sections.collect()
}

/// It takes a while, so that there is something to kill.
#[node]
pub(crate) async fn measure(section: Section, State(pace): State<Duration>) -> Entry {
    tokio::time::sleep(pace).await;
    Entry {
        words: section.text.split_whitespace().count(),
        file: section.file,
        title: section.title,
    }
}

#[node]
pub(crate) async fn gather(entries: Vec<Entry>) -> Option<Page> {
    Some(Page {
        file: entries.first()?.file.clone(),
        words: entries.iter().map(|entry| entry.words).sum(),
        entries,
    })
}

/// Runs at least once. A file that is written under another name first, and then renamed, is there whole
/// or not at all, and the second time changes nothing.
#[node(retries = 2)]
pub(crate) async fn write(page: Page, ctx: Ctx, State(out): State<PathBuf>) -> io::Result<String> {
    let draft = out.join(ctx.idempotency_key());
    let path = out.join(&page.file).with_extension("json");
    fs::write(&draft, serde_json::to_vec_pretty(&page)?).await?;
    fs::rename(&draft, &path).await?;
    Ok(format!("{:>6} words  {}", page.words, path.display()))
}

/// Nobody wants the index of this text.
#[node]
pub(crate) async fn leave_out((page, _): (Page, bool)) -> String {
    format!("{:>6} words  {} was left out", page.words, page.file)
}
