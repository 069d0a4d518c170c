//! The thread that reads, in a connection of its own beside the writer's.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::error::StoreError;

type Read = Box<dyn FnOnce(&Connection) + Send>;

/// The way to the thread, which ends with the last of these, if it has not before.
#[derive(Clone)]
pub(crate) struct Reads(Sender<Option<Read>>);

impl Reads {
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (reads, taken) = channel();
        let thread = thread::Builder::new().name("penguiflow-reader".to_owned());
        thread.spawn(move || run(&connection, &taken))?;
        Ok(Self(reads))
    }

    /// Ends the thread, after the reads that wait.
    pub(crate) fn end(&self) {
        // It may have ended.
        let _ = self.0.send(None);
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let read: Read = Box::new(move |connection| {
            // Who does not wait for the answer any more has no use for it.
            let _ = answer.send(read(connection));
        });
        self.0.send(Some(read)).map_err(|_| StoreError::Closed)?;
        answered.await.unwrap_or(Err(StoreError::Closed))
    }
}

fn run(connection: &Connection, reads: &Receiver<Option<Read>>) {
    while let Ok(Some(read)) = reads.recv() {
        read(connection);
    }
}
