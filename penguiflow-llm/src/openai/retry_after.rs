//! The wait that a server asks for: `retry-after-ms`, or `retry-after` in seconds or as a date.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

/// The wait, if the headers have one that can be read.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let milliseconds = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok());
    if let Some(milliseconds) = milliseconds {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let after = text("retry-after")?;
    match after.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => until(after, text("date")),
    }
}

/// The time until a date: by the server's own clock, if it says what that shows.
fn until(date: &str, server_date: Option<&str>) -> Option<Duration> {
    let then = httpdate::parse_http_date(date).ok()?;
    let server_now = server_date.and_then(|date| httpdate::parse_http_date(date).ok());
    let now = server_now.unwrap_or_else(SystemTime::now);
    Some(then.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &'static str)], milliseconds: Option<u64>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a value"));
        }
        assert_eq!(retry_after(&map), milliseconds.map(Duration::from_millis));
    }

    #[test]
    fn a_wait_is_read_in_every_form() {
        check(&[("retry-after", "20")], Some(20_000));
        check(&[("retry-after", " 0.5 ")], Some(500));
        check(
            &[("retry-after", "20"), ("retry-after-ms", "750")],
            Some(750),
        );
        let date = ("date", "Mon, 30 Nov 2026 21:00:00 GMT");
        check(
            &[date, ("retry-after", "Mon, 30 Nov 2026 21:00:07 GMT")],
            Some(7000),
        );
        check(
            &[date, ("retry-after", "Mon, 30 Nov 2026 20:59:59 GMT")],
            Some(0),
        );
        check(&[("retry-after", "Fri, 01 Jan 2010 00:00:00 GMT")], Some(0));
        for nonsense in ["-3", "soon", "", "1e300", "NaN"] {
            check(&[("retry-after", nonsense)], None);
        }
        check(&[], None);
    }
}
