//! When a client should try again that found the flow full.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use penguiflow::host::HostLoad;

/// A new time counts for an eighth, so that some ten traces make the old ones forgotten.
const WEIGHT: u64 = 8;

/// How long a flow's last traces ran, as one moving average.
#[derive(Debug, Default)]
pub(crate) struct RunTimes(AtomicU64);

impl RunTimes {
    /// Counts a trace that ran for this long.
    pub(crate) fn add(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1);
        let next = |mean: u64| match mean {
            0 => micros,
            mean => mean - mean / WEIGHT + micros / WEIGHT,
        };
        let update = |mean| Some(next(mean));
        _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, update);
    }

    /// The time until there is likely a place: that in which those that wait, and this one, have had
    /// theirs. At least a second, for the header has no less.
    pub(crate) fn retry_after(&self, load: HostLoad, longest: Duration) -> Duration {
        let mean = Duration::from_micros(self.0.load(Ordering::Relaxed));
        let turns = (load.waiting + 1) as f64 / load.capacity.max(1) as f64;
        let wait = mean.as_secs_f64() * turns;
        let wait = Duration::try_from_secs_f64(wait).unwrap_or(longest);
        wait.max(Duration::from_secs(1)).min(longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn load(capacity: usize, waiting: usize) -> HostLoad {
        HostLoad {
            capacity,
            in_flight: capacity,
            waiting,
        }
    }

    #[test]
    fn one_place_is_free_after_a_trace() {
        let times = RunTimes::default();
        times.add(Duration::from_secs(8));
        let wait = |capacity, waiting| times.retry_after(load(capacity, waiting), MINUTE).as_secs();
        assert_eq!(wait(1, 0), 8);
        assert_eq!(wait(1, 1), 16);
        assert_eq!(wait(4, 1), 4);
        assert_eq!(wait(64, 0), 1);
        assert_eq!(wait(1, 100), 60);
    }

    #[test]
    fn later_traces_count_more() {
        let times = RunTimes::default();
        times.add(Duration::from_secs(100));
        for _ in 0..40 {
            times.add(Duration::from_secs(2));
        }
        let wait = times.retry_after(load(1, 0), MINUTE);
        assert!((2.0..4.0).contains(&wait.as_secs_f64()), "{wait:?}");
    }
}
