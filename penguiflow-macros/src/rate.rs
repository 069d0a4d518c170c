//! `"60/min"`: text to a rate, at compile time.

use std::time::Duration;

const UNITS: [(&str, u64); 3] = [("s", 1), ("min", 60), ("h", 3600)];

/// So many, above zero, in each period.
pub(crate) type Rate = (u32, Duration);

pub(crate) fn parse(text: &str) -> Result<Rate, String> {
    read(text).ok_or_else(|| {
        format!(
            "`{text}` is not a rate: write a number above zero, `/` and one of `s`, `min` or `h`, such as \"60/min\""
        )
    })
}

fn read(text: &str) -> Option<Rate> {
    let (count, unit) = text.split_once('/')?;
    let count = count.trim().parse().ok().filter(|count| *count > 0)?;
    let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    Some((count, Duration::from_secs(*seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_as_people_write_them() {
        assert_eq!(parse("5/s"), Ok((5, Duration::from_secs(1))));
        assert_eq!(parse("60/min"), Ok((60, Duration::from_secs(60))));
        assert_eq!(parse("1000 / h"), Ok((1000, Duration::from_secs(3600))));
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in [
            "",
            "60",
            "/s",
            "0/s",
            "-1/s",
            "0.5/s",
            "60/day",
            "60 per min",
            "1/2/s",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
