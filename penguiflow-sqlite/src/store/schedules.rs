//! The schedules of a store's flows.

use super::cron::next_tick;
use super::error::StoreError;
use super::records::{Emitted, FlowId, Schedule, Tick};
use super::{Store, clock, reader, writer};

impl Store {
    /// The schedules of a flow.
    pub async fn schedules(&self, flow: FlowId) -> Result<Vec<Schedule>, StoreError> {
        let read = self.reads.read(move |store| reader::schedules(store, flow));
        read.await
    }

    /// Adds a schedule, or gives the one with this name another pattern and message. Where the
    /// pattern is the one that it had, its next time stays.
    pub async fn put_schedule(
        &self,
        flow: FlowId,
        name: String,
        cron: String,
        input: Vec<u8>,
    ) -> Result<(), StoreError> {
        let next = next_tick(&cron, clock::now())?;
        let schedule = writer::PutSchedule {
            flow,
            name,
            cron,
            input,
            next,
        };
        self.writes.write(schedule).await
    }

    /// Removes a schedule; returns whether there was one.
    pub async fn remove_schedule(&self, flow: FlowId, name: String) -> Result<bool, StoreError> {
        self.writes
            .write(writer::RemoveSchedule { flow, name })
            .await
    }

    /// Starts a scheduled trace and sets the schedule's next time, both or none of it:
    /// [`StoreError::Stale`] where the schedule's next time is another one.
    pub async fn ticked(&self, tick: Tick) -> Result<Emitted, StoreError> {
        self.fits(&tick.trace)?;
        self.writes.write(tick).await
    }
}
