//! Where a trace's outputs go, where it can have several, or has one beside its own way.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cover::Cover;
use crate::message::Message;
use crate::visit::Cursor;

/// The outputs of a trace, in the order in which they came.
#[doc(hidden)]
pub struct Outputs<Out> {
    /// Those that were not read, with what they travel in.
    kept: Mutex<Vec<(Out, Cover)>>,
    /// Where each goes at once, if somebody reads the trace.
    reader: Option<Box<TakeOutput<Out>>>,
    has_come: AtomicBool,
}

/// Hands an output to the reader of a trace.
type TakeOutput<Out> = dyn Fn(Message<Out>) + Send + Sync;

impl<Out> Outputs<Out> {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            kept: Mutex::new(Vec::new()),
            reader: None,
            has_come: AtomicBool::new(false),
        }
    }

    /// Outputs that are read as they come.
    pub(crate) fn read_by(reader: impl Fn(Message<Out>) + Send + Sync + 'static) -> Self {
        Self {
            reader: Some(Box::new(reader)),
            ..Self::new()
        }
    }

    fn kept(&self) -> MutexGuard<'_, Vec<(Out, Cover)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more output, of a branch that ends here.
    pub fn put(&self, cursor: &Cursor<'_>, output: Out) {
        self.has_come.store(true, Ordering::Relaxed);
        let envelope = cursor.cover();
        match &self.reader {
            None => self.kept().push((output, envelope)),
            Some(reader) => reader(envelope.with(output)),
        }
    }

    /// Whether none has come.
    pub(crate) fn are_none(&self) -> bool {
        !self.has_come.load(Ordering::Relaxed)
    }

    /// All that came.
    pub(crate) fn take(&self) -> Vec<(Out, Cover)> {
        std::mem::take(&mut self.kept())
    }
}

impl<Out> fmt::Debug for Outputs<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outputs").finish_non_exhaustive()
    }
}
