//! A store as it is seen beside the process that runs its flows, without the flows' code: what the
//! command line reads, and what it asks the host to do.
//!
//! [`Admin`] reads in short transactions, since a long one would have SQLite keep everything that is
//! written meanwhile. It changes nothing but the table of commands, which the host applies and
//! answers: a trace has one writer.
//!
//! ```
//! use penguiflow_sqlite::admin::{Admin, AdminError};
//!
//! let folder = std::env::temp_dir();
//! let error = Admin::open(folder.join("nothing-here.db")).unwrap_err();
//! assert!(matches!(error, AdminError::NoFile { .. }));
//! ```

mod activity;
mod attempt;
mod backup;
mod commands;
mod dead;
mod error;
mod flows;
mod host;
mod json_text;
mod schedules;
mod standing;
mod state_name;
mod time;
mod trace_detail;
mod trace_error;
mod traces;
mod wait;
mod waiting;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Transaction};

pub use crate::schema::State;
pub use crate::store::{Holder, StoreError};
pub use activity::{FlowActivity, StateCounts};
pub use attempt::Attempt;
pub use commands::{Answer, CommandId, PendingCommand, Request};
pub use dead::DeadRow;
pub use error::AdminError;
pub use flows::{Await, FlowRow};
pub use host::Host;
pub use schedules::ScheduleRow;
pub use standing::{JoinRow, Standing, StepRow};
pub use time::Time;
pub use trace_detail::{TraceDetail, UnreadResult};
pub use trace_error::TraceError;
pub use traces::{Page, TraceFilter, TraceRow};
pub(crate) use wait::Wait;
pub use waiting::WaitingRow;

/// How long a statement waits for a lock of the database.
const WAIT: Duration = Duration::from_secs(5);

/// A store, beside its host if one runs.
#[derive(Debug)]
pub struct Admin {
    path: PathBuf,
    connection: Connection,
}

impl Admin {
    /// Opens the store at this path to look at it.
    ///
    /// # Errors
    ///
    /// If there is no such file, or it is no store that this version can read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, AdminError> {
        let path = path.as_ref();
        // All names of a file share its lock.
        let path = match path.canonicalize() {
            Ok(found) if found.is_file() => found,
            _ => {
                return Err(AdminError::NoFile {
                    path: path.to_owned(),
                });
            }
        };
        let connection = crate::schema::open_to_read(&path, WAIT)?;
        Ok(Self { path, connection })
    }

    /// The file of the store.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is read through it is one state of the store. It is to be short.
    fn read(&self) -> Result<Transaction<'_>, AdminError> {
        Ok(self.connection.unchecked_transaction()?)
    }
}
