//! A line of three nodes that is awaited, and the works that follow from it.

use std::fmt::Debug;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream;
use harness::nodes::{self, Docs, Prompt, Question, Triaged};
use harness::{Figure, IN_FLIGHT, Sample};
use tokio::task::JoinSet;

use crate::{by_hand, checked};

/// What the middle node of a line does.
pub trait Retrieve: Clone + Copy + Debug + Default + Send + Sync + 'static {
    /// Whether it waits, so that an actor had better not stand still meanwhile.
    const WAITS: bool;

    /// Awaits the function.
    fn retrieve(triaged: Triaged) -> impl Future<Output = Docs> + Send;
}

macro_rules! retrieve {
    ($($name:ident $node:ident $waits:literal)*) => { $(
        #[doc = concat!("[`", stringify!($node), "`](nodes::", stringify!($node), ")")]
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $name;

        impl Retrieve for $name {
            const WAITS: bool = $waits;

            #[inline]
            fn retrieve(triaged: Triaged) -> impl Future<Output = Docs> + Send {
                nodes::$node(triaged)
            }
        }
    )* };
}

retrieve! {
    Quickly retrieve false
    Slowly retrieve_slowly true
    Never retrieve_never true
}

/// A peer's line of three nodes.
pub trait Line: Sized + Send + Sync + 'static {
    /// What is built once, before anything is measured.
    fn build() -> impl Future<Output = Self> + Send;

    /// Awaits one question.
    fn answer(&self, question: Question) -> impl Future<Output = Prompt> + Send;
}

/// The works that follow from a line, whose type has its middle node as parameter.
#[macro_export]
macro_rules! lines {
    ($subject:expr, $line:ident) => {
        $subject
            .can(
                harness::Work::Line,
                $crate::streamed::<$line<$crate::Quickly>>,
            )
            .can(
                harness::Work::Request,
                $crate::request::<$line<$crate::Quickly>>,
            )
            .can(harness::Work::Waits, $crate::waits::<$line<$crate::Slowly>>)
            .can(
                harness::Work::Memory,
                $crate::memory::<$line<$crate::Never>>,
            )
    };
}

/// One question at a time.
pub async fn request<L: Line>(sample: Sample) -> Figure {
    let line = &L::build().await;
    checked(
        sample,
        Question::new,
        |question| line.answer(question),
        by_hand::line,
    )
    .await
}

/// Questions in one task, that many at once: the peers have no streams of their own, and this is
/// the cheapest way to have one.
pub async fn streamed<L: Line>(sample: Sample) -> Figure {
    let line = &L::build().await;
    let stream = |count| async move {
        let questions = stream::iter((0..count).map(Question::new));
        let prompts = questions.map(|question| line.answer(question));
        prompts.buffer_unordered(IN_FLIGHT).count().await as u64
    };
    sample.streamed(stream).await
}

/// A task per question, all at once.
pub async fn waits<L: Line>(sample: Sample) -> Figure {
    let line = &Arc::new(L::build().await);
    let stream = |count| async move {
        let mut tasks = JoinSet::new();
        for id in 0..count {
            tasks.spawn(task(line, id));
        }
        tasks.join_all().await.len() as u64
    };
    sample.streamed(stream).await
}

fn task<L: Line>(line: &Arc<L>, id: u64) -> impl Future<Output = Prompt> + Send + use<L> {
    let line = Arc::clone(line);
    async move { line.answer(Question::new(id)).await }
}

/// A task per question, none of which ends.
pub async fn memory<L: Line>(sample: Sample) -> Figure {
    let line = &Arc::new(L::build().await);
    let start = |count| async move {
        let mut tasks = JoinSet::new();
        for id in 0..count {
            tasks.spawn(task(line, id));
        }
        tasks
    };
    sample.waiting(start).await
}
