//! The sample itself: that it has something of everything.

use penguiflow_generated_tests::generator::{
    Body, Form, Joining, Kind, Meet, Passes, Plan, Shape, Stage, draw, write,
};

/// The sample, as it is unless another one is chosen.
fn plans() -> Vec<Plan> {
    (0..75).map(|number| draw(1, number)).collect()
}

/// Something that a sample has, and how it is known.
type Wanted<T> = (&'static str, fn(&T) -> bool);

fn check<T, P>(all: &[T], wanted: &[Wanted<P>], has: impl Fn(&T, fn(&P) -> bool) -> bool) {
    for (what, is) in wanted {
        assert!(all.iter().any(|one| has(one, *is)), "{what}");
    }
}

/// Protects the other proofs from an empty sample: all kinds and forms are in it.
#[test]
fn the_sample_has_something_of_everything() {
    let plans = plans();
    let forms: [Wanted<Plan>; 6] = [
        ("a playbook", |plan| !plan.plays.is_empty()),
        ("a playbook that is tried again", |plan| {
            plan.plays.len() > 1
        }),
        ("an item", |plan| plan.form == Form::Item),
        ("an expression", |plan| plan.form == Form::Expression),
        ("a single output", Plan::is_single),
        ("a join apart", |plan| {
            matches!(plan.body, Body::Tree { apart: true, .. }) && plan.has(is_meet)
        }),
    ];
    check(&plans, &forms, |plan, is| is(plan));
    for kind in Kind::ALL {
        let mut plans = plans.iter();
        assert!(plans.any(|plan| plan.nodes.contains(&kind)), "{kind:?}");
    }
}

/// Every form of a web is in it.
#[test]
fn the_sample_has_webs_of_all_forms() {
    let mut plans = plans();
    plans.retain(|plan| plan.tree().is_empty());
    let chains: [Wanted<Plan>; 2] = [
        ("a chain", |plan| {
            plan.web().len() == 1 && plan.nodes.len() > 2
        }),
        ("statements", |plan| plan.web().len() > 2),
    ];
    check(&plans, &chains, |plan, is| is(plan));
    let shapes: Vec<_> = plans.iter().map(Plan::shape).collect();
    let forms: [Wanted<Shape>; 7] = [
        ("a broadcast", |shape| has_several(shape, |edge| edge.0)),
        ("a meeting", |shape| has_several(shape, |edge| edge.1)),
        ("entries", |shape| shape.entries.len() > 1),
        ("exits", |shape| shape.exits.len() > 1),
        ("a loop without exit", |shape| shape.exits.is_empty()),
        ("a self loop", |shape| {
            shape.edges.iter().any(|(from, to, _)| from == to)
        }),
        ("a longer loop", |shape| {
            shape.edges.iter().any(|(from, to, hop)| *hop && from != to)
        }),
    ];
    check(&shapes, &forms, |shape, is| is(shape));
}

fn has_several(shape: &Shape, end: fn(&(usize, usize, bool)) -> usize) -> bool {
    let ends: Vec<_> = shape.edges.iter().map(end).collect();
    let count = |node| ends.iter().filter(|other| *other == node).count();
    ends.iter().any(|node| count(node) > 1)
}

/// Every part of a tree is in it, and so is each inside the others.
#[test]
fn the_sample_has_trees_of_all_parts() {
    let parts: [Wanted<Stage>; 25] = [
        ("an await", is_wait),
        ("an await in a branch", |stage| {
            is_meet(stage) && stage.holds(&is_wait)
        }),
        ("an await in a map", |stage| {
            is_map(stage) && stage.holds(&is_wait)
        }),
        ("an await in a loop", |stage| {
            is_loop(stage) && stage.holds(&is_wait)
        }),
        ("a join", |stage| joins(stage, Joining::Join)),
        ("a race", |stage| joins(stage, Joining::Race)),
        ("settle", |stage| joins(stage, Joining::Settle)),
        ("a quorum of some", |stage| {
            let Stage::Meet(Meet {
                joining, branches, ..
            }) = stage
            else {
                return false;
            };
            matches!(joining, Joining::Quorum(wanted) if *wanted < branches.len())
        }),
        ("a fallback", |stage| matches!(stage, Stage::Else(_))),
        (
            "a fallback of a loop",
            |stage| matches!(stage, Stage::Loop(round) if round.heads.len() > 1),
        ),
        ("a map", is_map),
        (
            "a map without a join",
            |stage| matches!(stage, Stage::Map(map) if map.joining.is_none()),
        ),
        ("a join in a map", |stage| {
            is_map(stage) && stage.holds(&is_meet)
        }),
        ("a map in a branch", |stage| {
            is_meet(stage) && stage.holds(&is_map)
        }),
        ("a group", |stage| matches!(stage, Stage::Group(_))),
        ("an arm that takes all", |stage| {
            passes(stage, Passes::Whole)
        }),
        ("an arm that takes a part", |stage| {
            passes(stage, Passes::Bound)
        }),
        ("an arm with an expression", |stage| {
            passes(stage, Passes::Marked)
        }),
        ("a group in a group in a group", |stage| {
            is_meet(stage) && stage.holds(&|inner| is_meet(inner) && inner.holds(&is_meet))
        }),
        ("a match in a branch", |stage| {
            is_meet(stage) && stage.holds(&is_match)
        }),
        ("a join in an arm", |stage| {
            is_match(stage) && stage.holds(&is_meet)
        }),
        ("a loop in a branch", |stage| {
            is_meet(stage) && stage.holds(&is_loop)
        }),
        ("a join in a loop", |stage| {
            is_loop(stage) && stage.holds(&is_meet)
        }),
        ("a loop in a loop", |stage| {
            is_loop(stage) && stage.holds(&is_loop)
        }),
        ("a loop in an arm", |stage| {
            is_match(stage) && stage.holds(&is_loop)
        }),
    ];
    check(&plans(), &parts, |plan, is| plan.has(is));
}

fn joins(stage: &Stage, joining: Joining) -> bool {
    matches!(stage, Stage::Meet(meet) if meet.joining == joining)
}

fn passes(stage: &Stage, passes: Passes) -> bool {
    matches!(stage, Stage::Match(arms) if arms.iter().any(|arm| arm.rule.passes == passes))
}

fn is_meet(stage: &Stage) -> bool {
    matches!(stage, Stage::Meet(_))
}

fn is_map(stage: &Stage) -> bool {
    matches!(stage, Stage::Map(_))
}

fn is_match(stage: &Stage) -> bool {
    matches!(stage, Stage::Match(_))
}

fn is_wait(stage: &Stage) -> bool {
    matches!(stage, Stage::Wait)
}

fn is_loop(stage: &Stage) -> bool {
    matches!(stage, Stage::Loop(_))
}

/// Protects reproduction: a seed is all that a failing case needs.
#[test]
fn a_seed_gives_the_same_source_every_time() {
    assert_eq!(write(&draw(1, 3)), write(&draw(1, 3)));
    assert_ne!(write(&draw(1, 3)), write(&draw(2, 3)));
}
