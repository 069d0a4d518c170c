//! A key, which is shown nowhere: not in `Debug`, and not in what a server says.

use std::fmt;

/// A key.
#[derive(Clone)]
pub(super) struct Key(String);

impl Key {
    pub(super) fn new(key: impl Into<String>) -> Self {
        Self(key.into().trim().to_owned())
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// The text without the key.
    pub(super) fn hidden_in(&self, text: String) -> String {
        match self.0.len() {
            0 => text,
            _ => text.replace(&self.0, "…"),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}
