//! A script: what the next attempts of a node do in its place, one entry for each.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::node::{Attempt, Node, Returns};

/// What the next attempts of a node do, written by [`Flow::script`](crate::Flow::script). Each attempt
/// takes the next entry. After the last one, the node itself runs, or its stub if it has one.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[derive(Debug)]
/// struct Busy;
/// # impl std::fmt::Display for Busy {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
/// #         f.write_str("busy")
/// #     }
/// # }
/// # impl std::error::Error for Busy {}
///
/// #[node(timeout = "2s", retries = 3, backoff = "1ms")]
/// async fn retrieve(question: &str) -> Result<String, Busy> {
///     Ok(format!("what is known of {question}"))
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), FlowError> {
/// // Two attempts fail, the third one times out, and the fourth is the node's own.
/// let flow = flow! { retrieve }
///     .script::<retrieve>(|node| node.fails(|| Busy).times(2).hangs());
/// assert_eq!(flow.run("krill".to_owned()).await?, "what is known of krill");
/// # Ok(())
/// # }
/// ```
#[must_use = "a script is given to `Flow::script`, which keeps the one that is returned"]
pub struct Script<N: Node> {
    entries: Vec<Entry<N>>,
    next: AtomicUsize,
    repeats_last: bool,
}

/// What one or several attempts do.
struct Entry<N: Node> {
    times: usize,
    act: Act<N>,
}

/// What an attempt does in its node's place.
pub(crate) enum Act<N: Node> {
    /// The node runs, or its stub, after this time.
    Run(Duration),
    /// These chunks are sent, and then it ends.
    End(Vec<String>, Ending<N>),
}

/// How an attempt ends.
pub(crate) enum Ending<N: Node> {
    /// With what the node returns.
    Return(Box<dyn Fn() -> Attempt<N> + Send + Sync>),
    /// With a panic.
    Panic(String),
    /// Never by itself.
    Hang,
}

impl<N: Node> Script<N> {
    pub(crate) fn new() -> Self {
        Self {
            entries: Vec::new(),
            next: AtomicUsize::new(0),
            repeats_last: false,
        }
    }

    /// The next attempt never ends by itself: the node's timeout, its `idle` or the deadline cuts it.
    pub fn hangs(self) -> Self {
        self.hangs_after([""; 0])
    }

    /// The next attempt sends these chunks, and then never ends by itself.
    pub fn hangs_after<C: Into<String>>(self, chunks: impl IntoIterator<Item = C>) -> Self {
        self.ends(chunks, Ending::Hang)
    }

    /// The next attempt panics with this message.
    pub fn panics(self, message: impl Into<String>) -> Self {
        self.ends([""; 0], Ending::Panic(message.into()))
    }

    /// The next attempt is the node's own, or its stub's, after this time. The time counts for the
    /// node's timeout.
    pub fn delays(self, time: Duration) -> Self {
        self.then(Act::Run(time))
    }

    /// The next attempt is the node's own, or its stub's.
    pub fn runs(self) -> Self {
        self.delays(Duration::ZERO)
    }

    /// The last entry holds for this many attempts in all.
    ///
    /// # Panics
    ///
    /// If there is no entry yet.
    #[track_caller]
    pub fn times(mut self, attempts: usize) -> Self {
        let last = self.entries.last_mut();
        last.expect("`times` follows an entry of the script").times = attempts;
        self
    }

    /// The last entry holds for all further attempts.
    ///
    /// # Panics
    ///
    /// If there is no entry yet.
    #[track_caller]
    pub fn forever(mut self) -> Self {
        let last = self.entries.last_mut();
        last.expect("`forever` follows an entry of the script")
            .times = 1;
        self.repeats_last = true;
        self
    }

    fn ends<C: Into<String>>(self, chunks: impl IntoIterator<Item = C>, ending: Ending<N>) -> Self {
        let chunks = chunks.into_iter().map(Into::into).collect();
        self.then(Act::End(chunks, ending))
    }

    #[track_caller]
    fn then(mut self, act: Act<N>) -> Self {
        assert!(
            !self.repeats_last,
            "an entry after `forever` is never reached"
        );
        self.entries.push(Entry { times: 1, act });
        self
    }

    /// What the next attempt does; none after the last entry.
    pub(crate) fn next(&self) -> Option<&Act<N>> {
        let mut at = self.next.fetch_add(1, Ordering::Relaxed);
        for entry in &self.entries {
            if at < entry.times {
                return Some(&entry.act);
            }
            at -= entry.times;
        }
        let last = self.entries.last().filter(|_| self.repeats_last)?;
        Some(&last.act)
    }
}

impl<N: Returns> Script<N> {
    /// The next attempt returns what the closure returns: a value of the type that the node returns.
    pub fn returns(self, value: impl Fn() -> N::Return + Send + Sync + 'static) -> Self {
        let value = move || N::split(value());
        self.ends([""; 0], Ending::Return(Box::new(value)))
    }

    /// The next attempt fails with the error that the closure returns: one of the node's own type.
    pub fn fails<E>(self, error: impl Fn() -> E + Send + Sync + 'static) -> Self
    where
        N::Return: FailsWith<E>,
    {
        self.breaks_after([""; 0], error)
    }

    /// The next attempt sends these chunks, and then fails with the error that the closure returns.
    pub fn breaks_after<C, E>(
        self,
        chunks: impl IntoIterator<Item = C>,
        error: impl Fn() -> E + Send + Sync + 'static,
    ) -> Self
    where
        C: Into<String>,
        N::Return: FailsWith<E>,
    {
        let failure = move || N::split(N::Return::failing(error()));
        self.ends(chunks, Ending::Return(Box::new(failure)))
    }
}

/// A type that a node returns, with errors of this type.
#[diagnostic::on_unimplemented(
    message = "the node does not fail with `{E}`: it returns `{Self}`",
    label = "not the node's error",
    note = "a script fails with the node's own error; a node that returns no `Result` can `panics(…)` or `hangs()`"
)]
pub trait FailsWith<E> {
    /// A failure.
    #[doc(hidden)]
    fn failing(error: E) -> Self;
}

impl<T, E> FailsWith<E> for Result<T, E> {
    fn failing(error: E) -> Self {
        Err(error)
    }
}

impl<N: Node> std::fmt::Debug for Script<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let left = self.entries.iter().map(|entry| entry.times).sum::<usize>();
        f.debug_struct("Script")
            .field("node", &N::INFO.name)
            .field("attempts", &left)
            .field("repeats_last", &self.repeats_last)
            .finish()
    }
}
