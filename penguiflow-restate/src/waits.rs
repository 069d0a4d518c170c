//! The parked steps of a trace: each waits for a promise of its own. What somebody has to know who resumes
//! them is in the state.

use penguiflow::host::{DurableTrace, StepId};
use restate_sdk_shared_core::NotificationHandle;

use crate::names::{self, FRONTIER, PARKED};
use crate::protocol::{Left, Session};
use crate::waiting;

#[derive(Default)]
pub(crate) struct Waits {
    promises: Vec<(StepId, NotificationHandle)>,
    /// The steps that the state shows.
    shown: Vec<StepId>,
}

impl Waits {
    /// Waits for the steps that are parked now, and for no others. Returns whether they are other ones than
    /// before.
    pub(crate) fn renew(
        &mut self,
        trace: &DurableTrace,
        session: &mut Session,
    ) -> Result<bool, Left> {
        let parked: Vec<_> = trace.parked().iter().map(|parked| parked.step).collect();
        if parked == self.shown {
            return Ok(false);
        }
        self.promises.retain(|(step, _)| parked.contains(step));
        for step in &parked {
            if !self.promises.iter().any(|(known, _)| known == step) {
                let promise = session.promise(names::promise(*step))?;
                self.promises.push((*step, promise));
            }
        }
        self.shown = parked;
        show(trace, self.shown.is_empty(), session)?;
        Ok(true)
    }

    pub(crate) fn handles(&self) -> impl Iterator<Item = NotificationHandle> {
        self.promises.iter().map(|(_, handle)| *handle)
    }

    /// A promise is complete. Returns the step, if it is of one of these.
    pub(crate) fn end(&mut self, handle: NotificationHandle) -> Option<StepId> {
        let mut promises = self.promises.iter();
        let at = promises.position(|(_, known)| *known == handle)?;
        Some(self.promises.remove(at).0)
    }

    /// Takes out the promise of a step.
    pub(crate) fn take(&mut self, step: StepId) -> Option<NotificationHandle> {
        let mut promises = self.promises.iter();
        let at = promises.position(|(known, _)| *known == step)?;
        Some(self.promises.remove(at).1)
    }

    /// The trace is over.
    pub(crate) fn clear(&mut self, session: &mut Session) -> Result<(), Left> {
        match std::mem::take(&mut self.shown).is_empty() {
            true => Ok(()),
            false => clear(session),
        }
    }
}

/// A frontier that cannot be written is not shown: its steps can be resumed by no one, and expire.
fn show(trace: &DurableTrace, is_empty: bool, session: &mut Session) -> Result<(), Left> {
    let (Ok(frontier), Ok(parked)) = (trace.store(), waiting::shown(trace)) else {
        return clear(session);
    };
    if is_empty {
        return clear(session);
    }
    session.set_state(FRONTIER, frontier)?;
    session.set_state(PARKED, parked)
}

fn clear(session: &mut Session) -> Result<(), Left> {
    session.clear_state(FRONTIER)?;
    session.clear_state(PARKED)
}
