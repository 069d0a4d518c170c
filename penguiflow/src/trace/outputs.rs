//! Where a trace's outputs go, where it can have several, or has one beside its own way.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::few::Few;
use crate::message::Message;
use crate::visit::Cursor;

/// The outputs of a trace, in the order in which they came.
#[doc(hidden)]
pub struct Outputs<Out> {
    taken: Mutex<Taken<Out>>,
    /// Where each goes at once, if somebody reads the trace.
    reader: Option<Box<TakeOutput<Out>>>,
}

/// Hands an output to the reader of a trace.
type TakeOutput<Out> = dyn Fn(Message<Out>) + Send + Sync;

/// What came, and was not read.
struct Taken<Out> {
    messages: Few<Message<Out>>,
    are_none: bool,
}

impl<Out> Outputs<Out> {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self {
            taken: Mutex::new(Taken {
                messages: Few::new(),
                are_none: true,
            }),
            reader: None,
        }
    }

    /// Outputs that are read as they come.
    pub(crate) fn read_by(reader: impl Fn(Message<Out>) + Send + Sync + 'static) -> Self {
        Self {
            reader: Some(Box::new(reader)),
            ..Self::new()
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken<Out>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more output, of a branch that ends here.
    pub fn put(&self, cursor: &Cursor<'_>, output: Out) {
        let message = cursor.cover().with(output);
        match &self.reader {
            None => {
                let mut taken = self.taken();
                taken.are_none = false;
                taken.messages.push(message);
            }
            Some(reader) => {
                self.taken().are_none = false;
                reader(message);
            }
        }
    }

    /// Whether none has come.
    pub(crate) fn are_none(&self) -> bool {
        self.taken().are_none
    }

    /// The first that came.
    pub(crate) fn take_first(&self) -> Option<Message<Out>> {
        self.take_messages().into_iter().next()
    }

    /// All that came.
    pub(crate) fn take_messages(&self) -> Few<Message<Out>> {
        std::mem::take(&mut self.taken().messages)
    }
}

impl<Out> fmt::Debug for Outputs<Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outputs").finish_non_exhaustive()
    }
}
