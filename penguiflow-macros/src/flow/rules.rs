//! What must be true of a flow beyond its types: one function per rule.

use std::collections::{HashMap, HashSet};

use quote::ToTokens;
use syn::Error;

use super::ast::{Chain, DEEPEST, Flow, Stage};
use super::graph::{Edge, Graph, Join, JoinFault, Map, Role};
use super::hand_on::each_hand_on_is_a_branch;
use super::join_kind::JoinKind;

pub(super) fn check(flow: &Flow, graph: &Graph, errors: &mut Vec<Error>) {
    if !errors.is_empty() {
        // The graph lacks what could not be read, so its faults are not the user's.
        return;
    }
    each_hand_on_is_a_branch(flow, errors);
    if !errors.is_empty() {
        // Such a `_` leads nowhere in the graph.
        return;
    }
    a_flow_has_a_node(flow, graph, errors);
    a_flow_is_no_node_of_itself(flow, graph, errors);
    each_chain_begins_with_nodes(flow, errors);
    each_map_and_await_is_led_to(graph, errors);
    each_stage_is_reached(graph, errors);
    a_join_meets_several_branches(graph, errors);
    a_quorum_can_be_reached(graph, errors);
    a_map_runs_some_items_at_once(graph, errors);
    a_node_falls_back_once(graph, errors);
    each_fallback_ends(graph, errors);
    each_join_can_fill(graph, errors);
    branches_nest_only_so_deep(graph, errors);
    each_edge_is_written_once(graph, errors);
    each_node_has_a_name_of_its_own(graph, errors);
    each_binding_is_used(flow, graph, errors);
    no_binding_is_made_twice(flow, errors);
}

fn a_flow_has_a_node(flow: &Flow, graph: &Graph, errors: &mut Vec<Error>) {
    if graph.nodes.is_empty() {
        let span = flow
            .header
            .as_ref()
            .map_or_else(proc_macro2::Span::call_site, |header| header.name.span());
        errors.push(Error::new(
            span,
            "a flow has at least one node: `flow! { a -> b }`",
        ));
    }
}

fn a_flow_is_no_node_of_itself(flow: &Flow, graph: &Graph, errors: &mut Vec<Error>) {
    let itself = |path: &syn::Path| {
        let header = flow.header.as_ref();
        header.is_some_and(|header| path.is_ident(&header.name))
    };
    if let Some(mention) = graph.mentions.iter().find(|mention| itself(&mention.path)) {
        let message = "a flow that is a node of itself would never end: write a loop, `a -> a`";
        errors.push(Error::new_spanned(&mention.path, message));
    }
}

fn each_chain_begins_with_nodes(flow: &Flow, errors: &mut Vec<Error>) {
    for chain in flow.chains() {
        check_beginning(chain, errors);
    }
}

const MEETS: &str = "a join follows several branches, or a map: `[a, b] -> join`";
const PARKS: &str = "an `await` parks what a node outputs: `a -> await T`";
const SPREADS: &str = "a map runs on each item of what a node outputs: `a -> [b; 8]`";

/// A chain begins with nodes, also inside of groups.
fn check_beginning(chain: &Chain, errors: &mut Vec<Error>) {
    match chain.stages.first() {
        Some(Stage::Match(routing)) => {
            let message = "a `match` routes what a node outputs: `a -> match { … }`";
            errors.push(Error::new(routing.token.span, message));
        }
        Some(Stage::Group(group)) => {
            group
                .branches
                .iter()
                .for_each(|branch| check_beginning(branch, errors));
        }
        Some(_) | None => {}
    }
}

/// Also after arms that all go back.
fn each_map_and_await_is_led_to(graph: &Graph, errors: &mut Vec<Error>) {
    for (index, node) in graph.nodes.iter().enumerate() {
        let message = match node.role {
            Role::Map(_) => SPREADS,
            Role::Await(_) => PARKS,
            Role::Visit(_) | Role::Join(_) => continue,
        };
        if graph.edges_to(index).next().is_none() {
            errors.push(Error::new(node.ident.span(), message));
        }
    }
}

fn each_stage_is_reached(graph: &Graph, errors: &mut Vec<Error>) {
    for span in &graph.unreached {
        let message = "nothing leads here, since every arm of the `match` before it goes back: end an arm with a node that is not before it";
        errors.push(Error::new(*span, message));
    }
}

fn a_join_meets_several_branches(graph: &Graph, errors: &mut Vec<Error>) {
    for (index, joining) in graph.joins() {
        if joining.slots.len() < 2 && joining.map.is_none() {
            errors.push(Error::new(graph.nodes[index].ident.span(), MEETS));
        }
    }
}

fn a_quorum_can_be_reached(graph: &Graph, errors: &mut Vec<Error>) {
    for (index, joining) in graph.joins() {
        let branches = joining.slots.len();
        let JoinKind::Quorum(wanted) = joining.kind else {
            continue;
        };
        let message = match joining.map {
            Some(_) if wanted == 0 => "a quorum of 0 items: write at least 1".to_owned(),
            None if !(1..=branches).contains(&wanted) => {
                format!("a quorum of {wanted} among {branches} branches: write 1 to {branches}")
            }
            _ => continue,
        };
        errors.push(Error::new(graph.nodes[index].ident.span(), message));
    }
}

fn a_map_runs_some_items_at_once(graph: &Graph, errors: &mut Vec<Error>) {
    for node in &graph.nodes {
        if let Role::Map(Map { limit, .. }) = &node.role
            && limit.to_token_stream().to_string() == "0"
        {
            let message = "a map with a limit of 0 never runs an item: `[b; 8]`";
            errors.push(Error::new_spanned(limit, message));
        }
        if let Role::Map(Map { max: Some(max), .. }) = &node.role
            && max.to_token_stream().to_string() == "0"
        {
            let message = "a map that takes no items never runs: `[b; 8, max = 100]`";
            errors.push(Error::new_spanned(max, message));
        }
    }
}

fn a_node_falls_back_once(graph: &Graph, errors: &mut Vec<Error>) {
    for node in graph.nodes.iter().filter(|node| node.fallbacks.len() > 1) {
        let again = &graph.edges[node.fallbacks[1]];
        let message = format!(
            "`{}` already has a fallback: remove one of them",
            node.called()
        );
        errors.push(Error::new(again.spans.1, message));
    }
}

/// Fallbacks do not form a loop: it would never end.
fn each_fallback_ends(graph: &Graph, errors: &mut Vec<Error>) {
    // For each node, the start from which it was first reached.
    let mut seen = vec![None; graph.nodes.len()];
    for start in 0..graph.nodes.len() {
        let mut node = start;
        while seen[node].is_none()
            && let Some(edge) = graph.fallback(node)
        {
            seen[node] = Some(start);
            node = edge.to;
            if seen[node] == Some(start) {
                let message = format!("`{}` would fall back to itself", graph.nodes[node].called());
                errors.push(Error::new(edge.spans.1, message));
            }
        }
    }
}

fn each_join_can_fill(graph: &Graph, errors: &mut Vec<Error>) {
    for (index, joining) in graph.joins() {
        if let Some(fault) = joining.fault
            && (joining.slots.len() > 1 || joining.map.is_some())
            && !is_reported(graph, index, fault)
        {
            let at = match fault {
                JoinFault::LeavesMap(node) | JoinFault::EntersMap(node) => {
                    graph.nodes[node].ident.span()
                }
                JoinFault::EntersBranch(back_edge, _) => graph.edges[back_edge].spans.1,
                _ => graph.nodes[index].ident.span(),
            };
            errors.push(Error::new(at, join_fault(graph, joining, fault)));
        }
    }
}

/// Nested branches take the compiler's stack, also where each is a statement of its own.
fn branches_nest_only_so_deep(graph: &Graph, errors: &mut Vec<Error>) {
    let depths = graph.depths();
    if let Some(node) = depths.iter().position(|depth| *depth > DEEPEST) {
        let ident = &graph.nodes[node].ident;
        let message = format!(
            "branches and maps nest more than {DEEPEST} deep at `{ident}`: make the inner ones a flow with a name, `struct Name(Input) -> Output;`"
        );
        errors.push(Error::new(ident.span(), message));
    }
}

/// Whether this fault was reported at an earlier map: a node that is in two maps is one error.
fn is_reported(graph: &Graph, index: usize, fault: JoinFault) -> bool {
    let mut before = graph.joins().take_while(|(other, _)| *other < index);
    matches!(fault, JoinFault::EntersMap(_)) && before.any(|(_, join)| join.fault == Some(fault))
}

fn join_fault(graph: &Graph, joining: &Join, fault: JoinFault) -> String {
    let name = |node: usize| graph.nodes[node].called();
    let names = |slot: usize| graph.inputs(&joining.slots[slot]).join("` or `");
    match fault {
        JoinFault::NeverFills if joining.map.is_some() => {
            "no item reaches the end of this map: end it with a node".to_owned()
        }
        JoinFault::NeverFills => {
            let all: Vec<_> = (0..joining.slots.len()).map(names).collect();
            format!(
                "no message reaches all of `{}`, so this join can never fill: let them branch off one node, or use `race` if one of them is enough",
                all.join("`, `")
            )
        }
        JoinFault::InputTwice(_) if joining.map.is_some() => {
            "several messages of one item reach the end of this map: join them before it, as in `[[a, b] -> join; 8]`"
                .to_owned()
        }
        JoinFault::InputTwice(slot) => format!(
            "`{}` runs more than once for one message, so this join cannot tell which output to take: join its own branches first",
            names(slot)
        ),
        JoinFault::InputAlone(slot) => format!(
            "`{}` also runs for messages that reach no other input of this join, so the join would wait in vain: let all inputs branch off one node",
            names(slot)
        ),
        JoinFault::EntersBranch(back_edge, begun) => enters_branch(graph, back_edge, begun),
        JoinFault::LeavesBranch(node) => format!(
            "`{}` is on a branch that this join may drop, and also leads elsewhere: let it lead to this join alone",
            name(node)
        ),
        JoinFault::Crosses(other) => format!(
            "this join overlaps another one: its branches begin on a branch of `{}`, and end outside of it; nest one join in the other",
            name(other)
        ),
        JoinFault::MixedInputs => {
            "one branch leads to several inputs of this join, so a failure in it belongs to none of them: write `join` for them first"
                .to_owned()
        }
        JoinFault::LeavesMap(node) => format!(
            "`{}` is in a map and does not lead to the map's end, which waits for each item: let it lead there, or make the chain a flow with a name and map that",
            name(node)
        ),
        JoinFault::EntersMap(node) => format!(
            "`{}` is in a map, and is also reached from outside of it: import it under another name there, `use … as …;`",
            name(node)
        ),
    }
}

fn enters_branch(graph: &Graph, back_edge: usize, begun: Option<usize>) -> String {
    let name = |node: usize| graph.nodes[node].called();
    let edge = &graph.edges[back_edge];
    let (from, to) = (name(edge.from), name(edge.to));
    let (parts, help) = match begun {
        Some(node) => (
            format!("`{}`, where the branches part", name(node)),
            format!("lead it to `{}`", name(node)),
        ),
        None => (
            "where the branches part".to_owned(),
            "let all of them branch off one node, and lead it to that".to_owned(),
        ),
    };
    format!(
        "the edge `{from} -> {to}` leads onto one branch of a join, and not to {parts}, so nothing reaches the join's other inputs: {help}"
    )
}

fn each_edge_is_written_once(graph: &Graph, errors: &mut Vec<Error>) {
    let (mut known, mut reported) = (HashSet::new(), HashSet::new());
    for edge in &graph.edges {
        // What follows a node that is in a chain twice follows it twice, too.
        if reported.contains(&edge.from) {
            continue;
        }
        if !known.insert((edge.from, edge.to, edge.is_fallback, &edge.choice)) {
            errors.push(Error::new(edge.spans.1, written_twice(graph, edge)));
            reported.insert(edge.to);
        }
    }
}

fn written_twice(graph: &Graph, edge: &Edge) -> String {
    let (from, target) = (&graph.nodes[edge.from].ident, &graph.nodes[edge.to]);
    let word = if edge.from == edge.to { "loop" } else { "edge" };
    let to = &target.ident;
    let message = format!("the {word} `{from} -> {to}` is written twice: remove one of them");
    if edge.from == edge.to || !target.is_visit() || target.binding().is_some() {
        return message;
    }
    let path = spelled(&target.path);
    format!("{message}; to run `{to}` twice, name it again: `use {path} as {to}_again;`")
}

fn each_node_has_a_name_of_its_own(graph: &Graph, errors: &mut Vec<Error>) {
    let mut named = HashMap::new();
    for node in &graph.nodes {
        let first = *named.entry(&node.ident).or_insert(node);
        if std::ptr::eq(first, node) {
            continue;
        }
        let (one, other) = (spelled(&first.path), spelled(&node.path));
        let message = format!(
            "`{one}` and `{other}` would both be called `{0}`: import one under another name, `use {other} as …;`, or write one path if they are one node",
            node.ident
        );
        errors.push(Error::new_spanned(&node.path, message));
    }
}

fn spelled(path: &syn::Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

fn each_binding_is_used(flow: &Flow, graph: &Graph, errors: &mut Vec<Error>) {
    let bound = graph.nodes.iter().filter(|node| node.binding().is_some());
    let mut known: HashSet<_> = bound.map(|node| &node.ident).collect();
    for binding in flow.bindings() {
        if known.insert(&binding.name) {
            let message = format!(
                "`{}` is in no chain: write where it belongs in the flow",
                binding.name
            );
            errors.push(Error::new(binding.name.span(), message));
        }
    }
}

fn no_binding_is_made_twice(flow: &Flow, errors: &mut Vec<Error>) {
    let mut known = HashSet::new();
    for binding in flow.bindings() {
        if !known.insert(&binding.name) {
            let message = format!("a node of this flow is called `{}` already", binding.name);
            errors.push(Error::new(binding.name.span(), message));
        }
    }
}
