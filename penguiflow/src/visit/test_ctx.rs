//! A context without a flow, for tests that call a node as the function that it is.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::chunk::Chunk;
use super::ctx::{AttemptFacts, Ctx};
use super::flow_context::FlowContext;
use super::link::Link;
use super::streams::{Outlet, Streams};
use crate::graph::{Graph, NodeInfo, Role, TypeName};
use crate::limits::Made;
use crate::message::{Envelope, Headers, Message, StepId, TraceId};
use crate::policy::Policy;

/// The flow that such a context is in, with one node.
static GRAPH: Graph = Graph::new("test", &[NODE], &[], &[0], &[0]);

const NODE: NodeInfo = NodeInfo {
    name: "test",
    policy: Policy::DEFAULT,
    input: TypeName::of::<()>(),
    output: TypeName::of::<()>(),
    exit: None,
    can_end: false,
    file: file!(),
    line: line!(),
    playbook: None,
    is_named: false,
    aliases: &[],
    role: Role::Visit,
    node: TypeName::of::<()>(),
    can_be_retried: false,
    can_be_idle: false,
};

/// Builds contexts for tests that call a node as a function: [`Ctx::for_test`]. It records what
/// nodes do with the contexts that it has built.
///
/// ```
/// use penguiflow::prelude::*;
///
/// #[node(timeout = "2s")]
/// async fn answer(question: &str, ctx: Ctx) -> String {
///     ctx.chunk("thinking").await;
///     ctx.spend_tokens(120);
///     format!("{} asks {question}", ctx.headers().tenant)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let test = Ctx::for_test().headers(Headers::new("acme")).tokens(1000);
/// assert_eq!(answer("why?", test.build()).await, "acme asks why?");
/// assert_eq!(test.chunks()[0].text, "thinking");
/// assert_eq!(test.spent_tokens(), 120);
/// # }
/// ```
#[must_use = "`.build()` makes the context"]
pub struct TestCtx {
    message: Message<()>,
    attempt: u32,
    chunks: Arc<Mutex<Vec<Chunk>>>,
    /// One for each context that was built.
    links: Mutex<Vec<Arc<Link>>>,
}

impl Ctx {
    /// Builds a context for a test that calls a node as a function. Unless the builder is told
    /// otherwise, the headers are empty, the trace id is random, the attempt is the first, and there
    /// is no deadline and no budget.
    ///
    /// A flow that the node calls by [`call`](Self::call) runs as in any visit.
    pub fn for_test() -> TestCtx {
        TestCtx {
            message: Message::new(()),
            attempt: 0,
            chunks: Arc::default(),
            links: Mutex::default(),
        }
    }
}

impl TestCtx {
    /// Sets the headers.
    pub fn headers(mut self, headers: Headers) -> Self {
        self.message = self.message.headers(headers);
        self
    }

    /// Sets the id of the trace.
    pub fn trace_id(mut self, trace_id: TraceId) -> Self {
        self.message = self.message.trace_id(trace_id);
        self
    }

    /// Sets the time that is left, from now on: [`Ctx::remaining`].
    pub fn deadline_in(mut self, time: Duration) -> Self {
        self.message = self.message.deadline_in(time);
        self
    }

    /// Sets the trace's token budget: [`Ctx::tokens_left`].
    pub fn tokens(mut self, budget: u64) -> Self {
        self.message = self.message.tokens(budget);
        self
    }

    /// Sets the number of the attempt, counted from 0.
    pub fn attempt(mut self, number: u32) -> Self {
        self.attempt = number;
        self
    }

    /// Makes the context of one more attempt. Contexts of one builder share the trace and the
    /// visit, so their [idempotency keys](Ctx::idempotency_key) are the same.
    pub fn build(&self) -> Ctx {
        let (_, envelope) = Envelope::of(self.message.clone());
        let chunks = Arc::clone(&self.chunks);
        let outlet = Arc::new(Outlet::new(move |chunk, _| locked(&chunks).push(chunk)));
        let step = StepId::ROOT.child(0);
        let blank = Chunk::blank(envelope.trace_id, NODE.name.to_owned(), step, self.attempt);
        let streams = Arc::new(Streams::new(&outlet, blank));
        let link = Arc::new(Link::new(Some(streams), self.attempt, None, None));
        let spent = self.spent_tokens();
        locked(&self.links).push(Arc::clone(&link));
        let mut flow = FlowContext::of(&GRAPH);
        flow.outlet = Some(outlet);
        Ctx::of(AttemptFacts {
            envelope,
            step,
            node: 0,
            number: self.attempt,
            flow: Arc::new(flow),
            link,
            spent,
            until: None,
            began: Made::now(),
            is_kept: false,
        })
    }

    /// The chunks that were sent so far, in their order. Flows that the node calls send theirs
    /// here, too.
    pub fn chunks(&self) -> Vec<Chunk> {
        locked(&self.chunks).clone()
    }

    /// The tokens that were spent so far.
    pub fn spent_tokens(&self) -> u64 {
        let links = locked(&self.links);
        links
            .iter()
            .fold(0, |sum, link| link.spent().saturating_add(sum))
    }

    /// Lets all contexts know that their attempt was dropped: [`Ctx::is_cancelled`].
    pub fn cancel(&self) {
        locked(&self.links).iter().for_each(|link| link.cancel());
    }
}

fn locked<T>(records: &Mutex<Vec<T>>) -> MutexGuard<'_, Vec<T>> {
    records.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for TestCtx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestCtx")
            .field("trace_id", &self.message.trace_id)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
