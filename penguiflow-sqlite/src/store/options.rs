//! How a store is opened.

use std::time::Duration;

#[cfg(feature = "failpoints")]
use super::failpoint::Failpoint;
use super::failpoint::Failpoints;

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Bytes that an emitted message may have.
    pub payload_limit: usize,
    /// Writes that share a transaction at most.
    pub batch: usize,
    /// How long a lock of another program on the database is waited for.
    pub busy_timeout: Duration,
    /// How long another process that has the store open is waited for: one that was killed a moment
    /// ago may still hold it.
    pub lock_timeout: Duration,
    /// Where the writer dies or fails.
    #[cfg(feature = "failpoints")]
    pub failpoint: Option<Failpoint>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            payload_limit: 1 << 20,
            batch: 256,
            busy_timeout: Duration::from_secs(5),
            lock_timeout: Duration::from_secs(1),
            #[cfg(feature = "failpoints")]
            failpoint: None,
        }
    }
}

impl Options {
    pub(crate) fn failpoints(&self) -> Failpoints {
        Failpoints {
            #[cfg(feature = "failpoints")]
            point: self.failpoint.clone(),
        }
    }
}
