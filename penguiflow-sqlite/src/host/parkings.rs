//! Those who read what parks. They are given ids once it is stored, and look it up when they come to it.

use std::sync::{Mutex, PoisonError};

use penguiflow::TraceId;
use penguiflow::host::StepId;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A step that has parked.
pub(crate) type ParkedId = (TraceId, StepId);

/// `None` once the host has stopped: nothing parks any more.
pub(crate) struct Parkings(Mutex<Option<Vec<UnboundedSender<ParkedId>>>>);

impl Default for Parkings {
    fn default() -> Self {
        Self(Mutex::new(Some(Vec::new())))
    }
}

impl Parkings {
    /// A further reader, of what parks from now on.
    pub(crate) fn read(&self) -> UnboundedReceiver<ParkedId> {
        let (sender, ids) = unbounded_channel();
        let mut readers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(readers) = &mut *readers {
            readers.push(sender);
        }
        ids
    }

    /// These steps of a trace have parked, and that is stored.
    pub(super) fn add(&self, id: TraceId, steps: &[StepId]) {
        let mut readers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(readers) = &mut *readers else { return };
        for step in steps {
            readers.retain(|reader| reader.send((id, *step)).is_ok());
        }
    }

    /// The readers come to their end.
    pub(super) fn close(&self) {
        let mut readers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *readers = None;
    }
}
