//! Killed at random moments. `PENGUIFLOW_KILLS`, `PENGUIFLOW_TRACES` and `PENGUIFLOW_SEED` choose another
//! length and other moments.

use std::thread::sleep;
use std::time::Duration;

use fastrand::Rng;

use crate::Place;
use crate::account::Account;
use crate::child::{Said, Voyager};

/// How much more often than needed nodes may run.
const EXCESS: f64 = 1.05;

#[test]
fn each_trace_has_its_outputs_once_whenever_the_process_is_killed() {
    let (kills, traces) = (
        setting("PENGUIFLOW_KILLS", 15) as usize,
        setting("PENGUIFLOW_TRACES", 1_500),
    );
    let seed = setting("PENGUIFLOW_SEED", fastrand::u64(..));
    println!("PENGUIFLOW_SEED={seed}");
    let (place, mut account) = (Place::new(), Account::of(traces));
    let mut crew = Crew::new(Rng::with_seed(seed), kills, account.all_results());
    let ledger = loop {
        if let Some(ledger) = crew.live(&place, &mut account) {
            break ledger;
        }
    };
    assert_eq!(crew.killed, kills);
    let excess = account.check(&place.runs(), &ledger);
    println!("{kills} kills, {traces} traces, {excess:.4} node runs for each");
    assert!(excess <= EXCESS, "{excess} node runs for each");
}

#[test]
fn a_process_that_nobody_kills_runs_each_node_as_often_as_memory() {
    let (place, mut account) = (Place::new(), Account::of(60));
    let mut crew = Crew::new(Rng::with_seed(1), 0, account.all_results());
    let ledger = crew.live(&place, &mut account);
    let ledger = ledger.expect("nobody has killed it");
    assert_eq!(account.check(&place.runs(), &ledger), 1.0);
}

fn setting(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |number| number.parse().expect("a number"))
}

/// Who starts the processes and kills them.
struct Crew {
    rng: Rng,
    /// The numbers of results at which the processes to come are killed, the next one last.
    kills: Vec<usize>,
    killed: usize,
}

impl Crew {
    fn new(mut rng: Rng, kills: usize, results: usize) -> Self {
        let mut kills: Vec<_> = (0..kills).map(|_| rng.usize(..results)).collect();
        kills.sort_unstable_by(|a, b| b.cmp(a));
        Self {
            rng,
            kills,
            killed: 0,
        }
    }

    /// Runs a process until it is killed, or all is done; returns the ledger then.
    fn live(&mut self, place: &Place, account: &mut Account) -> Option<serde_json::Value> {
        let mut child = Voyager::start(place, None);
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
        let mut ledger = None;
        while let Some(said) = child.hear() {
            match said {
                Said::Ready => {}
                Said::Emitted { number, id } => account.emitted(number, id),
                Said::Result { seq, id, value } => account.result(seq, id, value),
                Said::Acked { seq } => account.acked(seq),
                Said::Stopped { ledger: last } => ledger = Some(last),
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
        assert_eq!(status.success(), !is_killed, "{status}");
        ledger
    }

    fn kill(&mut self, child: &mut Voyager) {
        child.kill();
        self.killed += 1;
    }

    fn feed(&mut self, child: &mut Voyager, account: &mut Account) {
        while let Some(number) = account.next() {
            child.tell(&format!("emit {number}"));
            let earlier = self.rng.u64(..=number);
            if account.is_emitted(earlier) && self.rng.u8(..8) == 0 {
                child.tell(&format!("again {earlier}"));
            }
        }
    }
}
