//! A copy of what a trace began with, for whoever is given its error.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The input of a trace. All copies of the envelope share it; the first who takes it has it.
#[derive(Clone)]
pub(crate) struct KeptInput(Arc<Mutex<Option<Box<dyn Any + Send>>>>);

impl KeptInput {
    pub(crate) fn new<T: Send + 'static>(input: T) -> Self {
        Self(Arc::new(Mutex::new(Some(Box::new(input)))))
    }

    /// Takes it, if it is a `T`.
    pub(crate) fn take<T: 'static>(&self) -> Option<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let input = kept.take_if(|input| input.is::<T>())?;
        input.downcast().ok().map(|input| *input)
    }
}

/// How a trace copies its input. Without the input's type: where that is that of no flow, the type of a
/// flow value would be a further error.
#[derive(Debug, Clone)]
pub(crate) struct KeepInput(Arc<dyn Any + Send + Sync>);

impl KeepInput {
    /// By its `Clone`.
    pub(crate) fn cloned<T: Clone + Send + 'static>() -> Self {
        let keep: fn(&T) -> KeptInput = |input| KeptInput::new(input.clone());
        Self(Arc::new(keep))
    }

    /// A copy of the input.
    pub(crate) fn keep<T: 'static>(&self, input: &T) -> Option<KeptInput> {
        let keep = self.0.downcast_ref::<fn(&T) -> KeptInput>()?;
        Some(keep(input))
    }
}

/// Whether it is the same trace's.
impl PartialEq for KeptInput {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for KeptInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptInput")
    }
}
