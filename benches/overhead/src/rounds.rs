//! The rounds: in each, everybody who does a work does it once, in an order that is shuffled.
//! Those of one program take turns in one process.

use std::collections::BTreeMap;

use contest::Work;

use crate::options::Options;
use crate::seat::{Seat, figures};

/// All seats with their figures.
pub(crate) fn hold<'a>(seats: Vec<Seat<'a>>, options: &Options) -> Vec<Seat<'a>> {
    let mut groups: BTreeMap<_, Vec<Seat<'a>>> = BTreeMap::new();
    for seat in seats {
        let group = (family(seat.entry.work), seat.entry.flavour);
        groups.entry(group).or_default().push(seat);
    }
    for round in 1..=options.rounds {
        for ((family, flavour), seats) in &mut groups {
            eprintln!("round {round} of {}: {family}, {flavour}", options.rounds);
            fastrand::shuffle(seats);
            let (in_turn, alone): (Vec<_>, Vec<_>) =
                seats.iter_mut().partition(|seat| seat.takes_turns());
            measure(in_turn, options);
            for seat in alone {
                measure(vec![seat], options);
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
fn measure(mut seats: Vec<&mut Seat<'_>>, options: &Options) {
    seats.retain_mut(|seat| seat.is_ready(options.sample));
    let measured = figures(&seats);
    for (place, seat) in seats.into_iter().enumerate() {
        match &measured {
            Ok(figures) => seat.rounds.push(figures[place].clone()),
            Err(error) => seat.failed = Some(format!("{error:#}")),
        }
    }
}
