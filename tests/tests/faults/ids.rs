//! A trace id is the key to its trace: whoever knows others cannot guess it.

use std::collections::HashSet;

use penguiflow::prelude::*;

fn halves(id: TraceId) -> [u64; 2] {
    let bits = id.to_u128();
    [(bits >> 64) as u64, bits as u64]
}

/// Ids were made by the thread's generator for jitter, whose seed one id gave away.
#[test]
fn ids_do_not_come_from_a_generator_that_can_be_known() {
    let of_seed = || {
        fastrand::seed(7);
        (0..8).map(|_| TraceId::random()).collect::<Vec<_>>()
    };
    let (first, second) = (of_seed(), of_seed());
    fastrand::seed(7);
    let guessed: Vec<_> = (0..32).map(|_| fastrand::u64(..)).collect();
    for id in first.iter().chain(&second) {
        assert!(halves(*id).iter().all(|half| !guessed.contains(half)));
    }
    assert!(first.iter().all(|id| !second.contains(id)));
}

/// Neither half repeats, on one thread or on several, nor goes up by steps.
#[test]
fn ids_tell_nothing_of_each_other() {
    let of_thread = || (0..2000).map(|_| TraceId::random()).collect::<Vec<_>>();
    let threads: Vec<_> = (0..3).map(|_| std::thread::spawn(of_thread)).collect();
    let of_threads = threads
        .into_iter()
        .map(|thread| thread.join().expect("ids"));
    let (mut seen, mut steps) = (HashSet::new(), HashSet::new());
    for ids in of_threads {
        for pair in ids.windows(2) {
            for (half, next) in halves(pair[0]).into_iter().zip(halves(pair[1])) {
                assert!(seen.insert(half), "{half:x} came twice");
                assert!(steps.insert(next.wrapping_sub(half)), "a step came twice");
                assert!(steps.insert(next ^ half), "a difference came twice");
            }
        }
    }
}
