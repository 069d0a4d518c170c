//! The rounds: in each, everybody who does a work does it once, in an order that is shuffled.
//! Those of one program take turns in one process.

use std::collections::BTreeMap;

use harness::Work;

use crate::options::Options;
use crate::slot::{Slot, figures};

/// All slots with their figures.
pub(crate) fn hold<'a>(slots: Vec<Slot<'a>>, options: &Options) -> Vec<Slot<'a>> {
    let mut groups: BTreeMap<_, Vec<Slot<'a>>> = BTreeMap::new();
    for slot in slots {
        let group = (family(slot.entry.work), slot.entry.flavour);
        groups.entry(group).or_default().push(slot);
    }
    for round in 1..=options.rounds {
        for ((family, flavour), slots) in &mut groups {
            eprintln!("round {round} of {}: {family}, {flavour}", options.rounds);
            fastrand::shuffle(slots);
            let (in_turn, alone): (Vec<_>, Vec<_>) =
                slots.iter_mut().partition(|slot| slot.takes_turns());
            measure(in_turn, options);
            for slot in alone {
                measure(vec![slot], options);
            }
        }
    }
    groups.into_values().flatten().collect()
}

/// Works that are compared with each other run side by side.
fn family(work: Work) -> String {
    let id = work.to_string();
    id.split('_').next().unwrap_or_default().to_owned()
}

/// Once more, in one process, those that have not failed before.
fn measure(mut slots: Vec<&mut Slot<'_>>, options: &Options) {
    slots.retain_mut(|slot| slot.is_ready(options.sample));
    let measured = figures(&slots);
    for (place, slot) in slots.into_iter().enumerate() {
        match &measured {
            Ok(figures) => slot.rounds.push(figures[place].clone()),
            Err(error) => slot.failed = Some(format!("{error:#}")),
        }
    }
}
