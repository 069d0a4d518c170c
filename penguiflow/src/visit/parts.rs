//! What extractors see of the attempt that they make parameters for.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::chunk::Streams;
use super::cursor::Cursor;
use super::link::Link;
use crate::ctx::Ctx;
use crate::message::Headers;
use crate::trace_id::TraceId;

/// What an extractor can see of the attempt that it makes a parameter for.
///
/// The attempt holds it. Dropped before the attempt is complete, it reports to the attempt's
/// contexts that it was cancelled.
pub struct Visit<'v, S> {
    pub(crate) cursor: &'v Cursor<'v>,
    pub(crate) state: &'v S,
    pub(crate) index: u32,
    pub(crate) attempt: u32,
    link: OnceLock<Arc<Link>>,
    is_complete: bool,
}

/// What the parts of an attempt are made of. It has nothing to drop, so that a node that extracts
/// nothing is called as a function is.
#[doc(hidden)]
pub struct AttemptSeed<'v, S> {
    pub(super) cursor: &'v Cursor<'v>,
    pub(super) state: &'v S,
    pub(super) index: u32,
    pub(super) attempt: u32,
}

impl<'v, S> AttemptSeed<'v, S> {
    /// The attempt begins to extract its parameters.
    #[inline]
    #[must_use]
    pub fn begin(self) -> Visit<'v, S> {
        Visit {
            cursor: self.cursor,
            state: self.state,
            index: self.index,
            attempt: self.attempt,
            link: OnceLock::new(),
            is_complete: false,
        }
    }
}

impl<S> Clone for AttemptSeed<'_, S> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for AttemptSeed<'_, S> {}

impl<S> fmt::Debug for AttemptSeed<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptSeed")
            .field("index", &self.index)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

impl<S> Visit<'_, S> {
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
        self.attempt
    }

    /// The context of this attempt, as nodes are given it.
    pub fn ctx(&self) -> Ctx {
        Ctx::of(self)
    }

    /// What the attempt shares with its contexts.
    pub(crate) fn link(&self) -> Arc<Link> {
        let link = self.link.get_or_init(|| {
            let outlet = self.cursor.trace.common.outlet.as_ref();
            let streams = outlet.map(|outlet| Arc::new(Streams::new(outlet, self)));
            Arc::new(Link::new(streams))
        });
        Arc::clone(link)
    }

    /// The node has returned.
    #[doc(hidden)]
    #[inline]
    pub fn complete(&mut self) {
        self.is_complete = true;
    }
}

impl<S> Drop for Visit<'_, S> {
    #[inline]
    fn drop(&mut self) {
        if let Some(link) = self.link.get() {
            end(link, self.cursor, self.is_complete);
        }
    }
}

/// Ends an attempt that has contexts.
fn end(link: &Link, cursor: &Cursor<'_>, is_complete: bool) {
    if let Some(streams) = &link.streams {
        streams.end();
    }
    cursor.trace.spend(link.take_spent());
    if !is_complete {
        link.cancel();
    }
}

impl<S> fmt::Debug for Visit<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit")
            .field("node", &self.node())
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
