//! What a sample must show: the kinds of nodes, the forms and shapes of flows, and each part of a
//! flow inside the others. A sample begins with a few flows that show all of it, so that a small one
//! leaves nothing out.

use std::collections::BTreeSet;

use super::{Body, Form, Join, JoinKind, NodeKind, Passes, Plan, Shape, Stage, generate};

/// Something that a sample has, and how it is known.
type Shows<T> = (&'static str, fn(&T) -> bool);

/// Among how many flows those are looked for that show all.
const CANDIDATES: u64 = 400;

/// The numbers of the flows of a sample: some that show every feature, and the first ones, until
/// there are so many.
pub fn sample_numbers(seed: u64, flows: u64) -> BTreeSet<u64> {
    let numbers = 0..CANDIDATES.max(flows);
    let candidates = numbers.map(|number| (number, features_of(&generate(seed, number))));
    let candidates: Vec<_> = candidates.collect();
    let (mut chosen, mut missing) = (BTreeSet::new(), features());
    let adds =
        |shown: &BTreeSet<String>, missing: &BTreeSet<String>| shown.intersection(missing).count();
    while let Some((number, shown)) = candidates
        .iter()
        .max_by_key(|(_, shown)| adds(shown, &missing))
        .filter(|(_, shown)| adds(shown, &missing) > 0)
    {
        chosen.insert(*number);
        missing.retain(|feature| !shown.contains(feature));
    }
    for (number, _) in candidates {
        if (chosen.len() as u64) < flows {
            chosen.insert(number);
        }
    }
    chosen
}

/// All features.
pub fn features() -> BTreeSet<String> {
    let kinds = NodeKind::ALL.iter().map(|kind| format!("{kind:?}"));
    let forms = FORMS.iter().map(|(name, _)| name);
    let shapes = SHAPES.iter().map(|(name, _)| name);
    let parts = PARTS.iter().map(|(name, _)| name);
    let named = forms.chain(shapes).chain(parts);
    named.map(|name| (*name).to_owned()).chain(kinds).collect()
}

/// The features that a flow shows.
pub fn features_of(plan: &Plan) -> BTreeSet<String> {
    let forms = FORMS.iter().filter(|(_, is)| is(plan));
    let mut names: Vec<_> = forms.map(|(name, _)| *name).collect();
    if plan.tree().is_empty() {
        let shape = plan.shape();
        let shapes = SHAPES.iter().filter(|(_, is)| is(&shape));
        names.extend(shapes.map(|(name, _)| *name));
    }
    let parts = PARTS.iter().filter(|(_, is)| plan.has(is));
    names.extend(parts.map(|(name, _)| *name));
    let kinds = plan.nodes.iter().map(|kind| format!("{kind:?}"));
    names.into_iter().map(str::to_owned).chain(kinds).collect()
}

const FORMS: &[Shows<Plan>] = &[
    ("parts that are compiled out", |plan| plan.conditional),
    ("a playbook", |plan| {
        plan.plays.iter().any(|play| !play.in_parentheses)
    }),
    ("a part in parentheses", |plan| {
        plan.plays.iter().any(|play| play.in_parentheses)
    }),
    ("a part in parentheses in an expression", |plan| {
        plan.form == Form::Expression && plan.plays.iter().any(|play| play.in_parentheses)
    }),
    ("a playbook that is tried again", |plan| {
        plan.plays.get(1).is_some_and(|play| !play.in_parentheses)
    }),
    ("an item", |plan| plan.form == Form::Item),
    ("an expression", |plan| plan.form == Form::Expression),
    ("a single output", Plan::is_single),
    ("the headers of a join's first input alone", |plan| {
        plan.first_headers && plan.has(is_join)
    }),
    ("a join apart", |plan| {
        matches!(plan.body, Body::Tree { apart: true, .. }) && plan.has(is_join)
    }),
    ("a chain", |plan| {
        plan.tree().is_empty() && plan.graph().len() == 1 && plan.nodes.len() > 2
    }),
    ("statements", |plan| plan.graph().len() > 2),
];

const SHAPES: &[Shows<Shape>] = &[
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

const PARTS: &[Shows<Stage>] = &[
    ("an await", is_await),
    ("an await in a branch", |stage| {
        is_join(stage) && stage.holds(&is_await)
    }),
    ("an await in a map", |stage| {
        is_map(stage) && stage.holds(&is_await)
    }),
    ("an await in a loop", |stage| {
        is_loop(stage) && stage.holds(&is_await)
    }),
    ("an await with a time", |stage| awaits(stage, true, false)),
    ("an await with a fallback", |stage| {
        awaits(stage, true, true)
    }),
    ("an await without a time", |stage| {
        awaits(stage, false, false)
    }),
    (
        "a map that takes so many items",
        |stage| matches!(stage, Stage::Map(map) if map.max.is_some()),
    ),
    (
        "a loop that crosses another one",
        |stage| matches!(stage, Stage::Loop(round) if round.crosses()),
    ),
    (
        "a loop out of a branch of a join",
        |stage| matches!(stage, Stage::Loop(round) if round.is_left_from_a_join()),
    ),
    ("a join", |stage| joins(stage, JoinKind::Join)),
    ("a race", |stage| joins(stage, JoinKind::Race)),
    ("settle", |stage| joins(stage, JoinKind::Settle)),
    ("a quorum of some", |stage| {
        let Stage::Join(Join { kind, branches, .. }) = stage else {
            return false;
        };
        matches!(kind, JoinKind::Quorum(wanted) if *wanted < branches.len())
    }),
    ("a branch that hands on", |stage| {
        hands_on(stage, JoinKind::Join)
    }),
    ("a branch of settle that hands on", |stage| {
        hands_on(stage, JoinKind::Settle)
    }),
    ("a branch of a quorum that hands on", |stage| {
        hands_on(stage, JoinKind::Quorum(2)) || hands_on(stage, JoinKind::Quorum(3))
    }),
    (
        "a first branch that hands on",
        |stage| matches!(stage, Stage::Join(join) if is_hand_on(&join.branches[0])),
    ),
    ("a branch that hands on in a map", |stage| {
        is_map(stage) && stage.holds(&|inner| matches!(inner, Stage::HandOn))
    }),
    ("a branch that hands on in an arm", |stage| {
        is_match(stage) && stage.holds(&|inner| matches!(inner, Stage::HandOn))
    }),
    ("a fallback", |stage| matches!(stage, Stage::Fallback(_))),
    (
        "a fallback of a loop",
        |stage| matches!(stage, Stage::Loop(round) if round.heads.len() > 1),
    ),
    ("a map", is_map),
    (
        "a map without a join",
        |stage| matches!(stage, Stage::Map(map) if map.kind.is_none()),
    ),
    ("a join in a map", |stage| {
        is_map(stage) && stage.holds(&is_join)
    }),
    ("a map in a branch", |stage| {
        is_join(stage) && stage.holds(&is_map)
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
        is_join(stage) && stage.holds(&|inner| is_join(inner) && inner.holds(&is_join))
    }),
    ("a match in a branch", |stage| {
        is_join(stage) && stage.holds(&is_match)
    }),
    ("a join in an arm", |stage| {
        is_match(stage) && stage.holds(&is_join)
    }),
    ("a loop in a branch", |stage| {
        is_join(stage) && stage.holds(&is_loop)
    }),
    ("a join in a loop", |stage| {
        is_loop(stage) && stage.holds(&is_join)
    }),
    ("a loop in a loop", |stage| {
        is_loop(stage) && stage.holds(&is_loop)
    }),
    ("a loop in an arm", |stage| {
        is_match(stage) && stage.holds(&is_loop)
    }),
];

fn has_several(shape: &Shape, end: fn(&(usize, usize, bool)) -> usize) -> bool {
    let ends: Vec<_> = shape.edges.iter().map(end).collect();
    let count = |node| ends.iter().filter(|other| *other == node).count();
    ends.iter().any(|node| count(node) > 1)
}

fn awaits(stage: &Stage, has_time: bool, has_fallback: bool) -> bool {
    let Stage::Await(place) = stage else {
        return false;
    };
    (place.within.is_some(), place.fallback.is_some()) == (has_time, has_fallback)
}

fn joins(stage: &Stage, kind: JoinKind) -> bool {
    matches!(stage, Stage::Join(join) if join.kind == kind)
}

fn hands_on(stage: &Stage, kind: JoinKind) -> bool {
    let Stage::Join(join) = stage else {
        return false;
    };
    join.kind == kind && join.branches.iter().any(|branch| is_hand_on(branch))
}

fn is_hand_on(branch: &[Stage]) -> bool {
    matches!(branch, [Stage::HandOn])
}

fn passes(stage: &Stage, passes: Passes) -> bool {
    matches!(stage, Stage::Match(arms) if arms.iter().any(|arm| arm.rule.passes == passes))
}

fn is_join(stage: &Stage) -> bool {
    matches!(stage, Stage::Join(_))
}

fn is_map(stage: &Stage) -> bool {
    matches!(stage, Stage::Map(_))
}

fn is_match(stage: &Stage) -> bool {
    matches!(stage, Stage::Match(_))
}

fn is_await(stage: &Stage) -> bool {
    matches!(stage, Stage::Await(_))
}

fn is_loop(stage: &Stage) -> bool {
    matches!(stage, Stage::Loop(_))
}
