//! Draws the plans of a sample: a web, then two trees, and so on.

use super::{Dice, Plan, grow, web};

/// The flow with this number of the sample with this seed.
pub fn draw(seed: u64, number: u64) -> Plan {
    let mut dice = Dice::of(&[seed, number]);
    match number % 3 {
        0 => web::web(&mut dice, seed, number),
        _ => grow::tree(&mut dice, seed, number),
    }
}
