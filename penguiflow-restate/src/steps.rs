//! The steps of a trace that have begun: each has its place in the journal, and runs here if the journal
//! does not have what it came to.

use penguiflow::host::{DurableTrace, RunStep, StepId};
use restate_sdk_shared_core::NotificationHandle;
use tokio::task::AbortHandle;

use crate::journal::attempt;
use crate::protocol::{Left, Session};

#[derive(Default)]
pub(crate) struct Steps(Vec<Begun>);

struct Begun {
    step: StepId,
    handle: NotificationHandle,
    /// Until it is to run here.
    run: Option<RunStep>,
    running: Option<AbortHandle>,
}

impl Steps {
    /// Begins all that are to run, in the order in which they were emitted.
    pub(crate) fn begin(
        &mut self,
        trace: &mut DurableTrace,
        session: &mut Session,
    ) -> Result<(), Left> {
        for step in trace.steps() {
            let Some(run) = trace.run(step.id) else {
                continue;
            };
            self.0.push(Begun {
                step: step.id,
                handle: session.run(step.node)?,
                run: Some(run),
                running: None,
            });
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn handles(&self) -> impl Iterator<Item = NotificationHandle> {
        self.0.iter().map(|begun| begun.handle)
    }

    /// Runs an attempt here.
    pub(crate) fn execute(&mut self, handle: NotificationHandle, session: &mut Session) {
        let begun = self.0.iter_mut().find(|begun| begun.handle == handle);
        if let Some(begun) = begun
            && let Some(run) = begun.run.take()
        {
            begun.running = Some(session.execute(handle, attempt(run)));
        }
    }

    /// An attempt is over. Returns whether it is one of these.
    pub(crate) fn end(&mut self, handle: NotificationHandle) -> bool {
        let at = self.0.iter().position(|begun| begun.handle == handle);
        at.map(|at| self.0.remove(at)).is_some()
    }

    /// Stops a step that was dropped.
    pub(crate) fn stop(&mut self, step: StepId) {
        if let Some(at) = self.0.iter().position(|begun| begun.step == step) {
            self.0.remove(at).stop();
        }
    }

    /// Stops all.
    pub(crate) fn clear(&mut self) {
        self.0.drain(..).for_each(Begun::stop);
    }
}

impl Begun {
    fn stop(self) {
        if let Some(running) = self.running {
            running.abort();
        }
    }
}
