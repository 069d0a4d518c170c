//! A file beside the database, locked while this process has the store open. SQLite's own locks are
//! held for a transaction alone, and do not say who holds them.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fs4::{FileExt, TryLockError};

use super::error::{Holder, StoreError};
use super::file_names;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(10);

/// The lock, until it is dropped. The operating system frees it when the process dies, so that the
/// next one takes over.
pub(crate) struct Lock(#[allow(dead_code, reason = "it is held")] File);

impl Lock {
    /// Takes the lock of the store at `path`, within some time, or says who has it.
    pub(crate) fn take(path: &Path, within: Duration) -> Result<Self, StoreError> {
        let until = Instant::now() + within;
        loop {
            match Self::try_take(path) {
                Err(StoreError::Held { .. }) if Instant::now() < until => sleep(PAUSE),
                taken => return taken,
            }
        }
    }

    fn try_take(path: &Path) -> Result<Self, StoreError> {
        // Opened once more in the same process, the file has a lock of its own, which is refused, too.
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(path))?;
        match FileExt::try_lock(&file) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = read_holder(&mut file);
                let path = path.to_owned();
                return Err(StoreError::Held { path, holder });
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        file.set_len(0)?;
        file.write_all(this_process().as_bytes())?;
        Ok(Self(file))
    }
}

impl Lock {
    /// Whether the store at `path` is free; the error says who has it. The lock is shared for a moment
    /// to find out, so that it is not taken from those who do the same.
    pub(crate) fn holder(path: &Path) -> Result<(), StoreError> {
        let mut file = match File::open(beside(path)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        match FileExt::try_lock_shared(&file) {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(StoreError::Held {
                holder: read_holder(&mut file),
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

/// The file stays where it is when it is free: who removed it could remove it from below another
/// process that has just opened it.
fn beside(path: &Path) -> PathBuf {
    file_names::beside(path, "-lock")
}

fn this_process() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let host = gethostname::gethostname();
    let pid = std::process::id();
    format!(
        "{pid}\n{}\n{}\n",
        since.unwrap_or_default().as_secs(),
        host.to_string_lossy()
    )
}

fn read_holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.read_to_string(&mut text).ok()?;
    let mut lines = text.lines();
    let pid = lines.next()?.parse().ok()?;
    let since = UNIX_EPOCH + Duration::from_secs(lines.next()?.parse().ok()?);
    let host = lines.next()?.to_owned();
    Some(Holder { pid, host, since })
}
