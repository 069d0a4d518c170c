//! What must be true of a flow beyond its types: one function per rule.

use quote::ToTokens;
use syn::Error;

use super::ast::{Chain, Flow, Kind, Stage};
use super::graph::{Graph, Unmet};

pub(super) fn check(flow: &Flow, graph: &Graph, errors: &mut Vec<Error>) {
    if !errors.is_empty() {
        // What could not be read is missing from the graph: its faults are not the user's.
        return;
    }
    a_flow_has_a_node(flow, graph, errors);
    a_match_follows_something(flow, errors);
    a_join_meets_several_branches(graph, errors);
    a_quorum_can_be_reached(graph, errors);
    each_join_can_fill(graph, errors);
    each_edge_is_drawn_once(graph, errors);
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

fn a_match_follows_something(flow: &Flow, errors: &mut Vec<Error>) {
    for chain in flow.chains() {
        check_beginning(chain, errors);
    }
}

/// A chain that nothing leads to begins with nodes.
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
        Some(Stage::Join(join)) => {
            let message = "a join meets several branches: `[a, b] -> join`";
            errors.push(Error::new(join.span, message));
        }
        Some(Stage::Node(_)) | None => {}
    }
}

fn a_join_meets_several_branches(graph: &Graph, errors: &mut Vec<Error>) {
    for (place, joining) in graph.joins() {
        if joining.slots.len() == 1 {
            let message = "a join meets several branches: `[a, b] -> join`";
            errors.push(Error::new(graph.nodes[place].ident.span(), message));
        }
    }
}

fn a_quorum_can_be_reached(graph: &Graph, errors: &mut Vec<Error>) {
    for (place, joining) in graph.joins() {
        let branches = joining.slots.len();
        if let Kind::Quorum(wanted) = joining.kind
            && !(1..=branches).contains(&wanted)
        {
            let message =
                format!("a quorum of {wanted} among {branches} branches: write 1 to {branches}");
            errors.push(Error::new(graph.nodes[place].ident.span(), message));
        }
    }
}

fn each_join_can_fill(graph: &Graph, errors: &mut Vec<Error>) {
    for (place, joining) in graph.joins().filter(|(_, joining)| joining.slots.len() > 1) {
        let names = |slot: usize| {
            let nodes = joining.slots[slot]
                .iter()
                .map(|node| graph.nodes[*node].ident.to_string());
            nodes.collect::<Vec<_>>().join("` or `")
        };
        let message = match joining.fault {
            None => continue,
            Some(Unmet::Never) => {
                let all: Vec<_> = (0..joining.slots.len()).map(names).collect();
                format!(
                    "no message comes to all of `{}`, so this join can never fill: let them \
                     branch off one node, or use `race` if one of them is enough",
                    all.join("`, `")
                )
            }
            Some(Unmet::Twice(slot)) => format!(
                "`{}` runs more than once for one message, so this join cannot tell which to \
                 take: let its own branches meet first",
                names(slot)
            ),
            Some(Unmet::Alone(slot)) => format!(
                "`{}` also runs for messages that come to no other input of this join, which \
                 would wait for them in vain: let all inputs branch off one node",
                names(slot)
            ),
            Some(Unmet::Elsewhere(node)) => format!(
                "`{}` is on a branch that this join may drop, and leads elsewhere, too: let it \
                 lead to this join alone",
                graph.nodes[node].ident
            ),
            Some(Unmet::Across(other)) => format!(
                "its branches part on a branch of `{}`, but it is not met there: let one join \
                 stand inside the other",
                graph.nodes[other].ident
            ),
            Some(Unmet::Mixed) => {
                "one branch leads to several inputs of this join, so a failure in it \
                 belongs to none of them: let them meet by `join` first"
                    .to_owned()
            }
        };
        errors.push(Error::new(graph.nodes[place].ident.span(), message));
    }
}

fn each_edge_is_drawn_once(graph: &Graph, errors: &mut Vec<Error>) {
    for (place, edge) in graph.edges.iter().enumerate() {
        let same = |other: &&super::graph::Edge| {
            (other.from, other.to, &other.choice) == (edge.from, edge.to, &edge.choice)
        };
        if graph.edges[..place].iter().any(|other| same(&other)) {
            let (from, to) = (&graph.nodes[edge.from].ident, &graph.nodes[edge.to].ident);
            let message = format!("the edge `{from} -> {to}` is drawn twice");
            errors.push(Error::new(edge.spans.1, message));
        }
    }
}

fn each_node_has_a_name_of_its_own(graph: &Graph, errors: &mut Vec<Error>) {
    for (place, node) in graph.nodes.iter().enumerate() {
        let Some(first) = graph.nodes[..place]
            .iter()
            .find(|other| other.ident == node.ident)
        else {
            continue;
        };
        let (one, other) = (spelled(&first.path), spelled(&node.path));
        let message = format!(
            "`{one}` and `{other}` would both be called `{0}`: bring one in under another \
             name, `use {other} as …;`, or spell both alike if they are one node",
            node.ident
        );
        errors.push(Error::new_spanned(&node.path, message));
    }
}

fn spelled(path: &syn::Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

fn each_binding_is_used(flow: &Flow, graph: &Graph, errors: &mut Vec<Error>) {
    for (place, binding) in flow.bindings().enumerate() {
        if !graph.nodes.iter().any(|node| node.binding == Some(place))
            && flow.bindings().position(|other| other.name == binding.name) == Some(place)
        {
            let message = format!(
                "no edge names `{}`: write where it stands in the flow",
                binding.name
            );
            errors.push(Error::new(binding.name.span(), message));
        }
    }
}

fn no_binding_is_made_twice(flow: &Flow, errors: &mut Vec<Error>) {
    for (place, binding) in flow.bindings().enumerate() {
        if flow
            .bindings()
            .take(place)
            .any(|other| other.name == binding.name)
        {
            let message = format!("a node of this flow is called `{}` already", binding.name);
            errors.push(Error::new(binding.name.span(), message));
        }
    }
}
