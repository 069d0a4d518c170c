//! A time of a store.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Serialize, Serializer};

/// A time, in milliseconds since the Unix epoch. It prints and serialises as
/// `2026-11-30T17:40:05.250Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// The end of the year 9999, up to which times can be printed.
const LAST: i64 = 253_402_300_799_999;

impl Time {
    /// The time now.
    pub fn now() -> Self {
        Self::from(SystemTime::now())
    }

    /// The time that has passed since an earlier one; none if that one is later.
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// The time that was so long ago.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    pub(crate) fn to_system(self) -> SystemTime {
        let millis = self.0.clamp(0, LAST);
        UNIX_EPOCH + Duration::from_millis(millis.unsigned_abs())
    }
}

impl From<SystemTime> for Time {
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_rfc3339_millis(self.to_system()).fmt(f)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromSql for Time {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl ToSql for Time {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Time;

    #[test]
    fn a_time_that_no_calendar_has_is_printed_all_the_same() {
        assert_eq!(Time(1_000).to_string(), "1970-01-01T00:00:01.000Z");
        assert_eq!(Time(i64::MIN).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Time(i64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn times_are_subtracted_without_overflow() {
        assert_eq!(Time(i64::MIN).since(Time(i64::MAX)), Duration::ZERO);
        assert_eq!(Time(i64::MIN).before(Duration::MAX), Time(i64::MIN));
        assert_eq!(Time(1_500).since(Time(500)), Duration::from_secs(1));
    }
}
