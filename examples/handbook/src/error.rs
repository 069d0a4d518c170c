//! The reasons why a folder cannot be indexed, as sentences for the user.

use std::io;
use std::path::PathBuf;

/// The reason why a folder cannot be indexed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing is there.
    #[error("there is no folder `{}`", .0.display())]
    Missing(PathBuf),
    /// Something else is there.
    #[error("`{}` is not a folder", .0.display())]
    NotAFolder(PathBuf),
    /// It holds no `.md` or `.txt` file with words in it.
    #[error("the folder `{}` holds no text: it needs a `.md` or `.txt` file with something in it", .0.display())]
    NoText(PathBuf),
    /// A file or a folder cannot be read.
    #[error("cannot read `{}`: {source}", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file is not UTF-8.
    #[error("cannot read `{}`: line {line} is not text in UTF-8", path.display())]
    NotUtf8 {
        /// Which one.
        path: PathBuf,
        /// The first line that is not, counted from 1.
        line: usize,
    },
}

impl OpenError {
    /// What `path` could not be read for.
    pub(crate) fn unreadable(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Unreadable { path, source }
    }
}
