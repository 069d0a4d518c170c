//! Bounds the stack that nested flows take: each is polled inside the visit that runs or calls it,
//! and a stack that is used up ends the process.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::ptr;
use std::task::{Context, Poll};

use crate::error::{ErrorKind, FlowError};
use crate::graph::Topology;
use crate::message::Envelope;

/// Half of what threads of tokio and of std have unless set otherwise. The rest is for what runs
/// around the outermost flow and inside the innermost.
const MOST: usize = 1 << 20;

thread_local! {
    /// The flows that this thread polls, each inside the one before.
    static NESTED: Cell<Nested> = const { Cell::new(Nested { flows: 0, from: 0 }) };
}

#[derive(Clone, Copy)]
struct Nested {
    flows: usize,
    /// Where the outermost one is polled.
    from: usize,
}

/// A flow that is polled, until this is dropped.
pub(super) struct Counted {
    around: Nested,
}

impl Counted {
    #[inline]
    pub(super) fn begin() -> Self {
        let around = NESTED.get();
        let from = match around.flows {
            0 => here(),
            _ => around.from,
        };
        let flows = around.flows + 1;
        NESTED.set(Nested { flows, from });
        Self { around }
    }
}

impl Drop for Counted {
    #[inline]
    fn drop(&mut self) {
        NESTED.set(self.around);
    }
}

pin_project_lite::pin_project! {
    /// The future of a flow, which counts as one while it is polled.
    pub(super) struct CountedFlow<T> {
        #[pin]
        run: T,
    }
}

pub(super) fn counted<T>(run: T) -> CountedFlow<T> {
    CountedFlow { run }
}

impl<T: Future> Future for CountedFlow<T> {
    type Output = T::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T::Output> {
        let _counted = Counted::begin();
        self.project().run.poll(cx)
    }
}

/// Whether the flow that this thread polls has room for a further one.
///
/// # Errors
///
/// Of kind `BudgetExhausted` if it has none.
#[inline]
pub(crate) fn check<F: Topology>(envelope: &Envelope) -> Result<(), FlowError> {
    let nested = NESTED.get();
    match nested.flows > 1 && nested.from.abs_diff(here()) > MOST {
        true => Err(too_deep::<F>(nested.flows, envelope)),
        false => Ok(()),
    }
}

#[cold]
fn too_deep<F: Topology>(flows: usize, envelope: &Envelope) -> FlowError {
    let name = F::GRAPH.name;
    let reason = format!(
        "`{name}` would run {flows} flows deep, and those around it have taken the 1 MiB of the \
         thread's stack that flows in flows may take: make the recursion a loop, `step -> step`, \
         which `hops` bounds, or let a part of it run in a task of its own"
    );
    FlowError::new(ErrorKind::BudgetExhausted, envelope, reason)
}

/// A place on the stack, as a number that nothing is done with but to count from it.
#[inline(never)]
fn here() -> usize {
    let marker = 0_u8;
    ptr::from_ref(&marker).addr()
}
