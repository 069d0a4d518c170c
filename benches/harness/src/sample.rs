//! The loops that measure: one process measures one sample.

use std::future::poll_fn;
use std::hint::black_box;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Runtime};

use crate::clock::Clock;
use crate::memory::resident;
use crate::nodes::waiting;
use crate::{Flavour, Question, Unit, Work};

/// What is to be measured.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// What is done.
    pub work: Work,
    /// In which runtime.
    pub flavour: Flavour,
    /// On how many messages.
    pub count: u64,
    pub(crate) clock: Clock,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What it counts.
    pub unit: Unit,
    /// The figure.
    pub value: f64,
}

impl Sample {
    /// Awaits `call` on one message at a time, each made by `make` from its number.
    ///
    /// A call checks that it has succeeded. It counts as one message, whatever the work's
    /// figure is for: hops, items and nodes are divided here.
    pub async fn awaited<I, F: Future>(
        self,
        make: impl Fn(u64) -> I,
        call: impl Fn(I) -> F,
    ) -> Figure {
        for id in 0..(self.count / 10).max(1) {
            black_box(call(black_box(make(id))).await);
        }
        let began = self.clock.now();
        for id in 0..self.count {
            black_box(call(black_box(make(id))).await);
        }
        let seconds = self.clock.now() - began;
        self.figure(seconds * 1e9 / (self.count * self.work.parts()) as f64)
    }

    /// Has `stream` take so many messages through, which returns how many have come out: as
    /// many as went in.
    pub async fn streamed<F>(self, stream: impl Fn(u64) -> F) -> Figure
    where
        F: Future<Output = u64>,
    {
        let warm_up = (self.count / 10).max(1);
        assert_eq!(stream(warm_up).await, warm_up);
        let began = self.clock.now();
        assert_eq!(stream(self.count).await, self.count);
        let seconds = self.clock.now() - began;
        self.figure(match self.work.unit() {
            Unit::Milliseconds => seconds * 1e3,
            Unit::PerSecond => self.count as f64 / seconds,
            _ => seconds * 1e9 / self.count as f64,
        })
    }

    /// Has `start` send off so many messages, all of which end up in
    /// [`retrieve_never`](crate::nodes::retrieve_never), and keeps what it returns meanwhile.
    pub async fn waiting<F: Future>(self, start: impl FnOnce(u64) -> F) -> Figure {
        let start = |count| async move {
            let held = start(count).await;
            while waiting() < count {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            held
        };
        self.grown(start).await
    }

    /// By how much the memory grows until `start` has brought so many messages to where they
    /// wait; what it returns is kept meanwhile.
    pub async fn grown<F: Future>(self, start: impl FnOnce(u64) -> F) -> Figure {
        let before = resident();
        let held = start(self.count).await;
        let grown = resident().saturating_sub(before);
        drop(held);
        self.figure(grown as f64 / self.count as f64)
    }

    /// [`waiting`](Self::waiting), of futures that are merely held, each in a box of its own.
    pub async fn held<F: Future>(self, call: impl Fn(Question) -> F) -> Figure {
        let start = |count| async move {
            let mut held: Vec<_> = (0..count)
                .map(|id| Box::pin(call(Question::new(id))))
                .collect();
            poll_fn(|context| {
                let mut futures = held.iter_mut().map(Pin::as_mut);
                assert!(futures.all(|future| future.poll(context).is_pending()));
                Poll::Ready(())
            })
            .await;
            held
        };
        self.waiting(start).await
    }

    /// A figure in the unit of the work.
    pub fn figure(self, value: f64) -> Figure {
        Figure {
            unit: self.work.unit(),
            value,
        }
    }

    /// The runtime that the sample asks for, as `#[tokio::main]` would build it.
    pub fn runtime(self) -> Runtime {
        let mut builder = match self.flavour {
            Flavour::Current => Builder::new_current_thread(),
            Flavour::Multi => Builder::new_multi_thread(),
        };
        if let Some(workers) = self.work.workers() {
            builder.worker_threads(workers);
        }
        builder
            .enable_all()
            .build()
            .expect("a runtime can be built")
    }
}
