//! One clock for two scales: tokio's instants, which tests can pause, and wall time.
//!
//! Wall time is derived from an instant through an anchor taken once, so that a
//! message reads the clock once and its `ts` moves with tokio's paused time.

use std::panic::catch_unwind;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::runtime::Handle;
use tokio::time::Instant;

static ANCHOR: OnceLock<(Instant, SystemTime)> = OnceLock::new();

#[inline]
fn anchor() -> (Instant, SystemTime) {
    *ANCHOR.get_or_init(|| (Instant::now(), SystemTime::now()))
}

/// The wall time now. A call, so that making a message is little code where it is inlined.
#[inline(never)]
pub(crate) fn now() -> SystemTime {
    wall(Instant::now())
}

/// The wall time of an instant.
#[inline]
pub(crate) fn wall(at: Instant) -> SystemTime {
    let (instant, system) = anchor();
    let after = at.saturating_duration_since(instant);
    if after.is_zero() {
        return system - instant.saturating_duration_since(at);
    }
    system + after
}

/// The instant of a wall time; the anchor's own where it lies out of range.
pub(crate) fn instant(at: SystemTime) -> Instant {
    let (instant, system) = anchor();
    let shifted = match at.duration_since(system) {
        Ok(after) => instant.checked_add(after),
        Err(before) => instant.checked_sub(before.duration()),
    };
    shifted.unwrap_or(instant)
}

/// The time from a wall time to an instant; none if the instant is earlier.
#[inline]
pub(crate) fn between(from: SystemTime, to: Instant) -> Duration {
    wall(to).duration_since(from).unwrap_or_default()
}

/// Seconds since the Unix epoch, as events carry them.
pub(crate) fn unix_seconds(at: SystemTime) -> f64 {
    at.duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0.0, |since| since.as_secs_f64())
}

/// Serialises a time in seconds since the Unix epoch.
pub(crate) fn as_unix_seconds<S: Serializer>(
    at: &SystemTime,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(unix_seconds(*at))
}

/// The same for a time that there may be.
pub(crate) fn as_optional_unix_seconds<S: Serializer>(
    at: &Option<SystemTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    at.map(unix_seconds).serialize(serializer)
}

/// Reads a time in seconds since the Unix epoch.
pub(crate) fn of_unix_seconds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<SystemTime, D::Error> {
    f64::deserialize(deserializer).map(of_seconds)
}

/// The same for a time that there may be.
pub(crate) fn of_optional_unix_seconds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SystemTime>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map(of_seconds))
}

fn of_seconds(seconds: f64) -> SystemTime {
    let since = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    SystemTime::UNIX_EPOCH + since
}

/// Deadlines travel as wall time, since an instant means nothing to another process.
pub(crate) mod as_wall {
    use super::{Instant, SystemTime};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(
        at: &Option<Instant>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        at.map(super::wall).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Instant>, D::Error> {
        Ok(Option::<SystemTime>::deserialize(deserializer)?.map(super::instant))
    }
}

/// The same for an instant that is always there.
pub(crate) mod as_wall_time {
    use super::Instant;
    #[cfg(feature = "durable")]
    use serde::{Deserialize, Deserializer};
    use serde::{Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
        super::wall(*at).serialize(serializer)
    }

    #[cfg(feature = "durable")]
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Instant, D::Error> {
        Ok(super::instant(super::SystemTime::deserialize(
            deserializer,
        )?))
    }
}

/// Whether timers can be made here: in a tokio runtime that has them.
pub(crate) fn has_timers() -> bool {
    // tokio does not report which drivers a runtime has: it panics where the timer is missing.
    let tries = || drop(tokio::time::sleep(Duration::ZERO));
    Handle::try_current().is_ok() && catch_unwind(tries).is_ok()
}
