//! `"2s"`, `"500ms"`, `"1m 30s"`: text to a duration, at compile time.

use std::time::Duration;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// What a unit is worth in nanoseconds.
const UNITS: [(&str, u64); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60 * 1_000_000_000),
    ("min", 60 * 1_000_000_000),
    ("h", 3600 * 1_000_000_000),
];

/// Reads a duration above zero.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let mut total = Duration::ZERO;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (part, after) = part(rest).ok_or_else(|| expected(text))?;
        total = total.saturating_add(part);
        rest = after.trim_start();
    }
    if total.is_zero() {
        return Err(expected(text));
    }
    Ok(total)
}

/// A duration as an expression.
pub(crate) fn tokens(time: Duration) -> TokenStream {
    let (seconds, nanos) = (
        Literal::u64_unsuffixed(time.as_secs()),
        Literal::u32_unsuffixed(time.subsec_nanos()),
    );
    quote!(::core::time::Duration::new(#seconds, #nanos))
}

/// One number with its unit, and what follows it.
fn part(text: &str) -> Option<(Duration, &str)> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, rest) = text.split_at(unit_at);
    let unit_end = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(unit_end);
    let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let exact = number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(*nanos));
    let nanos = match exact {
        Some(nanos) => nanos,
        // The largest value that the cast below keeps is some 584 years.
        None => (number.parse::<f64>().ok()? * *nanos as f64).round() as u64,
    };
    Some((Duration::from_nanos(nanos), rest))
}

fn expected(text: &str) -> String {
    format!(
        "`{text}` is not a duration above zero: write a number and a unit of `ms`, `s`, `m` or `h`, such as \"500ms\" or \"1m 30s\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        assert_eq!(parse("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse("1m 30s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse("1m30s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse("0.5h"), Ok(Duration::from_secs(1800)));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in ["", "2", "s", "2 s s", "0s", "-1s", "2 parsecs", "1..2s"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
