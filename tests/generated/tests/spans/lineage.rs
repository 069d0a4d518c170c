//! Which visit runs the playbook that another one is in, found by the ids of their steps.

use std::collections::{HashMap, HashSet};

use penguiflow_generated_tests::child;

/// The places of steps, of branches and of items, and those of joins.
const PLACES: u32 = 6;
const JOINS: u32 = 20;

/// The most steps in a row that no event is about: joins, maps, and what goes on from an `await`.
const UNSEEN: u32 = 4;

/// For each of these steps of a playbook, the one among `callers` that runs it.
pub(crate) fn played(callers: &HashSet<u64>, steps: &HashSet<u64>) -> HashMap<u64, u64> {
    for unseen in 0..=UNSEEN {
        let found = played_by(callers, steps, unseen);
        if found.len() == steps.len() {
            return found;
        }
    }
    panic!("a visit of a playbook that nobody runs");
}

fn played_by(callers: &HashSet<u64>, steps: &HashSet<u64>, unseen: u32) -> HashMap<u64, u64> {
    let mut found = HashMap::new();
    for caller in callers {
        let mut open = vec![child(*caller, u32::MAX / 2)];
        let mut see = |step: u64, open: &mut Vec<u64>| {
            if steps.contains(&step) {
                match found.insert(step, *caller) {
                    Some(other) => assert_eq!(other, *caller, "a step is in one playbook"),
                    None => open.push(step),
                }
            }
        };
        see(open[0], &mut open);
        while let Some(step) = open.pop() {
            each_below(step, unseen, &mut |below| see(below, &mut open));
        }
    }
    found
}

fn each_below(step: u64, unseen: u32, see: &mut impl FnMut(u64)) {
    let joins = (0..JOINS).map(|join| u32::MAX - join);
    for place in (0..PLACES).chain(joins) {
        let below = child(step, place);
        see(below);
        if unseen > 0 {
            each_below(below, unseen - 1, see);
        }
    }
}
