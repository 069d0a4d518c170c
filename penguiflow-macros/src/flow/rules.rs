//! What must be true of a flow beyond its types: one function per rule.

use std::collections::{HashMap, HashSet};

use quote::ToTokens;
use syn::Error;

use super::ast::{Chain, DEEPEST, Flow, Kind, Stage};
use super::graph::{Graph, Joining, Mapping, Role, Unmet};

pub(super) fn check(flow: &Flow, graph: &Graph, errors: &mut Vec<Error>) {
    if !errors.is_empty() {
        // What could not be read is missing from the graph: its faults are not the user's.
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
    branches_stand_only_so_deep(graph, errors);
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

fn a_flow_is_no_node_of_itself(flow: &Flow, graph: &Graph, errors: &mut Vec<Error>) {
    let itself = |path: &syn::Path| {
        let header = flow.header.as_ref();
        header.is_some_and(|header| path.is_ident(&header.name))
    };
    if let Some(mention) = graph.mentions.iter().find(|mention| itself(&mention.path)) {
        let message = "a flow that is a node of itself would never end: draw a loop, `a -> a`";
        errors.push(Error::new_spanned(&mention.path, message));
    }
}

fn each_chain_begins_with_nodes(flow: &Flow, errors: &mut Vec<Error>) {
    for chain in flow.chains() {
        check_beginning(chain, errors);
    }
}

const MEETS: &str = "a join meets several branches, or the items of a map: `[a, b] -> join`";
const PARKS: &str = "an `await` parks what a node outputs: `a -> await T`";
const SPREADS: &str = "a map runs on each item of what a node outputs: `a -> [b; 8]`";

/// What nothing leads to is a node.
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

/// Also where what stands before it never leads on.
fn each_map_and_await_is_led_to(graph: &Graph, errors: &mut Vec<Error>) {
    for (place, node) in graph.nodes.iter().enumerate() {
        let message = match node.role {
            Role::Map(_) => SPREADS,
            Role::Await(_) => PARKS,
            Role::Visit { .. } | Role::Join(_) => continue,
        };
        if graph.edges_to(place).next().is_none() {
            errors.push(Error::new(node.ident.span(), message));
        }
    }
}

fn each_stage_is_reached(graph: &Graph, errors: &mut Vec<Error>) {
    for place in &graph.unreached {
        let message = "nothing leads on to here: every arm of the `match` before it goes back; let \
                       an arm end in a node that stands nowhere before it";
        errors.push(Error::new(*place, message));
    }
}

fn a_join_meets_several_branches(graph: &Graph, errors: &mut Vec<Error>) {
    for (place, joining) in graph.joins() {
        if joining.slots.len() < 2 && joining.map.is_none() {
            errors.push(Error::new(graph.nodes[place].ident.span(), MEETS));
        }
    }
}

fn a_quorum_can_be_reached(graph: &Graph, errors: &mut Vec<Error>) {
    for (place, joining) in graph.joins() {
        let branches = joining.slots.len();
        let Kind::Quorum(wanted) = joining.kind else {
            continue;
        };
        let message = match joining.map {
            Some(_) if wanted == 0 => "a quorum of 0 items: write at least 1".to_owned(),
            None if !(1..=branches).contains(&wanted) => {
                format!("a quorum of {wanted} among {branches} branches: write 1 to {branches}")
            }
            _ => continue,
        };
        errors.push(Error::new(graph.nodes[place].ident.span(), message));
    }
}

fn a_map_runs_some_items_at_once(graph: &Graph, errors: &mut Vec<Error>) {
    for node in &graph.nodes {
        if let Role::Map(Mapping { limit, .. }) = &node.role
            && limit.to_token_stream().to_string() == "0"
        {
            let message = "with 0 at a time no item would ever run: `[b; 8]`";
            errors.push(Error::new_spanned(limit, message));
        }
        if let Role::Map(Mapping { max: Some(max), .. }) = &node.role
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
        let message = format!("`{}` has a fallback already: say it once", node.ident);
        errors.push(Error::new(again.spans.1, message));
    }
}

/// Fallbacks do not lead round: that would be for ever.
fn each_fallback_ends(graph: &Graph, errors: &mut Vec<Error>) {
    // By which start a node was first come to.
    let mut seen = vec![None; graph.nodes.len()];
    for start in 0..graph.nodes.len() {
        let mut node = start;
        while seen[node].is_none()
            && let Some(edge) = graph.fallback(node)
        {
            seen[node] = Some(start);
            node = edge.to;
            if seen[node] == Some(start) {
                let message = format!("`{}` would fall back to itself", graph.nodes[node].ident);
                errors.push(Error::new(edge.spans.1, message));
            }
        }
    }
}

fn each_join_can_fill(graph: &Graph, errors: &mut Vec<Error>) {
    for (place, joining) in graph.joins() {
        if let Some(fault) = joining.fault
            && (joining.slots.len() > 1 || joining.map.is_some())
            && !is_told(graph, place, fault)
        {
            let at = match fault {
                Unmet::Leaves(node) | Unmet::Outside(node) => graph.nodes[node].ident.span(),
                Unmet::Beside(hop, _) => graph.edges[hop].spans.1,
                _ => graph.nodes[place].ident.span(),
            };
            errors.push(Error::new(at, unmet(graph, joining, fault)));
        }
    }
}

/// Writing them takes the compiler's stack, also where each stands in a statement of its own.
fn branches_stand_only_so_deep(graph: &Graph, errors: &mut Vec<Error>) {
    let depths = graph.depths();
    if let Some(node) = depths.iter().position(|depth| *depth > DEEPEST) {
        let ident = &graph.nodes[node].ident;
        let message = format!(
            "branches and maps stand more than {DEEPEST} deep in each other at `{ident}`: make the \
             inner ones a flow with a name, `struct Name(Input) -> Output;`"
        );
        errors.push(Error::new(ident.span(), message));
    }
}

/// Whether a node that stands in two maps has been told of at the first of them.
fn is_told(graph: &Graph, place: usize, fault: Unmet) -> bool {
    let mut before = graph.joins().take_while(|(other, _)| *other < place);
    matches!(fault, Unmet::Outside(_)) && before.any(|(_, join)| join.fault == Some(fault))
}

fn unmet(graph: &Graph, joining: &Joining, fault: Unmet) -> String {
    let name = |node: usize| &graph.nodes[node].ident;
    let names = |slot: usize| graph.inputs(&joining.slots[slot]).join("` or `");
    match fault {
        Unmet::Never if joining.map.is_some() => {
            "no item comes to the end of this map: let it end with a node".to_owned()
        }
        Unmet::Never => {
            let all: Vec<_> = (0..joining.slots.len()).map(names).collect();
            format!(
                "no message comes to all of `{}`, so this join can never fill: let them branch \
                 off one node, or use `race` if one of them is enough",
                all.join("`, `")
            )
        }
        Unmet::Twice(_) if joining.map.is_some() => "several messages of one item come to the \
             end of this map: let them meet before it, as in `[[a, b] -> join; 8]`"
            .to_owned(),
        Unmet::Twice(slot) => format!(
            "`{}` runs more than once for one message, so this join cannot tell which to take: \
             let its own branches meet first",
            names(slot)
        ),
        Unmet::Alone(slot) => format!(
            "`{}` also runs for messages that come to no other input of this join, which would \
             wait for them in vain: let all inputs branch off one node",
            names(slot)
        ),
        Unmet::Beside(hop, begun) => beside(graph, hop, begun),
        Unmet::Elsewhere(node) => format!(
            "`{}` is on a branch that this join may drop, and leads elsewhere, too: let it lead \
             to this join alone",
            name(node)
        ),
        Unmet::Across(other) => format!(
            "its branches part on a branch of `{}`, but it is not met there: let one join stand \
             inside the other",
            name(other)
        ),
        Unmet::Mixed => "one branch leads to several inputs of this join, so a failure in it \
             belongs to none of them: let them meet by `join` first"
            .to_owned(),
        Unmet::Leaves(node) => format!(
            "`{}` stands in a map and does not lead to the map's end, where each item is \
             awaited: let it lead there, or make the chain a flow with a name and map that",
            name(node)
        ),
        Unmet::Outside(node) => format!(
            "`{}` stands in a map, and is reached from outside of it, too: bring it in under \
             another name there, `use … as …;`",
            name(node)
        ),
    }
}

fn beside(graph: &Graph, hop: usize, begun: Option<usize>) -> String {
    let name = |node: usize| &graph.nodes[node].ident;
    let edge = &graph.edges[hop];
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
        "the edge `{from} -> {to}` comes to one branch of a join, and not to {parts}, so \
         nothing comes to the join's other inputs: {help}"
    )
}

fn each_edge_is_drawn_once(graph: &Graph, errors: &mut Vec<Error>) {
    let (mut drawn, mut told) = (HashSet::new(), HashSet::new());
    for edge in &graph.edges {
        // What follows a node that stands twice is drawn twice, too.
        if told.contains(&edge.from) {
            continue;
        }
        if !drawn.insert((edge.from, edge.to, edge.is_fallback, &edge.choice)) {
            let (from, to) = (&graph.nodes[edge.from].ident, &graph.nodes[edge.to].ident);
            let drawn = if edge.from == edge.to { "loop" } else { "edge" };
            let mut message = format!("the {drawn} `{from} -> {to}` is drawn twice: draw it once");
            let target = &graph.nodes[edge.to];
            if edge.from != edge.to && target.is_visited() && target.binding().is_none() {
                let path = spelled(&target.path);
                message +=
                    &format!("; to run `{to}` twice, name it again: `use {path} as {to}_again;`");
            }
            told.insert(edge.to);
            errors.push(Error::new(edge.spans.1, message));
        }
    }
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
    let bound = graph.nodes.iter().filter(|node| node.binding().is_some());
    let mut known: HashSet<_> = bound.map(|node| &node.ident).collect();
    for binding in flow.bindings() {
        if known.insert(&binding.name) {
            let message = format!(
                "no edge names `{}`: write where it stands in the flow",
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
