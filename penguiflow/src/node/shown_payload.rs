//! A payload as JSON, for those who look at what nodes take and return.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;
use serde_json::Value;

/// A longer document is cut.
const LONGEST: usize = 64 << 10;
/// How much is shown of it.
const EXCERPT: usize = 4 << 10;

/// How to show a payload.
pub(crate) type Show<T> = fn(&T) -> Value;

/// How to show what a node takes and what it passes on, as far as it can be shown.
#[derive(Debug)]
pub struct ShowPayloads<I, O> {
    /// What it takes.
    pub input: Option<Show<I>>,
    /// What follows its edges.
    pub output: Option<Show<O>>,
}

impl<I, O> ShowPayloads<I, O> {
    /// Nothing can be shown.
    pub const NONE: Self = Self {
        input: None,
        output: None,
    };
}

/// A payload as JSON. A text that begins with it, if it is long; a text that says why, if there is none.
pub(super) fn show<T: Serialize>(payload: &T) -> Value {
    let mut document = Document::default();
    let written = catch_unwind(AssertUnwindSafe(|| {
        serde_json::to_writer(&mut document, payload)
    }));
    let Document { bytes, is_cut } = document;
    match written {
        _ if is_cut => Value::String(excerpt(&bytes)),
        Ok(Ok(())) => serde_json::from_slice(&bytes).unwrap_or_default(),
        Ok(Err(error)) => Value::String(format!("cannot be written as JSON: {error}")),
        Err(_) => Value::String("its `Serialize` panicked".to_owned()),
    }
}

/// The beginning of a document that was cut, which is no JSON.
fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..EXCERPT]);
    format!("{}…", text.trim_end_matches('\u{fffd}'))
}

/// A document that is refused where it grows too long.
#[derive(Default)]
struct Document {
    bytes: Vec<u8>,
    is_cut: bool,
}

impl Write for Document {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        self.is_cut = self.bytes.len() > LONGEST;
        match self.is_cut {
            true => Err(io::ErrorKind::FileTooLarge.into()),
            false => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::{Serialize, Serializer};
    use serde_json::json;

    use super::{EXCERPT, show};

    #[test]
    fn a_payload_is_shown_as_json() {
        assert_eq!(show(&(1, "krill")), json!([1, "krill"]));
    }

    #[test]
    fn a_long_payload_is_cut_between_two_characters() {
        let shown = show(&vec!["ä".repeat(1_001); 100]);
        let shown = shown.as_str().expect("a text");
        assert!(
            shown.starts_with("[\"ää") && shown.ends_with("ä…"),
            "{shown}"
        );
        assert!((EXCERPT - 4..=EXCERPT + 3).contains(&shown.len()));
    }

    #[test]
    fn what_cannot_be_shown_says_why() {
        struct Broken;
        impl Serialize for Broken {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                panic!("it cannot be written")
            }
        }
        assert_eq!(show(&Broken), json!("its `Serialize` panicked"));
        let keys = show(&BTreeMap::from([((1, 2), 3)]));
        assert_eq!(
            keys,
            json!("cannot be written as JSON: key must be a string")
        );
    }
}
