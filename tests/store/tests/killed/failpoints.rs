//! Killed before and after each write of the store in turn, and each commit: of registering the flow, of
//! emits, transitions, recoveries and acknowledgements.

use std::sync::atomic::{AtomicU32, Ordering};

use fastrand::Rng;

use crate::account::{Account, Excess};
use crate::crew::Crew;
use crate::{BETWEEN_PLACES, Place};

/// One goes round four times, is tried again and waits; the second has a journal, takes its fallback and
/// is tried twice more; the third one is stored where it waits.
const TRACES: std::ops::Range<u64> = 1313..1316;
/// There are some hundred writes, of which those that happen to be queued at once share a commit.
const PLACES: u32 = 200;

/// What runs again is at most one step of each trace that is stored at each step: the 9 visits of `ask`,
/// of 79 of both traces.
const MOST: f64 = 1.0 + 18.5 / 79.0;
/// Processes that live at a time: they mostly wait for the disk.
const AT_ONCE: u32 = 8;

#[test]
fn each_trace_has_its_outputs_once_wherever_between_two_writes_the_process_dies() {
    let expected = Account::of(TRACES);
    let (next, end) = (AtomicU32::new(0), AtomicU32::new(u32::MAX));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let nth = next.fetch_add(1, Ordering::SeqCst);
                    if nth > end.load(Ordering::SeqCst) {
                        return;
                    }
                    if survives(nth, expected.clone()) {
                        end.fetch_min(nth, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    let places = end.into_inner();
    println!("{places} places");
    assert!(places > PLACES, "there are {places} places to die at");
}

/// Whether the process lives to its end, since it passes fewer places. All is checked.
fn survives(nth: u32, mut account: Account) -> bool {
    let place = Place::new();
    let mut crew = Crew::new(Rng::with_seed(nth.into()), 0, 0);
    let first = crew.live(&place, &mut account, Some(nth));
    let survives = first.is_some();
    let ledgers = first.or_else(|| crew.live(&place, &mut account, None));
    let ledgers = ledgers.expect("nobody has killed the second process");
    let Excess {
        ratio,
        again_at_awaits,
    } = account.check(&place, &ledgers);
    assert!(ratio < MOST, "{nth}: {ratio} node runs for each");
    assert!(
        again_at_awaits <= BETWEEN_PLACES,
        "{nth}: {again_at_awaits}"
    );
    survives
}
