//! The sample itself: that it has something of everything, and that each flow in it is the
//! one that was drawn.

use penguiflow::Graph;
use penguiflow_generated_tests::generator::{Form, Habits, Kind, Plan, Shape, draw, write};
use penguiflow_generated_tests::{SEED, Witness, sample};

/// How often something is in a sample.
fn count(plans: &[(Plan, Shape)], is: impl Fn(&Plan, &Shape) -> bool) -> usize {
    plans.iter().filter(|(plan, shape)| is(plan, shape)).count()
}

fn has_several(
    edges: &[(usize, usize, bool)],
    end: impl Fn(&(usize, usize, bool)) -> usize,
) -> bool {
    let ends: Vec<_> = edges.iter().map(end).collect();
    ends.iter()
        .any(|node| ends.iter().filter(|other| *other == node).count() > 1)
}

/// Protects the other proofs from an empty sample: every form of this grammar is in it.
#[test]
fn the_sample_has_something_of_everything() {
    let plans: Vec<_> = (0..120)
        .map(|number| draw(SEED, number))
        .map(|plan| (plan.clone(), plan.shape()))
        .collect();
    let self_loop = |shape: &Shape| shape.edges.iter().any(|(from, to, _)| from == to);
    let long_loop = |shape: &Shape| shape.edges.iter().any(|(from, to, hop)| *hop && from != to);
    let found = [
        ("items", count(&plans, |plan, _| plan.form == Form::Item)),
        (
            "expressions",
            count(&plans, |plan, _| plan.form == Form::Expression),
        ),
        (
            "chains",
            count(&plans, |plan, _| {
                plan.chains.len() == 1 && plan.nodes.len() > 2
            }),
        ),
        ("statements", count(&plans, |plan, _| plan.chains.len() > 2)),
        (
            "broadcasts",
            count(&plans, |_, shape| has_several(&shape.edges, |edge| edge.0)),
        ),
        (
            "meetings",
            count(&plans, |_, shape| has_several(&shape.edges, |edge| edge.1)),
        ),
        ("entries", count(&plans, |_, shape| shape.entries.len() > 1)),
        ("exits", count(&plans, |_, shape| shape.exits.len() > 1)),
        (
            "loops without exit",
            count(&plans, |_, shape| shape.exits.is_empty()),
        ),
        ("self loops", count(&plans, |_, shape| self_loop(shape))),
        ("longer loops", count(&plans, |_, shape| long_loop(shape))),
        (
            "single outputs",
            count(&plans, |_, shape| shape.is_single()),
        ),
    ];
    for (what, count) in found {
        assert!(count >= 3, "{what}: {count} in {found:?}");
    }
    for kind in Kind::ALL {
        assert!(
            count(&plans, |plan, _| plan.nodes.contains(&kind)) >= 3,
            "{kind:?}"
        );
    }
}

/// Protects reproduction: a seed is all that a failing case needs.
#[test]
fn a_seed_gives_the_same_source_every_time() {
    assert_eq!(write(&draw(SEED, 3)), write(&draw(SEED, 3)));
    assert_ne!(write(&draw(SEED, 3)), write(&draw(SEED + 1, 3)));
}

/// The const table that `flow!` emits says what its text says: nodes, edges, loops,
/// entries, exits and policies.
#[test]
fn each_graph_is_the_one_that_was_drawn() {
    for (plan, specimen) in sample() {
        let _witness = Witness::of(&plan);
        let graph = specimen.graph();
        let nodes = plan.mentioned();
        assert_eq!(
            names(graph),
            nodes
                .iter()
                .map(|node| plan.name(*node))
                .collect::<Vec<_>>()
        );
        assert_eq!(shape(graph, &nodes), plan.shape());
        for (info, node) in graph.nodes.iter().zip(&nodes) {
            let habits = plan.nodes[*node].habits();
            let timeout = info.policy.timeout.map(|limit| limit.as_millis() as u64);
            assert_eq!(info.policy.retries, habits.retries);
            assert_eq!(info.policy.concurrency, habits.limit);
            assert_eq!(timeout, habits.timed.then_some(Habits::TIMEOUT_MS));
            assert_eq!(info.leaves, habits.can_end_a_loop());
        }
    }
}

fn names(graph: &Graph) -> Vec<String> {
    graph
        .nodes
        .iter()
        .map(|node| node.name.to_owned())
        .collect()
}

/// The graph's shape, in the plan's numbers.
fn shape(graph: &Graph, nodes: &[usize]) -> Shape {
    let edges = graph.edges.iter();
    Shape {
        entries: graph.entries.iter().map(|node| nodes[*node]).collect(),
        exits: graph.exits.iter().map(|node| nodes[*node]).collect(),
        edges: edges
            .map(|edge| (nodes[edge.from], nodes[edge.to], edge.is_hop))
            .collect(),
    }
}
