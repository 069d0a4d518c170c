use std::time::Duration;

use super::super::{Edge, Graph, Mapping, NodeInfo, Role, TypeName};
use super::const_text::ConstText;
use super::critical_path::CriticalPath;
use super::longest_path::{Measure, UNBOUNDED, figure};
use crate::policy::Policy;

const SECOND: u64 = 1_000_000_000;

/// A node of a graph, whose visits take at most that many seconds.
fn node(name: &'static str, seconds: u64) -> NodeInfo {
    NodeInfo {
        name,
        policy: Policy::DEFAULT.timeout(Duration::from_secs(seconds)),
        input: TypeName::of::<()>(),
        output: TypeName::of::<()>(),
        exit: None,
        can_end: false,
        file: "",
        line: 0,
        playbook: None,
        is_named: false,
        aliases: &[],
        role: Role::Visit,
        node: TypeName::of::<()>(),
        can_be_retried: false,
        can_be_idle: false,
    }
}

fn graph(nodes: Vec<NodeInfo>, edges: Vec<Edge>) -> Graph {
    Graph::new("flow", nodes.leak(), edges.leak(), &[0], &[])
}

fn edge(from: usize, to: usize) -> Edge {
    Edge::new(from, to, false)
}

fn seconds(graph: &Graph) -> u64 {
    figure(graph, Measure::Time) / SECOND
}

fn path(graph: &Graph) -> String {
    let mut text = ConstText::new();
    CriticalPath::<32>::through(graph).write(&mut text);
    text.as_str().to_owned()
}

#[test]
fn a_chain_takes_as_long_as_all_its_nodes() {
    let nodes = vec![node("a", 1), node("b", 2), node("c", 4)];
    let chain = graph(nodes, vec![edge(0, 1), edge(1, 2)]);
    assert_eq!(seconds(&chain), 7);
    assert_eq!(path(&chain), "a 1s -> b 2s -> c 4s");
}

#[test]
fn branches_take_as_long_as_the_longest_and_visit_as_often_as_all() {
    let nodes = vec![node("a", 1), node("b", 2), node("c", 4), node("d", 1)];
    let edges = vec![edge(0, 1), edge(0, 2), edge(1, 3), edge(2, 3)];
    let fork = graph(nodes, edges);
    assert_eq!(seconds(&fork), 6);
    assert_eq!(path(&fork), "a 1s -> c 4s -> d 1s");
    assert_eq!(figure(&fork, Measure::Visits(3)), 2);
}

#[test]
fn a_match_takes_its_worst_arm() {
    let nodes = vec![node("a", 1), node("b", 2), node("c", 4)];
    let edges = vec![
        edge(0, 1).routed(&[(0, 0)], "x"),
        edge(0, 2).routed(&[(0, 1)], "y"),
    ];
    let routed = graph(nodes, edges);
    assert_eq!(seconds(&routed), 5);
    assert_eq!(figure(&routed, Measure::Visits(1)), 1);
}

#[test]
fn a_loop_runs_as_often_as_its_hops_allow() {
    let edges = vec![edge(0, 1), Edge::new(1, 0, true)];
    let looping = graph(vec![node("a", 1), node("b", 2)], edges).hops(5);
    assert_eq!(seconds(&looping), 15);
    assert_eq!(path(&looping), "a 5 × 1s -> b 5 × 2s");
    assert_eq!(figure(&looping, Measure::Visits(1)), 5);
}

#[test]
fn a_fallback_comes_after_the_node_that_failed() {
    let edges = vec![edge(0, 2).fallback(), edge(0, 1)];
    let fallback = graph(vec![node("a", 3), node("b", 1), node("c", 4)], edges);
    assert_eq!(seconds(&fallback), 7);
    assert_eq!(path(&fallback), "a 3s -> c 4s");
}

/// Ten items, four at a time, of which a node lets three run.
#[test]
fn a_map_takes_its_rounds_of_items() {
    let mut map = node("map", 0);
    map.role = Role::Map(Mapping {
        end: 2,
        at_once: 4,
        max: Some(10),
        gathers: true,
    });
    let mut join = node("join", 0);
    join.role = Role::Pass;
    let mut item = node("item", 2);
    let edges = || vec![edge(0, 1), edge(1, 2), edge(2, 3)];
    let four = graph(vec![map, item, join, node("last", 1)], edges());
    assert_eq!(seconds(&four), 3 * 2 + 1);
    assert_eq!(figure(&four, Measure::Visits(1)), 10);
    assert_eq!(figure(&four, Measure::Visits(3)), 1);

    item.policy.concurrency = Some(3);
    let three = graph(vec![map, item, join, node("last", 1)], edges());
    assert_eq!(seconds(&three), 4 * 2 + 1);
    assert_eq!(path(&three), "item 4 × 2s -> last 1s");
}

#[test]
fn retries_count_with_their_waits_and_a_missing_timeout_has_no_bound() {
    let mut retried = node("a", 2);
    retried.policy = retried.policy.retries(2);
    // Three attempts, and waits of 500 ms and 1 s.
    let worst = figure(&graph(vec![retried], vec![]), Measure::Time);
    assert_eq!(worst, 7 * SECOND + SECOND / 2);

    retried.policy.timeout = None;
    assert_eq!(
        figure(&graph(vec![retried], vec![]), Measure::Time),
        UNBOUNDED
    );
}
