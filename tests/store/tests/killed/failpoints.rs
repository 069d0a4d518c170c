//! Killed before and after each write of the store in turn, and each commit: of registering the flow, of
//! emits, transitions, recoveries and acknowledgements.

use fastrand::Rng;

use crate::Place;
use crate::account::Account;
use crate::crew::Crew;

/// One goes round four times, is tried again and waits; the other has a journal, takes its fallback and
/// is tried twice more.
const TRACES: std::ops::Range<u64> = 1313..1315;
/// There are some hundred writes, of which those that happen to be queued at once share a commit.
const PLACES: u32 = 200;

#[test]
fn each_trace_has_its_outputs_once_wherever_between_two_writes_the_process_dies() {
    let expected = Account::of(TRACES);
    for nth in 0.. {
        let (place, mut account) = (Place::new(), expected.clone());
        let mut crew = Crew::new(Rng::with_seed(nth.into()), 0, 0);
        let first = crew.live(&place, &mut account, Some(nth));
        let survives = first.is_some();
        let ledger = first.or_else(|| crew.live(&place, &mut account, None));
        let ledger = ledger.expect("nobody has killed the second process");
        let excess = account.check(&place.runs(), &ledger);
        assert!(excess < 1.2, "{nth}: {excess} node runs for each");
        if survives {
            assert!(nth > PLACES, "it has {nth} places to die at");
            println!("{nth} places");
            return;
        }
    }
}
