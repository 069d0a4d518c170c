//! The sample itself: that it has something of everything.

use penguiflow_generated_tests::generator::{features, features_of, generate, write};
use penguiflow_generated_tests::sample;

/// Protects the other proofs from an empty sample: every kind of node, form, shape and part is in
/// it, and each part inside the others.
#[test]
fn the_sample_has_something_of_everything() {
    let mut missing = features();
    for (plan, _) in sample() {
        let shown = features_of(&plan);
        missing.retain(|feature| !shown.contains(feature));
    }
    let is_whole = std::env::var_os("PENGUIFLOW_FLOW").is_none();
    assert!(missing.is_empty() || !is_whole, "{missing:?}");
}

/// Protects reproduction: a seed is all that a failing case needs.
#[test]
fn a_seed_gives_the_same_source_every_time() {
    assert_eq!(write(&generate(1, 3)), write(&generate(1, 3)));
    assert_ne!(write(&generate(1, 3)), write(&generate(2, 3)));
}
