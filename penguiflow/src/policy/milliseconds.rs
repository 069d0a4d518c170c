//! The serialised form of times in policies.

use std::time::Duration;

use serde::{Serialize, Serializer};

pub(crate) fn as_milliseconds<S: Serializer>(
    time: &(impl Into<Option<Duration>> + Copy),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let time: Option<Duration> = (*time).into();
    time.map(|time| time.as_secs_f64() * 1000.0)
        .serialize(serializer)
}
