//! Prints of values: numbers that are the same for equal values, within one process.

use std::fmt::{self, Debug, Write};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Makes a print of a value.
pub type Print<T> = fn(&T) -> u64;

/// The better of two ways to make a print: what is hashed takes no text.
pub const fn print<T>(by_hash: Option<Print<T>>, by_debug: Option<Print<T>>) -> Option<Print<T>> {
    match by_hash {
        Some(print) => Some(print),
        None => by_debug,
    }
}

pub(crate) fn by_hash<T: Hash>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

pub(crate) fn by_debug<T: Debug>(value: &T) -> u64 {
    let mut text = HashedText(DefaultHasher::new());
    // A `Debug` that fails has written the same up to there.
    let _ = write!(text, "{value:?}");
    text.0.finish()
}

/// A text of which the hash alone is kept.
struct HashedText(DefaultHasher);

impl Write for HashedText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}
