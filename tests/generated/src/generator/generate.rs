//! Draws the plans of a sample: a web, then two trees, and so on.

use super::generate_tree::{Grower, MET};
use super::position::Place;
use super::tree::{choices, name_joins};
use super::{Body, Dice, Form, Freight, Plan, generate_graph};

/// In how many ways a trace may go on where what is first decides, so that all of them can be
/// foretold.
const MOST_CHOICES: f64 = 24.0;

/// The flow with this number of the sample with this seed.
pub fn draw(seed: u64, number: u64) -> Plan {
    let mut dice = Dice::of(&[seed, number]);
    match number % 3 {
        0 => generate_graph::web(&mut dice, seed, number),
        _ => Plan {
            seed,
            ..tree(&mut dice, number)
        },
    }
}

fn tree(dice: &mut Dice, number: u64) -> Plan {
    loop {
        let mut plan = attempt(dice, number);
        if all_choices(&plan) <= MOST_CHOICES {
            plan.plays.iter_mut().for_each(|play| play.number = number);
            return plan;
        }
    }
}

fn all_choices(plan: &Plan) -> f64 {
    let own = plan.tree().iter().map(|chain| choices(chain));
    // What is played may be played again.
    let plays = plan.plays.iter().map(|play| all_choices(play).powi(2));
    own.chain(plays).product()
}

fn attempt(dice: &mut Dice, number: u64) -> Plan {
    let exits = [Freight::Load, Freight::Load, Freight::Load].into_iter();
    let exits: Vec<_> = exits.chain([Freight::Carton]).chain(MET).collect();
    let gives: Vec<_> = (0..dice.pick(&[1, 1, 1, 2]))
        .map(|_| dice.pick(&exits))
        .collect();
    let form = match gives.iter().all(|gives| *gives == Freight::Load) && dice.chance(50) {
        true => Form::Expression,
        false => Form::Item,
    };
    let room = dice.within(1, 9);
    Plan {
        number,
        form,
        ..grown(dice, room, &gives, Some(Vec::new()))
    }
}

/// A flow that is played at this place of another one: it has one output at most.
pub(super) fn play(dice: &mut Dice, place: usize) -> Plan {
    loop {
        let room = dice.within(1, 4);
        let plan = grown(dice, room, &[Freight::Load], None);
        if plan.is_single() {
            return Plan {
                part: Some(place),
                ..plan
            };
        }
    }
}

/// A tree whose chains give this.
fn grown(dice: &mut Dice, room: usize, gives: &[Freight], plays: Option<Vec<Plan>>) -> Plan {
    let (lets_last, apart) = (dice.chance(20), dice.chance(30));
    let nodes = Vec::new();
    let mut grower = Grower {
        dice,
        nodes,
        room,
        plays,
    };
    let gives = gives.iter();
    let mut chains: Vec<_> = gives
        .map(|gives| grower.chain(Vec::new(), Place::SEA, Freight::Load, *gives))
        .collect();
    let mut known = Vec::new();
    chains
        .iter_mut()
        .for_each(|chain| name_joins(chain, &mut known));
    Plan {
        seed: 0,
        number: 0,
        part: None,
        form: Form::Item,
        lets_last,
        nodes: grower.nodes,
        plays: grower.plays.unwrap_or_default(),
        body: Body::Tree { chains, apart },
    }
}
