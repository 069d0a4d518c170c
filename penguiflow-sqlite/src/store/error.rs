//! Why a store did not do what it was asked for, each in a sentence that says what to do.

use std::time::SystemTime;

use rusqlite::ErrorCode;

/// Why a store could not do something. What it names may be over soon: the store goes on as soon
/// as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The trace was changed since the caller loaded it. Nothing was written.
    #[error("the trace was changed since it was loaded: load it again")]
    Stale,
    /// There is no such trace, flow, schedule or dead letter. Nothing was written.
    #[error("the store has no {what}")]
    Unknown {
        /// What there is none of.
        what: String,
    },
    /// Another flow of the store has a trace with this id. Nothing was written.
    #[error("another flow of the store has the trace {id}: give the message an id of its own")]
    IdTaken {
        /// The id of both.
        id: penguiflow::TraceId,
    },
    /// The text is no pattern of cron. Nothing was written.
    #[error(
        "`{pattern}` is not a cron pattern ({cause}): write five fields, such as `30 8 * * mon`"
    )]
    Cron {
        /// The text.
        pattern: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The message is larger than the store takes.
    #[error(
        "the message has {size} bytes and the store takes {limit}: store the data elsewhere and \
         emit a reference to it, or raise the payload limit"
    )]
    TooLarge {
        /// Bytes of the message.
        size: usize,
        /// Bytes that a message may have.
        limit: usize,
    },
    /// The disk is full.
    #[error("the disk of the store is full: free some of it; nothing that was stored is lost")]
    Full,
    /// The disk or its file system fails.
    #[error("the file of the store cannot be read or written ({cause}): check the disk")]
    Io {
        /// What SQLite says.
        cause: String,
    },
    /// Another program has locked the database for longer than the store waits.
    #[error("another program has locked the database of the store: end what it does there")]
    Locked,
    /// Another process has the store open.
    #[error("{}", held(path, holder))]
    Held {
        /// The file of the store.
        path: std::path::PathBuf,
        /// Who has it, where that can be read.
        holder: Option<Holder>,
    },
    /// A newer version of this crate has written the store.
    #[error(
        "the store has format {found}, and this version reads {known}: update penguiflow-sqlite"
    )]
    NewerFormat {
        /// The format of the file.
        found: i64,
        /// The format that this version reads.
        known: i64,
    },
    /// The file is something else.
    #[error("the file is not a store of penguiflow: name another file")]
    NotAStore,
    /// The file is damaged.
    #[error("the file of the store is damaged ({cause}): restore a backup")]
    Corrupt {
        /// What SQLite says, or which value could not be read.
        cause: String,
    },
    /// The file to back up to is the store.
    #[error("a backup cannot replace the store that it is of: name another file")]
    BackupOntoItself,
    /// The store was closed.
    #[error("the store is closed: open it again")]
    Closed,
    /// A failpoint failed.
    #[error("a failpoint failed")]
    Failpoint,
    /// Anything else that SQLite refuses.
    #[error("SQLite refuses the store's statement: {cause}")]
    Sqlite {
        /// What SQLite says.
        cause: String,
    },
}

/// The process that has a store open.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// Its process id.
    pub pid: u32,
    /// The name of its host.
    pub host: String,
    /// When it opened the store.
    pub since: SystemTime,
}

fn held(path: &std::path::Path, holder: &Option<Holder>) -> String {
    let path = path.display();
    let Some(Holder { pid, host, since }) = holder else {
        return format!("`{path}` is open in another process: end it, or name another file");
    };
    let since = humantime::format_rfc3339_seconds(*since);
    format!(
        "`{path}` is open in process {pid} on {host} since {since}: end it, or name another file"
    )
}

impl StoreError {
    /// Whether the write was refused before it changed anything, so that what was written beside it
    /// in one transaction holds.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Stale | Self::Unknown { .. } | Self::IdTaken { .. }
        )
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let cause = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::NotADatabase) => Self::NotAStore,
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt { cause },
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied,
            ) => Self::Io { cause },
            Some(_) => Self::Sqlite { cause },
            None => from_conversion(error, cause),
        }
    }
}

/// A value in the file that is none of what its column holds.
fn from_conversion(error: rusqlite::Error, cause: String) -> StoreError {
    use rusqlite::Error as E;
    match error {
        E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..) => {
            StoreError::Corrupt { cause }
        }
        E::InvalidColumnType(..) => StoreError::Corrupt { cause },
        _ => StoreError::Sqlite { cause },
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Full,
            _ => Self::Io {
                cause: error.to_string(),
            },
        }
    }
}
