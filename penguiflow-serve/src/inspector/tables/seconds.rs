//! What happened in each second of the last minute.

use std::time::{SystemTime, UNIX_EPOCH};

/// How many seconds are shown.
pub(super) const SHOWN: usize = 60;
/// A rate is that of the last few whole seconds.
const RATE: u64 = 10;

/// Counts of two kinds for each second.
#[derive(Debug, Clone)]
pub(super) struct Seconds {
    /// The place of a second is its remainder; the second itself says whether it is an old one.
    counts: Box<[(u64, [u32; 2]); SHOWN + 1]>,
}

impl Default for Seconds {
    fn default() -> Self {
        Self {
            counts: Box::new([(0, [0; 2]); SHOWN + 1]),
        }
    }
}

impl Seconds {
    /// Counts one of the first kind, and one of the second if it is bad.
    pub(super) fn add(&mut self, at: SystemTime, is_bad: bool) {
        let second = second(at);
        let (held, counts) = &mut self.counts[place(second)];
        if *held < second {
            (*held, *counts) = (second, [0; 2]);
        }
        if *held == second {
            counts[0] = counts[0].saturating_add(1);
            counts[1] = counts[1].saturating_add(u32::from(is_bad));
        }
    }

    fn of(&self, second: u64) -> [u32; 2] {
        let (held, counts) = self.counts[place(second)];
        if held == second { counts } else { [0; 2] }
    }

    /// The whole seconds before now, the oldest first.
    pub(super) fn history(&self, now: SystemTime) -> Vec<[u32; 2]> {
        let now = second(now);
        let seconds = (1..=SHOWN as u64).rev();
        seconds
            .map(|past| self.of(now.saturating_sub(past)))
            .collect()
    }

    /// How many of the first kind there were in a second.
    pub(super) fn rate(&self, now: SystemTime) -> f64 {
        let now = second(now);
        let counts = (1..=RATE).map(|past| self.of(now.saturating_sub(past))[0]);
        counts.map(f64::from).sum::<f64>() / RATE as f64
    }
}

fn second(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}

fn place(second: u64) -> usize {
    (second % (SHOWN as u64 + 1)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn old_seconds_are_forgotten() {
        let at = |second: u64| UNIX_EPOCH + Duration::from_secs(1_000 + second);
        let mut seconds = Seconds::default();
        (0..20).for_each(|n| seconds.add(at(n / 10), n == 0));
        assert_eq!(seconds.rate(at(2)), 2.0);
        assert_eq!(seconds.history(at(2))[58..], [[10, 1], [10, 0]]);
        assert_eq!(seconds.history(at(2)).len(), SHOWN);
        seconds.add(at(61), false);
        assert_eq!(seconds.history(at(62))[59], [1, 0]);
        assert_eq!(seconds.rate(at(100)), 0.0);
    }
}
