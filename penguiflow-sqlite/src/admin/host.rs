//! Whether a process runs the store's flows.

use super::{Admin, AdminError, Holder};
use crate::store::StoreError;
use crate::store::lock::Lock;

/// The process that has a store open, and so applies what is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// None has it open.
    None,
    /// This one has.
    Process(Holder),
    /// One has, which has not said who it is.
    Unknown,
}

impl Host {
    /// Whether there is one.
    pub fn is_running(&self) -> bool {
        !matches!(self, Self::None)
    }
}

impl Admin {
    /// The process that has the store open.
    ///
    /// # Errors
    ///
    /// If the lock file cannot be read.
    pub fn host(&self) -> Result<Host, AdminError> {
        match Lock::holder(&self.path) {
            Ok(()) => Ok(Host::None),
            Err(StoreError::Held { holder, .. }) => Ok(holder.map_or(Host::Unknown, Host::Process)),
            Err(error) => Err(error.into()),
        }
    }
}
