//! The settings of a flow, and what a started flow has of them.

use std::sync::Arc;

use super::Flow;
use crate::event::Observer;
use crate::graph::Topology;
use crate::message::KeepInput;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// How many traces may be in flight.
    pub(crate) capacity: usize,
    /// How many results may wait to be fetched before traces wait to hand theirs over.
    pub(crate) backlog: usize,
    /// Whether results come in the order of the emits.
    pub(crate) ordered: bool,
    /// Whether traces that gave no output have a result, too.
    pub(crate) filtered: bool,
    /// Whether traces that never wait are timed, too.
    pub(crate) timed: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            capacity: 64,
            backlog: 1024,
            ordered: false,
            filtered: false,
            timed: false,
        }
    }
}

impl<F: Topology, S> Flow<F, S> {
    /// Sets how many traces a started flow may have in flight: beyond it, `emit` waits.
    /// 64 unless set; 0 counts as 1.
    #[must_use]
    pub fn capacity(mut self, traces: usize) -> Self {
        self.settings.capacity = traces.max(1);
        self
    }

    /// Sets how many results a started flow keeps for `fetch`: beyond it, traces that
    /// are done wait in flight until one is fetched. 1,024 unless set; 0 counts as 1.
    /// After `stop` it no longer counts.
    #[must_use]
    pub fn backlog(mut self, results: usize) -> Self {
        self.settings.backlog = results.max(1);
        self
    }

    /// Sets how many rounds of its loops a trace may take, unless its message sets it: with
    /// `hops(n)` a loop's body runs at most n times. 8 unless set; 0 counts as 1.
    #[must_use]
    pub fn hops(mut self, rounds: u32) -> Self {
        Arc::make_mut(&mut self.context).budgets.hops = rounds;
        self
    }

    /// Sets how many tokens a trace may spend, unless its message sets it: see
    /// [`Ctx::spend_tokens`](crate::Ctx::spend_tokens). No limit unless set.
    #[must_use]
    pub fn tokens(mut self, budget: u64) -> Self {
        Arc::make_mut(&mut self.context).budgets.tokens = Some(budget);
        self
    }

    /// Makes a started flow return its results in the order of the emits, whatever the
    /// order in which traces end.
    #[must_use]
    pub fn ordered(mut self) -> Self {
        self.settings.ordered = true;
        self
    }

    /// Lets a started flow give out a result for traces that ended in `None` on every path, too: an error
    /// of kind `Filtered`, with the trace's id. Unless set, `fetch` passes them over.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn even(n: u32) -> Option<u32> {
    ///     n.is_multiple_of(2).then_some(n)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let running = flow! { even }.filtered().start();
    /// let id = running.emit(3).await?;
    /// let error = running.fetch().await.expect("it is over").unwrap_err();
    /// assert_eq!((error.kind(), error.trace_id()), (ErrorKind::Filtered, id));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn filtered(mut self) -> Self {
        self.settings.filtered = true;
        self
    }

    /// Times every trace of a started flow: a result of `fetch` reports in
    /// [`Message::elapsed`](crate::Message::elapsed) how long its trace took, also if the trace never
    /// waited and nobody observes it. One reading of the clock for each trace.
    ///
    /// ```
    /// use penguiflow::prelude::*;
    /// use std::time::Duration;
    ///
    /// #[node]
    /// async fn double(n: u32) -> u32 {
    ///     n * 2
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let running = flow! { double }.timed().start();
    /// running.emit(3).await?;
    /// let doubled = running.fetch().await.expect("it has a result")?;
    /// assert!(doubled.elapsed > Duration::ZERO);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn timed(mut self) -> Self {
        self.settings.timed = true;
        self
    }

    /// Keeps a copy of each message's payload while its trace runs, so that the error of one that fails
    /// gives it back: [`FlowError::into_input`](crate::FlowError::into_input).
    #[must_use]
    pub fn keep_inputs(mut self) -> Self
    where
        F::In: Clone,
    {
        self.keep = Some(KeepInput::cloned::<F::In>());
        self
    }

    /// Shows payloads to those who look at a flow: those of parked traces, by
    /// [`Parked::payload`](crate::Parked::payload) and `payload_json`. Payloads that can be cloned and
    /// are `Sync` are shown; others wait unseen, at no cost.
    ///
    /// With the feature `payloads`, the [events](crate::Event) of a node also show what it takes and passes
    /// on, as far as that is `Serialize`. This is written where the node runs, and only if somebody
    /// listens.
    ///
    /// A payload that is shown waits in an `Arc`. The trace takes it back when it goes on, or a clone of
    /// it while somebody still holds the [`Parked`](crate::Parked).
    ///
    /// ```
    /// use penguiflow::prelude::*;
    ///
    /// #[node]
    /// async fn draft(topic: String) -> String {
    ///     format!("On {topic}")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let flow = flow! { draft -> await bool }.show_payloads();
    /// let mut parkings = flow.parkings();
    /// let running = flow.start();
    /// running.emit("penguins".to_owned()).await?;
    /// let parked = parkings.next().await.expect("the flow is there");
    /// assert_eq!(parked.payload::<String>().as_deref(), Some("On penguins"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn show_payloads(mut self) -> Self {
        Arc::make_mut(&mut self.context).shows_payloads = true;
        self
    }

    /// Adds an observer, which receives all events on a thread of its own.
    #[must_use]
    pub fn observe(mut self, observer: impl Observer) -> Self {
        Arc::make_mut(&mut self.context).observers.add(observer);
        self
    }
}
