//! How long a client waits for its answer: `x-request-timeout` as HTTP proxies write it, and
//! `grpc-timeout`.

use std::time::Duration;

use axum::http::HeaderMap;
use tokio::time::Instant;

use crate::problem::{Problem, bad_request};

/// Longer ones are as good as none, and no clock can hold the longest that could be written.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Reads one.
type Read = fn(&str) -> Option<Duration>;

/// The headers, how to read them, and how they are written.
const HEADERS: [(&str, Read, &str); 2] = [
    (
        "x-request-timeout",
        request_timeout,
        "seconds such as `30` or `0.5`, or `500ms`, `30s`, `2m`",
    ),
    (
        "grpc-timeout",
        grpc_timeout,
        "at most 8 digits and a unit, one of `H`, `M`, `S`, `m`, `u`, `n`",
    ),
];

/// The deadline of a request, the earlier of two.
pub(super) fn deadline(headers: &HeaderMap) -> Result<Option<Instant>, Problem> {
    let mut shortest = None;
    for (name, read, form) in HEADERS {
        let Some(value) = headers.get(name) else {
            continue;
        };
        let time = value.to_str().ok().and_then(read);
        let time = time.filter(|time| !time.is_zero());
        let time = time.ok_or_else(|| bad_request(format!("the header `{name}` is {form}")))?;
        shortest = shortest.into_iter().chain([time.min(LONGEST)]).min();
    }
    Ok(shortest.map(|time| Instant::now() + time))
}

fn request_timeout(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        _ => return None,
    };
    let is_number = digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: f64 = digits.parse().ok().filter(|_| is_number)?;
    Some(Duration::try_from_secs_f64(number * unit).unwrap_or(LONGEST))
}

fn grpc_timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let is_number =
        (1..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = digits.parse().ok().filter(|_| is_number)?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_seconds_unless_it_has_a_unit() {
        for (text, millis) in [
            ("30", 30_000),
            ("0.5", 500),
            ("500ms", 500),
            ("2m", 120_000),
            ("1s", 1000),
        ] {
            assert_eq!(
                request_timeout(text),
                Some(Duration::from_millis(millis)),
                "{text}"
            );
        }
        for wrong in ["", "s", "-1", "soon", "1e9", "inf", "1 s", "1.2.3", "5h"] {
            assert_eq!(request_timeout(wrong), None, "{wrong}");
        }
        assert_eq!(request_timeout(&"9".repeat(400)), Some(LONGEST));
    }

    #[test]
    fn a_grpc_timeout_has_at_most_eight_digits_and_a_unit() {
        assert_eq!(grpc_timeout("250m"), Some(Duration::from_millis(250)));
        assert_eq!(grpc_timeout("2H"), Some(Duration::from_secs(7200)));
        for wrong in ["", "m", "123456789S", "5s", "+5S", "5 S", "5é"] {
            assert_eq!(grpc_timeout(wrong), None, "{wrong}");
        }
    }
}
