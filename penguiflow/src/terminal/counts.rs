//! The numbers of a line: how many began, run, succeeded and failed, and how many end in a second.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::event::{Event, EventKind, TraceOutcome};

/// A rate is that of the last few seconds.
const WINDOW: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) begun: u64,
    pub(super) running: u64,
    pub(super) done: u64,
    pub(super) failed: u64,
}

impl Counts {
    pub(super) fn count_trace(&mut self, event: &Event) {
        match event.event {
            EventKind::TraceStart => self.begin(),
            EventKind::TraceEnd => self.end(matches!(
                event.outcome,
                Some(TraceOutcome::Completed | TraceOutcome::Filtered)
            )),
            _ => {}
        }
    }

    /// A visit that is cancelled is over, and neither done nor failed.
    pub(super) fn count_visit(&mut self, event: &Event) {
        match event.event {
            EventKind::NodeStart if event.attempt == 0 => self.begin(),
            EventKind::TraceParked => self.begin(),
            EventKind::NodeSuccess => self.end(true),
            EventKind::NodeFailed => self.end(false),
            EventKind::TraceResumed => self.end(event.error.is_none()),
            EventKind::NodeCancelled => self.running = self.running.saturating_sub(1),
            _ => {}
        }
    }

    fn begin(&mut self) {
        self.begun += 1;
        self.running += 1;
    }

    fn end(&mut self, is_done: bool) {
        self.running = self.running.saturating_sub(1);
        match is_done {
            true => self.done += 1,
            false => self.failed += 1,
        }
    }
}

/// How many ended, at several moments of the last seconds.
#[derive(Debug, Default)]
pub(super) struct Rate(VecDeque<(Instant, u64)>);

impl Rate {
    /// The number in a second, of a count that is this one now.
    pub(super) fn of(&mut self, count: u64, now: Instant) -> f64 {
        let is_old = |at: &Instant| now.duration_since(*at) > WINDOW;
        while self.0.len() > 1 && self.0.front().is_some_and(|(at, _)| is_old(at)) {
            self.0.pop_front();
        }
        self.0.push_back((now, count));
        let (since, before) = self.0.front().copied().unwrap_or((now, count));
        let seconds = now.duration_since(since).as_secs_f64();
        match seconds > 0.0 {
            true => (count - before) as f64 / seconds,
            false => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_that_of_the_last_seconds() {
        let mut rate = Rate::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(rate.of(0, start), 0.0);
        assert_eq!(rate.of(10, at(1)), 10.0);
        assert_eq!(rate.of(40, at(4)), 10.0);
        assert_eq!(rate.of(40, at(8)), 0.0);
    }
}
