//! When a schedule's pattern fits next.

use chrono::{DateTime, Utc};
use croner::Cron;
use croner::errors::CronError;

use super::error::StoreError;
use super::records::Millis;

/// The first time after `after` that the pattern fits, in UTC; `None` where there is none.
///
/// A schedule that was not looked at for long goes on with each time that passed by `next_tick(cron,
/// due)`, and with the next one to come by `next_tick(cron, now)`.
pub fn next_tick(cron: &str, after: Millis) -> Result<Option<Millis>, StoreError> {
    let refused = |cause: CronError| StoreError::Cron {
        pattern: cron.to_owned(),
        cause: cause.to_string(),
    };
    let pattern: Cron = cron.parse().map_err(refused)?;
    let Some(after) = DateTime::<Utc>::from_timestamp_millis(after) else {
        return Ok(None);
    };
    match pattern.find_next_occurrence(&after, false) {
        Ok(next) => Ok(Some(next.timestamp_millis())),
        Err(CronError::TimeSearchLimitExceeded) => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(cron: &str, time: &str) -> String {
        let time: DateTime<Utc> = time.parse().expect("a time");
        let next = next_tick(cron, time.timestamp_millis()).expect("a pattern");
        let next = next.map(|next| DateTime::<Utc>::from_timestamp_millis(next).expect("a time"));
        next.map_or("never".to_owned(), |next| next.to_string())
    }

    #[test]
    fn five_fields_are_minutes_to_days_of_the_week() {
        let monday = after("30 8 * * mon", "2026-11-30T08:29:59.999Z");
        assert_eq!(monday, "2026-11-30 08:30:00 UTC");
        let monday = after("30 8 * * 1", "2026-11-30T08:30:00Z");
        assert_eq!(monday, "2026-12-07 08:30:00 UTC");
        assert_eq!(
            after("@hourly", "2026-11-30T08:30:00Z"),
            "2026-11-30 09:00:00 UTC"
        );
        assert_eq!(
            after("*/5 * * * * *", "2026-11-30T08:30:01Z"),
            "2026-11-30 08:30:05 UTC"
        );
    }

    #[test]
    fn a_pattern_that_fits_no_day_has_no_next_time() {
        assert_eq!(after("0 0 31 2 *", "2026-11-30T08:30:00Z"), "never");
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_what_to_write() {
        let refused = next_tick("every day", 0)
            .expect_err("it is no pattern")
            .to_string();
        assert!(
            refused.starts_with("`every day` is not a cron pattern ("),
            "{refused}"
        );
        assert!(
            refused.ends_with("): write five fields, such as `30 8 * * mon`"),
            "{refused}"
        );
    }
}
