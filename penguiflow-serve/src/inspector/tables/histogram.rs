//! Times in buckets, for medians and percentiles without keeping the times: each bucket is an eighth of
//! a power of two wide, so that a percentile is at most 12 % off.

use std::time::Duration;

/// How many buckets a power of two has, as a power of two itself.
const PARTS: u32 = 3;
/// From the first microsecond to an hour and more.
const BUCKETS: usize = 34 << PARTS;

/// How many times fell into each bucket.
#[derive(Debug, Clone, Default)]
pub(super) struct Histogram {
    /// Empty until the first time comes.
    buckets: Vec<u32>,
    count: u64,
    longest: Duration,
}

impl Histogram {
    pub(super) fn add(&mut self, time: Duration) {
        self.buckets.resize(BUCKETS, 0);
        let bucket = &mut self.buckets[bucket(time)];
        *bucket = bucket.saturating_add(1);
        self.count += 1;
        self.longest = self.longest.max(time);
    }

    pub(super) fn longest(&self) -> Option<Duration> {
        (self.count > 0).then_some(self.longest)
    }

    /// The time that this part of all times is not above.
    pub(super) fn percentile(&self, part: f64) -> Option<Duration> {
        let wanted = (self.count as f64 * part).ceil().max(1.0) as u64;
        let mut seen = 0;
        let place = self.buckets.iter().position(|count| {
            seen += u64::from(*count);
            seen >= wanted
        })?;
        Some(middle(place).min(self.longest))
    }
}

fn bucket(time: Duration) -> usize {
    let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1);
    let power = micros.ilog2();
    // The bits after the first one, as far as they count.
    let part = match power >= PARTS {
        true => micros >> (power - PARTS),
        false => micros << (PARTS - power),
    };
    let place = (u64::from(power) << PARTS) + (part - (1 << PARTS));
    (place as usize).min(BUCKETS - 1)
}

fn middle(bucket: usize) -> Duration {
    let (power, part) = (bucket >> PARTS, bucket & ((1 << PARTS) - 1));
    let width = 2f64.powi(power as i32) / f64::from(1 << PARTS);
    let micros = 2f64.powi(power as i32) + (part as f64 + 0.5) * width;
    Duration::from_secs_f64(micros / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_near_what_was_added() {
        let mut times = Histogram::default();
        assert_eq!(times.percentile(0.5), None);
        (1..=1000).for_each(|n| times.add(Duration::from_millis(n)));
        let near = |part: f64, wanted: f64| {
            let got = times.percentile(part).expect("times").as_secs_f64() * 1e3;
            assert!((got - wanted).abs() < wanted * 0.12, "{part}: {got}");
        };
        near(0.5, 500.0);
        near(0.95, 950.0);
        near(0.01, 10.0);
        assert_eq!(times.longest(), Some(Duration::from_secs(1)));
    }

    #[test]
    fn every_time_has_a_bucket() {
        for time in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
            let mut times = Histogram::default();
            times.add(time);
            assert!(times.percentile(0.5).is_some(), "{time:?}");
        }
    }
}
