//! From the graph's nodes and edges to lowered ones.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;

use super::declaration::{Declaration, bound, generated, mention_alias, node_alias};
use super::flow::{
    Arm, Await, Carries, Choice, Edge, Entry, Input, Join, Map, Node, Role, Route, Visit, Way,
};
use super::mistakes::mistakes;
use crate::flow::graph::{self, Graph};
use crate::flow::join_kind::JoinKind;
use crate::spans;
use crate::token_text::token_text;

/// The nodes of the flow that has this type.
pub(super) fn nodes(graph: &Graph, flow: &Ident, parts: &[Declaration]) -> Vec<Node> {
    let mut first_mentions = HashMap::new();
    for (index, mention) in graph.mentions.iter().enumerate() {
        first_mentions.entry(mention.node).or_insert(index);
    }
    let depths = graph.depths();
    let (mut joins, mut awaits) = (0, 0);
    let next = |number: &mut usize| std::mem::replace(number, *number + 1);
    let nodes = graph.nodes.iter().enumerate().map(|(index, node)| Node {
        index,
        ident: generated(&node.ident),
        ty: node_alias(&node.ident),
        shown_as: shown_as(node),
        label: label(node),
        spans: spans::of(&node.path),
        role: match &node.role {
            graph::Role::Visit(origin) => {
                let first_mention = first_mentions.get(&index).copied();
                Role::Visit(Visit {
                    written: written((flow, parts), node, origin, first_mention),
                    path: node.path.clone(),
                    is_field: is_field(origin, parts),
                    is_part: node.is_part(),
                })
            }
            graph::Role::Join(joining) => Role::Join(Join {
                node: index,
                ident: generated(&node.ident),
                number: next(&mut joins),
                depth: depths[index],
                kind: joining.kind,
                inputs: inputs(node, joining),
                map: joining.map,
            }),
            graph::Role::Map(mapping) => Role::Map(Map {
                end: mapping.join,
                first: graph.first_in_map(index),
                limit: mapping.limit.clone(),
                max: mapping.max.clone(),
            }),
            graph::Role::Await(waiting) => {
                Role::Await(wait(node, waiting, next(&mut awaits), index))
            }
        },
        ways: ways(&node.ways),
        hands_on: node.hands_on,
        fallback: node.fallbacks.first().copied(),
        first_of_fallbacks: graph.first_of(index),
        incoming: node.into.clone(),
        #[cfg(feature = "durable")]
        outgoing: node.out.clone(),
        mistakes: mistakes(graph, index),
    });
    nodes.collect()
}

/// The alias of a node's type as the user wrote it, or the type of a part.
fn written(
    (flow, parts): (&Ident, &[Declaration]),
    node: &graph::Node,
    origin: &graph::Origin,
    first_mention: Option<usize>,
) -> Ident {
    match origin {
        graph::Origin::Let(_) => bound(flow, &node.ident),
        graph::Origin::Function => mention_alias(first_mention.unwrap_or_default()),
        graph::Origin::Part { number, .. } => parts[*number].name.clone(),
    }
}

fn is_field(origin: &graph::Origin, parts: &[Declaration]) -> bool {
    match origin {
        graph::Origin::Let(_) => true,
        graph::Origin::Function => false,
        graph::Origin::Part { number, .. } => parts[*number].has_fields(),
    }
}

fn wait(node: &graph::Node, wait: &graph::Await, number: usize, index: usize) -> Await {
    Await {
        number,
        awaited: wait.ty.clone(),
        written: format_ident!("__written{index}"),
        ty: awaited_alias(&node.ident),
        parked: input_alias(&node.ident, 0),
        within: wait.within,
    }
}

fn inputs(node: &graph::Node, joining: &graph::Join) -> Vec<Input> {
    let inputs = joining.slots.iter().enumerate();
    let inputs = inputs.map(|(slot, from)| Input {
        ty: input_alias(&node.ident, slot),
        from: from.clone(),
    });
    inputs.collect()
}

/// A node's own type, or a type with the name of the part, join or map.
fn shown_as(node: &graph::Node) -> TokenStream {
    let word = match &node.role {
        graph::Role::Visit(graph::Origin::Part { .. }) => "part",
        graph::Role::Visit(_) => return node_alias(&node.ident).into_token_stream(),
        graph::Role::Await(_) => {
            let awaited = awaited_alias(&node.ident);
            return quote!(__p::Await<#awaited>);
        }
        graph::Role::Join(joining) if joining.kind != JoinKind::Each => joining.kind.word(),
        graph::Role::Join(_) | graph::Role::Map(_) => "map",
    };
    let word = Ident::new(word, Span::call_site());
    quote!(__p::#word)
}

/// A node's name in the graph. Where a trace parks, that is what it waits for.
fn label(node: &graph::Node) -> String {
    match &node.role {
        graph::Role::Await(waiting) => {
            format!("await {}", token_text(waiting.ty.to_token_stream()))
        }
        graph::Role::Visit(graph::Origin::Part { label, .. }) => label.clone(),
        _ => node.ident.unraw().to_string(),
    }
}

/// The alias of the type at an input of a join, or of a parked value.
fn input_alias(node: &Ident, slot: usize) -> Ident {
    format_ident!("__input_type_{}_{}", node, slot, span = Span::call_site())
}

/// The alias of the type that a trace waits for.
fn awaited_alias(node: &Ident) -> Ident {
    format_ident!("__awaited_{}", node, span = Span::call_site())
}

fn ways(ways: &[graph::Way]) -> Vec<Way> {
    let ways = ways.iter().map(|way| Way {
        route: route(&way.route),
        opens: way.opens.clone(),
    });
    ways.collect()
}

fn route(route: &graph::Route) -> Route {
    match route {
        graph::Route::Edge(edge) => Route::Edge(*edge),
        graph::Route::Match(span, arms) => {
            let arms = arms.iter().map(|arm| Arm {
                pat: arm.pattern.pat.clone(),
                guard: arm.pattern.guard.clone(),
                value: arm.pattern.value.clone(),
                ways: ways(&arm.ways),
            });
            Route::Match(*span, arms.collect())
        }
    }
}

pub(super) fn entries(graph: &Graph) -> Vec<Entry> {
    let entries = graph.entries.iter().enumerate();
    let entries = entries.map(|(index, entry)| Entry {
        node: entry.node,
        way: Way {
            route: Route::Edge(graph.edges.len() + index),
            opens: entry.opens.clone(),
        },
    });
    entries.collect()
}

pub(super) fn edges(graph: &Graph) -> Vec<Edge> {
    let edges = graph.edges.iter().map(|edge| Edge {
        from: edge.from,
        to: edge.to,
        spans: edge.spans,
        carries: carries(graph, edge),
        slot: edge.slot,
        choice: edge.choice.as_ref().map(|choice| Choice {
            arms: choice.arms.clone(),
            label: choice.label.clone(),
        }),
        closes: edge.is_back.then(|| graph.round(edge)),
        repeats: match edge.is_back {
            true => graph.repeated_by_loop(edge),
            false => Vec::new(),
        },
        is_fallback: edge.is_fallback,
    });
    edges.collect()
}

/// What becomes of a value along an edge.
fn carries(graph: &Graph, edge: &graph::Edge) -> Carries {
    let to = &graph.nodes[edge.to];
    match &to.role {
        graph::Role::Join(joining) if joining.kind == JoinKind::Settle => Carries::Settled,
        graph::Role::Join(_) | graph::Role::Await(_) => {
            Carries::JoinInput(input_alias(&to.ident, edge.slot.unwrap_or_default()))
        }
        graph::Role::Map(_) => {
            let first = graph.first_in_map(edge.to).map(|first| &graph.edges[first]);
            let first = first.unwrap_or(edge);
            Carries::Items {
                to: first.to,
                spans: first.spans,
            }
        }
        graph::Role::Visit(_) => match graph.nodes[edge.from].role {
            graph::Role::Map(_) => Carries::Item,
            _ => Carries::Input,
        },
    }
}
