//! Why there is no server here, or why it did not do what was asked.

use std::io;
use std::path::PathBuf;

/// Why there is no server here, or why it did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No binary is published for this machine.
    #[error("Restate publishes no binary for {os} on {arch}")]
    NoBinary {
        /// As [`std::env::consts::OS`].
        os: &'static str,
        /// As [`std::env::consts::ARCH`].
        arch: &'static str,
    },
    /// npm is not installed, or could not fetch the package.
    #[error("npm could not fetch {package}: {why}")]
    NotFetched {
        /// The package with its version.
        package: String,
        /// What npm wrote, or why it did not run.
        why: String,
    },
    /// A process could not be started, or its files not be written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The program or file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The process ended instead of serving.
    #[error("the process ended with {status}: {output}")]
    Ended {
        /// How it ended.
        status: std::process::ExitStatus,
        /// The last lines that it wrote.
        output: String,
    },
    /// The process did not serve in time.
    #[error("the process is not ready after {seconds} s: {output}")]
    NotReady {
        /// How long it was waited for.
        seconds: u64,
        /// The last lines that it wrote.
        output: String,
    },
    /// The admin interface refused a request or could not be reached.
    #[error("{url}: {why}")]
    Admin {
        /// What was asked.
        url: String,
        /// The answer, or the failure of the connection.
        why: String,
    },
}

impl Error {
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |error| Self::Io { path, error }
    }
}
