//! A copy of a store that is in use.

use std::path::Path;

use super::{Admin, AdminError};
use crate::store::housekeeping;

impl Admin {
    /// Writes a copy of the store to a new file: the state of one moment, whatever the host does
    /// meanwhile. It appears under its name when it is whole.
    ///
    /// # Errors
    ///
    /// If the file exists, or cannot be written.
    pub fn backup(&self, path: impl AsRef<Path>) -> Result<(), AdminError> {
        let path = path.as_ref().to_owned();
        if path.exists() {
            return Err(AdminError::FileExists { path });
        }
        let copied = housekeeping::backup(&self.path, &path);
        copied.map_err(|cause| AdminError::Backup { path, cause })
    }
}
