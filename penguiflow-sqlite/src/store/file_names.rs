//! Names of a store's file and of those beside it.

use std::path::{Path, PathBuf};

use super::error::StoreError;

/// The path that all names of the file lead to, so that they share one lock.
pub(crate) fn one_name(path: &Path) -> Result<PathBuf, StoreError> {
    if let Ok(found) = path.canonicalize() {
        return Ok(found);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    Ok(folder
        .canonicalize()?
        .join(path.file_name().unwrap_or_default()))
}

/// The file whose name is that of `file` and an ending.
pub(crate) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    file.with_file_name(name)
}
