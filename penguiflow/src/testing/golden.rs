//! Golden files: the text of a trace that a file keeps.

use std::path::Path;
use std::{env, fs};

use super::trace_record::TraceRecord;

/// The environment variable that has files written, as crates for snapshots have it.
pub(super) const UPDATE: &str = "UPDATE_EXPECT";

impl TraceRecord {
    /// Compares the text of the trace with a file. A relative path counts from the folder of the
    /// package, where `cargo test` runs tests. With `UPDATE_EXPECT=1` in the environment, the file is
    /// written instead.
    ///
    /// The text has no ids and no times. Errors are in it as they are written, so they should not
    /// depend on the run either.
    ///
    /// ```no_run
    /// use penguiflow::Recording;
    /// use penguiflow::prelude::*;
    /// use penguiflow::testing::TraceRecord;
    ///
    /// #[node]
    /// async fn double(n: u32) -> u32 {
    ///     n * 2
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), FlowError> {
    /// let recording = Recording::new();
    /// let flow = flow! { double }.observe(recording.clone());
    /// flow.run(21).await?;
    /// flow.flush().await;
    /// TraceRecord::last(&recording).assert_golden("tests/golden/double.txt");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If the file has another text, or cannot be read or written. The message has both texts.
    #[track_caller]
    pub fn assert_golden(&self, path: impl AsRef<Path>) {
        let (path, text) = (path.as_ref(), self.to_string());
        if is_update() {
            return write(path, &text);
        }
        let help = format!("run the test with {UPDATE}=1 to write it");
        let golden = match fs::read_to_string(path) {
            Ok(golden) => golden.replace("\r\n", "\n"),
            Err(error) => panic!("{}: {error}; {help}", path.display()),
        };
        assert!(
            golden == text,
            "the trace is not as in {}; {help}\n--- expected\n{golden}--- is\n{text}",
            path.display(),
        );
    }
}

/// Whether files are to be written.
pub(super) fn is_update() -> bool {
    env::var_os(UPDATE).is_some_and(|update| update == "1")
}

#[track_caller]
pub(super) fn write(path: &Path, text: &str) {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    if let Err(error) = folder.and_then(|()| fs::write(path, text)) {
        panic!("{}: {error}", path.display());
    }
}
