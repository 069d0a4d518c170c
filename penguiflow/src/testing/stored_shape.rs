//! Golden files of stored shapes: they fail only where stored traces could not go on.

use std::fs;
use std::path::Path;

use super::golden::{UPDATE, is_update, write};
use crate::durable::StoredShape;

impl StoredShape {
    /// Compares the stored shape of a flow with that of an earlier version, which a file keeps. A relative
    /// path counts from the folder of the package, where `cargo test` runs tests.
    ///
    /// If traces that were stored by the earlier version could not go on, it fails and says for each
    /// change what to do, such as the alias that a renamed node needs. Once such a change is meant, run
    /// the test with `UPDATE_EXPECT=1` in the environment to write the file anew. If all traces can go on,
    /// the file is renewed by itself, with the nodes that are new: commit it.
    ///
    /// ```no_run
    /// use penguiflow::prelude::*;
    /// use penguiflow::testing::StoredShape;
    ///
    /// #[node]
    /// async fn double(n: u32) -> u32 {
    ///     n * 2
    /// }
    ///
    /// let flow = flow! { #[flow(durable)] double };
    /// StoredShape::of(&flow).assert_golden("tests/shapes/double.json");
    /// ```
    ///
    /// # Panics
    ///
    /// If stored traces could not go on, or the file is missing or is no shape.
    #[track_caller]
    pub fn assert_golden(&self, path: impl AsRef<Path>) {
        let (path, json) = (path.as_ref(), self.to_json());
        if is_update() {
            return write(path, &json);
        }
        let help = format!("run the test with {UPDATE}=1 to write it");
        let golden = match fs::read_to_string(path) {
            Ok(golden) => golden.replace("\r\n", "\n"),
            Err(error) => panic!("{}: {error}; {help}", path.display()),
        };
        let changes = match self.changes_since(&golden) {
            Ok(changes) => changes,
            Err(error) => panic!("{} is no stored shape: {error}; {help}", path.display()),
        };
        assert!(
            changes.is_empty(),
            "traces that are stored as in {} could not go on; if there are none, {help}\n- {}",
            path.display(),
            changes.join("\n- "),
        );
        if golden != json {
            renew(path, &json);
        }
    }
}

/// Where the file cannot be written, as on a server that only tests, the next run elsewhere does so.
fn renew(path: &Path, json: &str) {
    let renewed = match fs::write(path, json) {
        Ok(()) => "it was renewed: commit it".to_owned(),
        Err(error) => format!("it could not be renewed: {error}"),
    };
    let path = path.display();
    eprintln!(
        "all traces that are stored as in {path} can go on, and the flow has changed; {renewed}"
    );
}
