//! How much of the thread's stack calls in calls have taken: each is polled inside the one that it
//! is in, and a stack that is used up ends the process.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::ptr;

/// Half of what threads of tokio and of std have unless told otherwise. The rest is for what runs
/// around the outermost call and inside the innermost.
const MOST: usize = 1 << 20;

thread_local! {
    /// Where the outermost call began that this thread polls.
    static OUTERMOST: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Runs what is called.
pub(super) async fn count<T>(called: impl Future<Output = T>) -> T {
    let mut called = pin!(called);
    poll_fn(|cx| {
        let _counted = Counted::begin();
        called.as_mut().poll(cx)
    })
    .await
}

/// Whether the calls that this thread polls leave no room for a further one.
pub(super) fn is_used_up() -> bool {
    OUTERMOST
        .get()
        .is_some_and(|from| from.abs_diff(here()) > MOST)
}

/// A place on the stack, as a number that nothing is done with but to count from it.
#[inline(never)]
fn here() -> usize {
    let marker = 0_u8;
    ptr::from_ref(&marker).addr()
}

struct Counted {
    before: Option<usize>,
}

impl Counted {
    fn begin() -> Self {
        let before = OUTERMOST.get();
        if before.is_none() {
            OUTERMOST.set(Some(here()));
        }
        Self { before }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        OUTERMOST.set(self.before);
    }
}
