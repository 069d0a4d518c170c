//! The functions that all subjects run, and what goes through them. The text of a question is
//! moved along and never copied on a line.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

const TEXT: &str = "how are retries configured when a server is slow?";
const SEED: u64 = 0xcbf2_9ce4_8422_2325;

/// What goes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its number.
    pub id: u64,
    /// What is asked.
    pub text: String,
}

/// What `triage` makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triaged {
    /// The question's number.
    pub id: u64,
    /// How many words it has.
    pub words: u32,
    /// The question.
    pub text: String,
}

/// What `retrieve` makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Docs {
    /// The question's number.
    pub id: u64,
    /// How many words it has.
    pub words: u32,
    /// Which document fits best.
    pub best: u64,
    /// The question.
    pub text: String,
}

/// What comes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// The question's number.
    pub id: u64,
    /// How long the prompt is.
    pub tokens: u32,
    /// The question.
    pub text: String,
}

impl Question {
    /// The question of a number: one allocation.
    #[inline]
    pub fn new(id: u64) -> Self {
        Self {
            id,
            text: black_box(TEXT).to_owned(),
        }
    }
}

/// What goes round in a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// How many hops are left.
    pub left: u32,
    /// What was seen on the way.
    pub digest: u64,
}

impl Walk {
    /// A walk of [`HOPS`](crate::HOPS) hops.
    #[inline]
    pub fn new(id: u64) -> Self {
        Self {
            left: crate::HOPS,
            digest: id,
        }
    }
}

/// Counts the words.
pub async fn triage(question: Question) -> Triaged {
    let spaces = question.text.bytes().filter(|&byte| byte == b' ').count();
    Triaged {
        id: question.id,
        words: spaces as u32 + 1,
        text: question.text,
    }
}

/// Looks for the document that fits best.
pub async fn retrieve(triaged: Triaged) -> Docs {
    Docs {
        id: triaged.id,
        words: triaged.words,
        best: digest(&triaged.text, 16),
        text: triaged.text,
    }
}

/// Says how long the prompt is.
pub async fn pack(docs: Docs) -> Prompt {
    Prompt {
        id: docs.id,
        tokens: docs.words + (docs.best % 100) as u32 + docs.text.len() as u32 / 4,
        text: docs.text,
    }
}

/// [`retrieve`], which waits for 10 ms.
pub async fn retrieve_slowly(triaged: Triaged) -> Docs {
    tokio::time::sleep(Duration::from_millis(10)).await;
    retrieve(triaged).await
}

static WAITING: AtomicU64 = AtomicU64::new(0);

/// [`retrieve`], which waits for an hour.
pub async fn retrieve_never(triaged: Triaged) -> Docs {
    WAITING.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    retrieve(triaged).await
}

/// How many wait in [`retrieve_never`].
pub(crate) fn waiting() -> u64 {
    WAITING.load(Ordering::Relaxed)
}

/// [`retrieve`], which computes for about 20 µs and awaits nothing.
pub async fn retrieve_computing(triaged: Triaged) -> Docs {
    let best = (0..250).fold(SEED, |best, _| hash(best, triaged.text.as_bytes()));
    let docs = retrieve(triaged).await;
    Docs { best, ..docs }
}

/// One of the eight branches of a broadcast, given a copy of what `triage` made.
pub async fn branch(triaged: Triaged) -> u64 {
    digest(&triaged.text, 32)
}

/// Where the eight branches meet.
pub async fn sum(branches: [u64; crate::BRANCHES]) -> u64 {
    branches.into_iter().fold(0, u64::wrapping_add)
}

/// One hop of a loop: a walk of a hundred hops runs it a hundred times.
pub async fn hop(walk: Walk) -> ControlFlow<u64, Walk> {
    let digest = hash(walk.digest, &walk.left.to_le_bytes());
    match black_box(walk.left) {
        0 | 1 => ControlFlow::Break(digest),
        left => ControlFlow::Continue(Walk {
            left: left - 1,
            digest,
        }),
    }
}

/// The list that a map is given.
pub async fn list(first: u64) -> Vec<u64> {
    (first..first + crate::ITEMS).collect()
}

/// What a map does with an item.
pub async fn item(number: u64) -> u64 {
    black_box(number).wrapping_mul(3)
}

/// [`item`], which waits for 1 ms.
pub async fn item_slowly(number: u64) -> u64 {
    tokio::time::sleep(Duration::from_millis(1)).await;
    item(number).await
}

/// A trivial node.
pub async fn step(number: u64) -> u64 {
    black_box(number) + 1
}

/// Of that many first bytes.
#[inline]
fn digest(text: &str, length: usize) -> u64 {
    hash(SEED, &text.as_bytes()[..text.len().min(length)])
}

/// FNV-1a, from where another one has ended.
#[inline]
fn hash(digest: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(digest, |digest, &byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
