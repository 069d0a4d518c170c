//! Killed at random moments. `PENGUIFLOW_KILLS`, `PENGUIFLOW_TRACES` and `PENGUIFLOW_SEED` choose another
//! length and other moments.

use fastrand::Rng;
use penguiflow_store_tests::CAPACITY;

use crate::account::Account;
use crate::crew::Crew;
use crate::{BETWEEN_PLACES, Place};

/// How much more often than needed nodes may run where each step is stored.
const EXCESS: f64 = 1.05;

#[test]
fn each_trace_has_its_outputs_once_whenever_the_process_is_killed() {
    let (kills, traces) = (
        setting("PENGUIFLOW_KILLS", 15) as usize,
        setting("PENGUIFLOW_TRACES", 1_500),
    );
    let seed = setting("PENGUIFLOW_SEED", fastrand::u64(..));
    println!("PENGUIFLOW_SEED={seed}");
    let (place, mut account) = (Place::new(), Account::of(0..traces));
    let mut crew = Crew::new(Rng::with_seed(seed), kills, account.all_results());
    let ledgers = loop {
        if let Some(ledgers) = crew.live(&place, &mut account, None) {
            break ledgers;
        }
    };
    assert_eq!(crew.killed(), kills);
    let excess = account.check(&place, &ledgers);
    let (ratio, again) = (excess.ratio, excess.again_at_awaits);
    println!(
        "{kills} kills, {traces} traces, {ratio:.4} node runs for each; {again} at awaits again"
    );
    assert!(ratio <= EXCESS, "{ratio} node runs for each");
    assert!(
        again <= kills * CAPACITY * BETWEEN_PLACES,
        "{again} runs again"
    );
}

#[test]
fn a_process_that_nobody_kills_runs_each_node_as_often_as_memory() {
    let (place, mut account) = (Place::new(), Account::of(0..60));
    let mut crew = Crew::new(Rng::with_seed(1), 0, account.all_results());
    let ledgers = crew.live(&place, &mut account, None);
    let ledgers = ledgers.expect("nobody has killed it");
    let excess = account.check(&place, &ledgers);
    assert_eq!((excess.ratio, excess.again_at_awaits), (1.0, 0));
}

fn setting(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |number| number.parse().expect("a number"))
}
