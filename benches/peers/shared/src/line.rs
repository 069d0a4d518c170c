//! A line of three nodes that is awaited, and the works that follow from it.

use std::fmt::Debug;
use std::sync::Arc;

use harness::nodes::{self, Docs, Prompt, Question, Triaged};
use harness::{Figure, IN_FLIGHT, Sample};
use futures_util::StreamExt;
use futures_util::stream;
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
    Computing retrieve_computing false
}

/// A peer's line of three nodes.
pub trait Line: Sized + Send + Sync + 'static {
    /// What is built once, before anything is measured.
    fn build() -> impl Future<Output = Self> + Send;

    /// Awaits one question.
    fn answer(&self, question: Question) -> impl Future<Output = Prompt> + Send;
}

/// The works that follow from a line, whose type has its middle node as parameter; all but that of
/// futures that are held, which actors have none of.
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
            .can(
                harness::Work::Cores(1),
                $crate::cores::<$line<$crate::Computing>>,
            )
            .can(
                harness::Work::Cores(2),
                $crate::cores::<$line<$crate::Computing>>,
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

/// Questions in one task, so many at once: the peers have no streams of their own, and this is
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
    spawned::<L>(sample, sample.count as usize).await
}

/// A task per question, so many at once, as the middle node computes.
pub async fn cores<L: Line>(sample: Sample) -> Figure {
    spawned::<L>(sample, IN_FLIGHT).await
}

async fn spawned<L: Line>(sample: Sample, in_flight: usize) -> Figure {
    let line = &Arc::new(L::build().await);
    let stream = |count| async move {
        let mut tasks = JoinSet::new();
        let mut answered = 0;
        for id in 0..count {
            if tasks.len() == in_flight {
                answered += u64::from(tasks.join_next().await.is_some_and(|task| task.is_ok()));
            }
            tasks.spawn(task(line, id));
        }
        answered + tasks.join_all().await.len() as u64
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

/// Futures of questions, none of which ends.
pub async fn memory_held<L: Line>(sample: Sample) -> Figure {
    let line = &L::build().await;
    sample.held(|question| line.answer(question)).await
}
