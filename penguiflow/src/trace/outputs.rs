//! The outputs of a trace that can have several, or has one beside its own way.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::message::{Envelope, Message};
use crate::visit::{Cursor, drop_caught};

/// The outputs of a trace, in the order in which they came. Most traces put none here, and give no
/// room to them. An `Arc`, since its drop is a comparison where there is none, and a box's a call.
#[doc(hidden)]
pub struct Outputs<Out>(OnceLock<Arc<Mutex<Kept<Out>>>>);

enum Kept<Out> {
    /// Those that came, with what they travel in.
    Here(Vec<(Out, Envelope)>),
    /// Whoever reads the trace was handed them as they came.
    Read {
        reader: Arc<TakeOutput<Out>>,
        has_come: bool,
    },
}

impl<Out> Default for Kept<Out> {
    fn default() -> Self {
        Self::Here(Vec::new())
    }
}

/// Outputs that nobody takes are dropped with the trace, where no panic may hide its failure.
impl<Out> Drop for Kept<Out> {
    fn drop(&mut self) {
        if let Self::Here(outputs) = self {
            drop_caught(|| outputs.clear());
        }
    }
}

/// Hands an output to the reader of a trace.
type TakeOutput<Out> = dyn Fn(Message<Out>) + Send + Sync;

impl<Out> Outputs<Out> {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// Outputs that are read as they come.
    pub(crate) fn read_by(reader: impl Fn(Message<Out>) + Send + Sync + 'static) -> Self {
        let kept = Kept::Read {
            reader: Arc::new(reader),
            has_come: false,
        };
        Self(OnceLock::from(Arc::new(Mutex::new(kept))))
    }

    /// What has come, if anything has or somebody reads it.
    fn kept(&self) -> Option<MutexGuard<'_, Kept<Out>>> {
        self.0.get().map(|kept| lock(kept))
    }

    /// One more output, of a branch that ends here.
    pub fn put(&self, cursor: &Cursor<'_>, output: Out) {
        let reader = match &mut *lock(self.0.get_or_init(Arc::default)) {
            Kept::Here(outputs) => return outputs.push((output, cursor.copy_envelope())),
            Kept::Read { reader, has_come } => {
                *has_come = true;
                Arc::clone(reader)
            }
        };
        let envelope = cursor.trace.end(cursor.copy_envelope());
        reader(envelope.with(output));
    }

    /// Whether none has come.
    pub(crate) fn are_none(&self) -> bool {
        match self.kept().as_deref() {
            None => true,
            Some(Kept::Here(outputs)) => outputs.is_empty(),
            Some(Kept::Read { has_come, .. }) => !has_come,
        }
    }

    /// All that came and were not read.
    pub(crate) fn take(&self) -> Vec<(Out, Envelope)> {
        match self.kept().as_deref_mut() {
            Some(Kept::Here(outputs)) => std::mem::take(outputs),
            Some(Kept::Read { .. }) | None => Vec::new(),
        }
    }
}

fn lock<Out>(kept: &Mutex<Kept<Out>>) -> MutexGuard<'_, Kept<Out>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<Out> fmt::Debug for Outputs<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outputs").finish_non_exhaustive()
    }
}
