//! Who starts the processes, feeds them, kills them, and hears what they say.

use std::thread::sleep;
use std::time::Duration;

use fastrand::Rng;

use crate::Place;
use crate::account::Account;
use crate::child::{Said, Voyager};

/// Who starts the processes and kills them.
pub(crate) struct Crew {
    rng: Rng,
    /// The numbers of results at which the processes to come are killed, the next one last.
    kills: Vec<usize>,
    killed: usize,
}

impl Crew {
    pub(crate) fn new(mut rng: Rng, kills: usize, results: usize) -> Self {
        let mut kills: Vec<_> = (0..kills).map(|_| rng.usize(..results)).collect();
        kills.sort_unstable_by(|a, b| b.cmp(a));
        Self {
            rng,
            kills,
            killed: 0,
        }
    }

    /// Runs a process until it is killed, dies at its failpoint, or all is done; returns the ledgers then.
    pub(crate) fn live(
        &mut self,
        place: &Place,
        account: &mut Account,
        failpoint: Option<u32>,
    ) -> Option<serde_json::Value> {
        let mut child = Voyager::start(place, failpoint);
        for number in account.restart() {
            child.tell(&format!("emit {number}"));
        }
        let is_hasty = !self.kills.is_empty() && self.rng.u8(..8) == 0;
        if is_hasty {
            // Perhaps while it opens the store.
            sleep(Duration::from_micros(self.rng.u64(..40_000)));
            self.kills.pop();
            self.kill(&mut child);
        }
        let (mut is_killed, mut is_stopped) = (is_hasty, false);
        let mut ledgers = None;
        while let Some(said) = child.hear() {
            match said {
                Said::Ready => {}
                Said::Emitted { number, id } => account.emitted(number, id),
                Said::Resumed { id } => account.resumed(id),
                Said::Result { seq, id, value } => account.result(seq, id, value),
                Said::Acked { seq } => account.acked(seq),
                Said::Stopped { ledgers: last } => ledgers = Some(last),
            }
            if is_killed || is_stopped {
                continue;
            }
            self.feed(&mut child, account);
            let results = account.results();
            if self.kills.pop_if(|kill| *kill <= results).is_some() {
                sleep(Duration::from_micros(self.rng.u64(..2_000)));
                self.kill(&mut child);
                is_killed = true;
            } else if account.is_complete() {
                child.tell("stop");
                is_stopped = true;
            }
        }
        let status = child.wait();
        let may_die = is_killed || failpoint.is_some();
        assert!(may_die || status.success(), "{status}");
        ledgers.filter(|_| status.success())
    }

    /// How many processes were killed.
    pub(crate) fn killed(&self) -> usize {
        self.killed
    }

    fn kill(&mut self, child: &mut Voyager) {
        child.kill();
        self.killed += 1;
    }

    fn feed(&mut self, child: &mut Voyager, account: &mut Account) {
        while let Some(number) = account.next() {
            child.tell(&format!("emit {number}"));
            let earlier = number - self.rng.u64(..=number.min(99));
            if account.is_emitted(earlier) && self.rng.u8(..8) == 0 {
                child.tell(&format!("again {earlier}"));
            }
        }
    }
}
