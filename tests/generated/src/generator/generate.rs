//! Generates the plans of a sample: a graph, then two trees, and so on.

use super::generate_tree::{MET, TreeGenerator};
use super::position::Place;
use super::tree::{choices, name_joins};
use super::{Body, EdgeType, Form, Plan, Rng, generate_graph};

/// In how many ways a trace may go on where what is first decides, so that all of them can be
/// predicted.
const MOST_CHOICES: f64 = 24.0;

/// The flow with this number of the sample with this seed.
pub fn generate(seed: u64, number: u64) -> Plan {
    let mut rng = Rng::from_seed(&[seed, number]);
    match number % 3 {
        0 => generate_graph::graph(&mut rng, seed, number),
        _ => Plan {
            seed,
            ..tree(&mut rng, number)
        },
    }
}

fn tree(rng: &mut Rng, number: u64) -> Plan {
    loop {
        let mut plan = attempt(rng, number);
        if all_choices(&plan) <= MOST_CHOICES {
            plan.plays.iter_mut().for_each(|play| play.number = number);
            let is_ruled = rng.chance(40);
            rule_headers(&mut plan, is_ruled, rng);
            return plan;
        }
    }
}

/// Chooses the rule of each flow for the headers after joins. A part in parentheses has that of the
/// flow around it.
fn rule_headers(plan: &mut Plan, first_headers: bool, rng: &mut Rng) {
    plan.first_headers = first_headers;
    for play in &mut plan.plays {
        let own = rng.chance(40);
        let rule = if play.in_parentheses {
            first_headers
        } else {
            own
        };
        rule_headers(play, rule, rng);
    }
}

fn all_choices(plan: &Plan) -> f64 {
    let own = plan.tree().iter().map(|chain| choices(chain));
    // What is played may be played again.
    let plays = plan.plays.iter().map(|play| all_choices(play).powi(2));
    own.chain(plays).product()
}

fn attempt(rng: &mut Rng, number: u64) -> Plan {
    let exits = [EdgeType::Load, EdgeType::Load, EdgeType::Load].into_iter();
    let exits: Vec<_> = exits.chain([EdgeType::Carton]).chain(MET).collect();
    let gives: Vec<_> = (0..rng.pick(&[1, 1, 1, 2]))
        .map(|_| rng.pick(&exits))
        .collect();
    let form = match gives.iter().all(|gives| *gives == EdgeType::Load) && rng.chance(50) {
        true => Form::Expression,
        false => Form::Item,
    };
    let room = rng.within(1, 9);
    Plan {
        number,
        form,
        conditional: rng.chance(15),
        ..tree_of(rng, room, &gives, Some(Vec::new()))
    }
}

/// A flow that is played at this place of another one: it has one output at most.
pub(super) fn play(rng: &mut Rng, place: usize) -> Plan {
    loop {
        let room = rng.within(1, 4);
        let plan = tree_of(rng, room, &[EdgeType::Load], None);
        if plan.is_single() {
            return Plan {
                part: Some(place),
                ..plan
            };
        }
    }
}

/// A tree whose chains give this.
fn tree_of(rng: &mut Rng, room: usize, gives: &[EdgeType], plays: Option<Vec<Plan>>) -> Plan {
    let (lets_last, apart) = (rng.chance(20), rng.chance(30));
    let nodes = Vec::new();
    let mut generator = TreeGenerator {
        rng,
        nodes,
        room,
        plays,
    };
    let gives = gives.iter();
    let mut chains: Vec<_> = gives
        .map(|gives| generator.chain(Vec::new(), Place::SEA, EdgeType::Load, *gives))
        .collect();
    let mut known = Vec::new();
    chains
        .iter_mut()
        .for_each(|chain| name_joins(chain, &mut known));
    Plan {
        seed: 0,
        number: 0,
        part: None,
        in_parentheses: false,
        form: Form::Item,
        conditional: false,
        lets_last,
        first_headers: false,
        nodes: generator.nodes,
        plays: generator.plays.unwrap_or_default(),
        body: Body::Tree { chains, apart },
    }
}
