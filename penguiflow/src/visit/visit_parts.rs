//! The view that extractors have of an attempt.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::thread;

use tokio::time::Instant;

use super::attempt_seed::{AttemptSeed, OneOfSeveral};
use super::call_order::CallOrder;
use super::chunk::{Chunk, StreamEnd};
use super::ctx::{AttemptFacts, Ctx};
use super::cursor::Cursor;
use super::link::Link;
use super::silence::Silence;
use super::streams::Streams;
use crate::error::Fault;
use crate::limits::Made;
use crate::message::{Headers, TraceId};

/// The view that an extractor has of the attempt that it makes a parameter for.
///
/// The attempt holds it. Dropped before the attempt is complete, it reports to the attempt's
/// contexts that it was cancelled.
pub struct VisitParts<'v, S> {
    pub(crate) cursor: &'v Cursor<'v>,
    pub(crate) state: &'v S,
    pub(crate) index: u32,
    /// None if it is the only attempt, which no policy cuts.
    one_of: Option<&'v OneOfSeveral<'v>>,
    /// Flow values that are made later, by an extractor or by the node, are the visit's own.
    began: Made,
    link: OnceLock<Arc<Link>>,
    /// How it ended, if it did not just stop.
    end: Option<StreamEnd>,
}

impl<'v, S> AttemptSeed<'v, S> {
    /// The attempt begins to extract its parameters.
    #[inline]
    #[must_use]
    pub fn begin(self) -> VisitParts<'v, S> {
        VisitParts {
            cursor: self.cursor,
            state: self.state,
            index: self.index,
            one_of: self.one_of,
            began: Made::now(),
            link: OnceLock::new(),
            end: None,
        }
    }
}

impl<S> VisitParts<'_, S> {
    /// Its number, and when it ends at the latest by the node's policy.
    #[inline]
    pub(crate) fn place(&self) -> (u32, Option<Instant>) {
        match self.one_of {
            Some(one_of) => (one_of.number, one_of.until),
            None => (0, self.set_end()),
        }
    }

    /// When the only attempt ends by a timeout that was set at run time: the attempt begins with this.
    fn set_end(&self) -> Option<Instant> {
        let policy = self.cursor.set_policy(self.index)?;
        Instant::now().checked_add(policy.timeout?)
    }

    /// When it ends at the latest.
    pub(crate) fn end(&self) -> Option<Instant> {
        let (flow, deadline) = (self.cursor.trace.flow, self.cursor.envelope().deadline());
        flow.end(self.place().1, deadline)
    }

    /// The state of the flow.
    pub fn state(&self) -> &S {
        self.state
    }

    /// The message's headers.
    pub fn headers(&self) -> &Headers {
        self.cursor.envelope().headers()
    }

    /// The trace that this visit is part of.
    pub fn trace_id(&self) -> TraceId {
        self.cursor.envelope().trace_id
    }

    /// The node's name in the flow.
    pub fn node(&self) -> &'static str {
        self.cursor.name(self.index)
    }

    /// The number of this attempt: 0 for the first one, 1 for its first retry.
    pub fn attempt(&self) -> u32 {
        self.one_of.map_or(0, |one_of| one_of.number)
    }

    /// The context of this attempt, as nodes are given it.
    pub fn ctx(&self) -> Ctx {
        let cursor = self.cursor;
        let (number, until) = self.place();
        Ctx::of(AttemptFacts {
            envelope: cursor.copy_envelope(),
            step: cursor.id,
            node: self.index,
            number,
            flow: Arc::clone(cursor.trace.flow),
            link: self.link(),
            spent: cursor.trace.spent(),
            until,
            began: self.began,
            is_kept: cursor.trace.is_kept(),
        })
    }

    /// The link between the attempt and its contexts.
    pub(crate) fn link(&self) -> Arc<Link> {
        let link = self.link.get_or_init(|| {
            let outlet = self.cursor.trace.flow.outlet.as_ref();
            let streams = outlet.map(|outlet| Arc::new(Streams::new(outlet, self.blank_chunk())));
            let (order, silence) = (self.call_order(), self.silence());
            Arc::new(Link::new(streams, self.attempt(), order, silence))
        });
        Arc::clone(link)
    }

    /// The silence that chunks break: of this attempt, or of the visit that runs the flow.
    fn silence(&self) -> Option<Arc<Silence>> {
        let payer = self.cursor.trace.flow.payer.as_ref();
        let own = self.one_of.and_then(|one_of| one_of.silence);
        own.or_else(|| payer?.silence()).cloned()
    }

    /// The part that all chunks of the attempt share.
    fn blank_chunk(&self) -> Chunk {
        let node = self.cursor.trace.flow.called(self.index as usize);
        Chunk::blank(self.trace_id(), node, self.cursor.id, self.attempt())
    }

    /// The order of the calls of all attempts, if there may be several.
    fn call_order(&self) -> Option<Arc<CallOrder>> {
        let one_of = self.one_of?;
        let order = || Arc::clone(&one_of.in_common().calls);
        self.cursor.may_retry(self.index).then(order)
    }

    /// The node has returned, a success or not.
    #[doc(hidden)]
    #[inline]
    pub fn complete(&mut self, has_succeeded: bool) {
        self.end = Some(match has_succeeded {
            true => StreamEnd::Complete,
            false => StreamEnd::Failed,
        });
    }

    /// The step before the return of the node, or in its place: if it fails, the attempt fails.
    ///
    /// # Errors
    ///
    /// Those that it is given.
    #[doc(hidden)]
    #[inline]
    pub fn came<T>(&mut self, result: Result<T, Fault>) -> Result<T, Fault> {
        if matches!(&result, Err(fault) if !matches!(fault, Fault::Cancelled)) {
            self.complete(false);
        }
        result
    }
}

impl<S> Drop for VisitParts<'_, S> {
    #[inline]
    fn drop(&mut self) {
        if let Some(link) = self.link.get() {
            end(link, self.cursor, self.end, self.one_of);
        }
    }
}

/// Ends an attempt that has contexts. One that has not come to its own end has failed if it
/// panicked or was cut; else nobody waits for it.
#[inline(never)]
fn end(
    link: &Link,
    cursor: &Cursor<'_>,
    end: Option<StreamEnd>,
    one_of: Option<&OneOfSeveral<'_>>,
) {
    if let Some(streams) = &link.streams {
        streams.end(end.unwrap_or_else(|| {
            match thread::panicking() || cursor.trace.is_cutting() {
                true => StreamEnd::Failed,
                false => StreamEnd::Dropped,
            }
        }));
    }
    cursor.trace.spend(link.take_spent());
    if end.is_none() {
        cut(link, cursor, one_of);
    }
}

/// It is not over. What had failed in a flow that it runs is left to what cut it.
#[cold]
fn cut(link: &Link, cursor: &Cursor<'_>, one_of: Option<&OneOfSeveral<'_>>) {
    link.cancel();
    if let Some(failure) = link.take_failure() {
        match one_of {
            Some(one_of) => one_of.in_common().inner_failure.set(failure),
            None => cursor.trace.leave_failure(failure),
        }
    }
}

impl<S> fmt::Debug for VisitParts<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VisitParts")
            .field("node", &self.node())
            .field("attempt", &self.attempt())
            .finish_non_exhaustive()
    }
}
