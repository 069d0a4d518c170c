//! What an administrator changes without a host, where none runs.

use std::time::Duration;

use penguiflow::TraceId;
use tokio::runtime::Builder;

use super::{Admin, AdminError, Request, WAIT};
use crate::store::{Options, Store, StoreError};

impl Admin {
    /// Does at once what was asked for, if no host has the store open: that a dead letter is dropped,
    /// or runs again as it is. It holds the lock of the store meanwhile, so no host begins. `false` if
    /// a host is to be [asked](Self::ask): it is there, or it takes the flow's code. Not for async code,
    /// as all of these.
    ///
    /// # Errors
    ///
    /// If the store has no such trace, its state does not allow it, or the store cannot be written.
    pub fn apply(&self, id: TraceId, request: &Request) -> Result<bool, AdminError> {
        self.allows(id, request)?;
        if !matches!(request, Request::Drop | Request::Retry { input: None }) {
            return Ok(false);
        }
        let options = Options {
            busy_timeout: WAIT,
            lock_timeout: Duration::ZERO,
            ..Options::default()
        };
        let store = match Store::open(&self.path, options) {
            Err(StoreError::Held { .. }) => return Ok(false),
            opened => opened?,
        };
        let runtime = Builder::new_current_thread().build();
        let runtime = runtime.map_err(StoreError::from)?;
        runtime.block_on(async {
            let applied = match request {
                Request::Drop => store.drop_dead(id).await,
                _ => store.revive(id, None).await,
            };
            store.close().await;
            applied
        })?;
        Ok(true)
    }
}
