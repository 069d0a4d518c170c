//! Traces that start by a schedule: one start per time, since the start and the schedule's next time are
//! one transaction. Times that passed while no process ran are made up for, each once.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use penguiflow::Message;
use tokio::time::sleep;

use super::row::{millis, time};
use super::shared::{Host, Stop};
use crate::error::Error;
use crate::store::{Schedule, StoreError, Tick, next_tick};

/// The longest sleep until the clock is read again: the wall clock may be set.
const LONGEST: Duration = Duration::from_secs(60);

/// Starts what is due, until the host stops.
pub(super) async fn tick(host: Arc<Host>) {
    let work = async {
        loop {
            let changed = host.schedules_changed.notified();
            let wait = host.start_due().await.unwrap_or(LONGEST);
            tokio::select! {
                () = changed => {}
                () = sleep(wait.min(LONGEST)) => {}
            }
        }
    };
    tokio::select! {
        () = host.until(Stop::Drain) => {}
        () = work => {}
    }
}

impl Host {
    /// Starts traces by a schedule, or changes it.
    pub(crate) async fn schedule(
        &self,
        name: String,
        cron: String,
        input: Vec<u8>,
    ) -> Result<(), Error> {
        self.store.put_schedule(self.id, name, cron, input).await?;
        self.schedules_changed.notify_one();
        Ok(())
    }

    /// Starts what is due, and returns how long it is until something will be.
    async fn start_due(self: &Arc<Self>) -> Result<Duration, Error> {
        let mut wait = LONGEST;
        for schedule in self.store.schedules(self.id).await? {
            // One that cannot start is tried again, and stops no other one.
            if let Ok(Some(next)) = self.start_times(schedule).await {
                wait = wait.min(next);
            }
        }
        Ok(wait)
    }

    /// Starts what is due of one schedule, and returns how long it is until the next time.
    async fn start_times(
        self: &Arc<Self>,
        mut schedule: Schedule,
    ) -> Result<Option<Duration>, Error> {
        while let Some(due) = schedule.next {
            let now = millis(SystemTime::now());
            if due > now {
                return Ok(Some(Duration::from_millis(due.abs_diff(now))));
            }
            schedule.next = self.start_scheduled(&schedule, due).await?;
        }
        Ok(None)
    }

    /// Starts the trace of this time, and returns the next time.
    async fn start_scheduled(
        self: &Arc<Self>,
        schedule: &Schedule,
        due: i64,
    ) -> Result<Option<i64>, Error> {
        let mut message = Message::new(&*schedule.input).meta("schedule", &schedule.name);
        message.ts = time(due);
        let created = SystemTime::now();
        let trace = self.flow.begin_json(message, created)?;
        let next = next_tick(&schedule.cron, due)?;
        let tick = Tick {
            name: schedule.name.clone(),
            due,
            next,
            trace: self.new_trace(&trace, created)?,
        };
        let at = (tick.trace.state, tick.trace.due);
        match self.store.ticked(tick).await {
            Ok(emitted) => {
                self.stored(trace, &emitted, at);
                Ok(next)
            }
            // It was changed or removed meanwhile.
            Err(StoreError::Stale) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
