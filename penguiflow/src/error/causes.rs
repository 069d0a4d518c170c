//! The chain of an error's causes as text, each cause once.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Any error: what a node's own error is turned into.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// The text of an error, which is the user's: if it panics, what it is about is reported all the
/// same.
pub(crate) fn text_of(error: &dyn fmt::Display) -> String {
    catch_unwind(AssertUnwindSafe(|| error.to_string()))
        .unwrap_or_else(|_| "an error whose `Display` panicked".to_owned())
}

/// Writes a text, and after it those of the causes that it does not contain: an error's text
/// often ends with that of its source.
pub(crate) fn write_causes<'e>(
    f: &mut fmt::Formatter<'_>,
    mut text: String,
    causes: impl Iterator<Item = &'e (dyn Error + 'static)>,
) -> fmt::Result {
    f.write_str(&text)?;
    for cause in causes {
        let cause = in_one_line(&text_of(cause));
        if !has(&text, &cause) {
            write!(f, ": {cause}")?;
            text = format!("{text}: {cause}");
        }
    }
    Ok(())
}

/// The texts of causes, without those that the one before is.
pub(crate) fn texts<'e>(causes: impl Iterator<Item = &'e (dyn Error + 'static)>) -> Vec<String> {
    let mut texts: Vec<_> = causes.map(|error| text_of(error)).collect();
    texts.dedup();
    texts
}

/// A report of invalid values lists several places on a line each.
pub(crate) fn listed(report: &dyn fmt::Display) -> String {
    in_one_line(&text_of(report))
}

fn in_one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("; ")
}

/// Whether a text contains another one as whole words.
fn has(text: &str, part: &str) -> bool {
    let is_of_word = |char: Option<char>| char.is_some_and(char::is_alphanumeric);
    let text = in_one_line(text);
    text.match_indices(part).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + part.len()..]);
        let begins = !is_of_word(before.chars().next_back()) || !is_of_word(part.chars().next());
        let ends = !is_of_word(after.chars().next()) || !is_of_word(part.chars().next_back());
        begins && ends
    })
}

/// An error of which the text alone is left, and what caused it.
#[derive(Debug)]
#[cfg(feature = "durable")]
struct CauseText {
    text: String,
    source: Option<BoxError>,
}

/// Causes of which the texts alone are left, as errors again.
#[cfg(feature = "durable")]
pub(crate) fn from_texts(causes: Vec<String>) -> Option<BoxError> {
    let causes = causes.into_iter().rev();
    causes.fold(None, |source, text| {
        Some(Box::new(CauseText { text, source }) as BoxError)
    })
}

#[cfg(feature = "durable")]
impl fmt::Display for CauseText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(feature = "durable")]
impl Error for CauseText {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::has;

    #[test]
    fn a_part_of_a_word_is_no_cause_that_is_there() {
        assert!(has("node `a` failed: no route", "no route"));
        assert!(has("read (no route) failed", "no route"));
        assert!(!has("node `a` failed", "no"));
        assert!(!has("timed out", "out of memory"));
        assert!(has("a: 1\nb: 2", "a: 1; b: 2"));
        assert!(has("größe: über", "über"));
    }
}
