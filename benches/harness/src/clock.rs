//! What a sample is timed by.

use crate::{Flavour, Work};

/// A clock that knows only how much time has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The CPU time of the thread that asks: what else the machine does is not in it, nor what
    /// the process has other threads do.
    Thread,
    /// The CPU time of all threads of this process.
    Process,
    /// What passes for everybody.
    Wall,
}

impl Clock {
    /// For a work in a runtime. On one thread it is CPU time: that of the thread, or of
    /// `all_threads`, where a subject may have some of its own. On many threads it is what a
    /// user waits for; but where everything waits, the waits themselves would be timed.
    pub(crate) fn of(work: Work, flavour: Flavour, all_threads: bool) -> Self {
        match (work, flavour) {
            (_, Flavour::Current) if !all_threads => Self::Thread,
            (_, Flavour::Current) | (Work::Waits, Flavour::Multi) => Self::Process,
            (_, Flavour::Multi) => Self::Wall,
        }
    }

    /// Seconds since some time in the past.
    #[cfg(unix)]
    pub(crate) fn now(self) -> f64 {
        use nix::time::ClockId;

        let clock = match self {
            Self::Thread => ClockId::CLOCK_THREAD_CPUTIME_ID,
            Self::Process => ClockId::CLOCK_PROCESS_CPUTIME_ID,
            Self::Wall => ClockId::CLOCK_MONOTONIC,
        };
        let now = clock.now().expect("every Unix has this clock");
        now.tv_sec() as f64 + now.tv_nsec() as f64 / 1e9
    }

    /// Seconds since the first call: elsewhere there is no clock but the one on the wall.
    #[cfg(not(unix))]
    pub(crate) fn now(self) -> f64 {
        use std::sync::OnceLock;
        use std::time::Instant;

        static FIRST: OnceLock<Instant> = OnceLock::new();
        FIRST.get_or_init(Instant::now).elapsed().as_secs_f64()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::thread;
    use std::time::Duration;

    use super::Clock;

    #[test]
    fn a_thread_that_sleeps_takes_no_time_of_its_own() {
        let [thread, wall] = [Clock::Thread, Clock::Wall];
        let (own, all) = (thread.now(), wall.now());
        thread::sleep(Duration::from_millis(20));
        assert!(thread.now() - own < 0.01);
        assert!(wall.now() - all >= 0.02);
    }
}
