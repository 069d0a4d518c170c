//! What keeps a store small, and copies it, while it is in use.

use std::path::Path;
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;

use super::error::StoreError;
use super::{Store, clock, housekeeping, rows, writer};

impl Store {
    /// Removes traces that ended longer ago than `age`, and the oldest where more than `count` have
    /// ended; returns how many. Results that nobody has acknowledged stay. Commands that were asked for
    /// longer ago than `age` go, too, if they are answered.
    pub async fn retain(
        &self,
        age: Option<Duration>,
        count: Option<usize>,
    ) -> Result<usize, StoreError> {
        let before = age.map(|age| clock::now().saturating_sub(clock::millis(age)));
        if let Some(before) = before {
            let commands = || self.writes.write(writer::RetainCommands { before });
            while commands().await? > 0 {}
        }
        let count = count.map(rows);
        let mut removed = 0;
        loop {
            match self.writes.write(writer::Retain { before, count }).await? {
                0 => return Ok(removed),
                some => removed += some,
            }
        }
    }

    /// Gives the space of what was removed back to the file system. Commits wait meanwhile.
    pub async fn vacuum(&self) -> Result<(), StoreError> {
        self.writes.alone(housekeeping::vacuum).await
    }

    /// Copies the store as it is now to the file `to`, while it is in use.
    pub async fn backup(&self, to: impl AsRef<Path>) -> Result<(), StoreError> {
        let (from, to) = (self.path.clone(), to.as_ref().to_owned());
        let (done, is_done) = oneshot::channel();
        // In a thread of its own, since a large store takes long.
        let thread = thread::Builder::new().name("penguiflow-backup".to_owned());
        thread.spawn(move || {
            let _ = done.send(housekeeping::backup(&from, &to));
        })?;
        is_done.await.unwrap_or(Err(StoreError::Closed))
    }
}
