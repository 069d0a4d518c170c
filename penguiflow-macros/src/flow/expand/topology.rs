//! The flow's types, its graph as a const table, its entries, and the proofs over the table.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::joins::{awaits, joins};
use super::meant::after_loops;
use super::names::Names;
use super::place::mentioned;
use crate::editors;
use crate::flow::ast::Flow;
use crate::flow::graph::{Choice, Edge, Graph, Node, Role};
use crate::runtime::path_at;
use crate::spelled::spelled;

pub(super) fn topology(flow: &Flow, graph: &Graph, names: &Names) -> TokenStream {
    let name = &names.flow;
    let (input, output) = (input(flow, graph, names), output(flow, graph, names));
    let given_in = associated(ours!(In), input);
    let given_out = associated(ours!(Out), output);
    let table = table(flow, graph, names);
    let (joins, awaits) = (joins(graph, names), awaits(graph, names));
    let single = match graph.has_several_outputs() {
        false => Some(single_output(graph, names)),
        true => several_outputs(graph, names),
    };
    let unique = names_differ(graph, names);
    let loops = loops_end(graph, names);
    ours! {
        type __In = <#name as __p::Topology>::In;
        type __Out = <#name as __p::Topology>::Out;

        impl __p::Topology for #name {
            #given_in
            #given_out
            const GRAPH: &'static __p::Graph = &#table;
            const JOINS: &'static [__p::JoinInfo] = #joins;
            const AWAITS: &'static [__p::AwaitInfo] = #awaits;
            const PRINT: ::core::option::Option<__p::Print<__In>> = {
                use __p::ProbeDefault as _;
                __p::print(__p::Probe::<__In>::BY_HASH, __p::Probe::<__In>::BY_DEBUG)
            };
        }

        #single
        #unique
        #loops
    }
}

/// One output per trace, if no node that a join waits for leaves the flow by a `Break`. The
/// bounds may be false: see `step`.
fn single_output(graph: &Graph, names: &Names) -> TokenStream {
    let (name, held) = (&names.flow, graph.held().map(|node| &names.types[node]));
    let bounds = held.map(|held| quote!(for<'a> __p::Exit<#held>: __p::NeverBreaks<#held>));
    quote_spanned! {names.site=>
        #[allow(unused_qualifications)]
        impl __p::SingleOutput for #name where #(#bounds,)* {}
    }
}

/// Several outputs, as a loop that goes on has. Where `Break` was meant to lead to a node that
/// follows, that node is no type, and this is asked of it, so that nothing is said of outputs.
fn several_outputs(graph: &Graph, names: &Names) -> Option<TokenStream> {
    let (name, node) = (&names.flow, after_loops(graph).next()?);
    let ty = &names.types[node];
    Some(quote_spanned! {names.site=>
        #[allow(unused_qualifications)]
        impl __p::SingleOutput for #name where for<'a> #ty: __p::EndsAlone {}
    })
}

/// An associated type. Its keyword and its end stand at the type that the user wrote, so
/// that the compiler shows that where it must not be seen from outside.
fn associated(name: TokenStream, ty: TokenStream) -> TokenStream {
    let span = ty.span();
    let keyword = quote_spanned!(editors::before(span)=> type);
    let end = quote_spanned!(span=> ;);
    ours!(#keyword #name = #ty #end)
}

/// What the flow takes: as declared, or as its first entry does.
fn input(flow: &Flow, graph: &Graph, names: &Names) -> TokenStream {
    if let Some(header) = &flow.header {
        let input = &header.input;
        return ours!(#input);
    }
    let first = &names.types[graph.entries[0].node];
    ours!(__p::In<#first>)
}

/// What the flow yields: as declared, or as its first exit does. A flow without an exit is
/// a loop, and yields what breaks out of it.
fn output(flow: &Flow, graph: &Graph, names: &Names) -> TokenStream {
    if let Some(header) = &flow.header {
        let output = &header.output;
        return ours!(#output);
    }
    if let Some(first) = graph.exits().first() {
        let first = &names.types[*first];
        return ours!(__p::Out<#first>);
    }
    let exit = exit_of(&names.types);
    ours!(<#exit as __p::BreakType>::Out)
}

/// What one of these nodes breaks with. Halves, since types must not nest as deep as there are
/// nodes.
fn exit_of(nodes: &[Ident]) -> TokenStream {
    if let [node] = nodes {
        return ours!(__p::Exit<#node>);
    }
    let (some, others) = nodes.split_at(nodes.len() / 2);
    let (one, other) = (exit_of(some), exit_of(others));
    ours!(<#one as __p::OrElse<#other>>::Either)
}

fn table(flow: &Flow, graph: &Graph, names: &Names) -> TokenStream {
    let label = &names.label;
    let nodes = graph.nodes.iter().enumerate().map(|(place, node)| {
        let ty = &names.types[place];
        let name = &names.labels[place];
        let named = match node.binding() {
            Some(_) => ours!(.named(#name)),
            None => ours!(.called(#name)),
        };
        let role = role(graph, names, node);
        ours!(<#ty as __p::Node>::INFO #named #role)
    });
    let edges = graph.edges.iter().map(|edge| {
        let (from, to, is_hop) = (number(edge.from), number(edge.to), edge.is_hop);
        let routed = edge.choice.as_ref().map(|Choice { arms, label }| {
            let arms = arms.iter().map(|(of, arm)| (number(*of), number(*arm)));
            let (of, arm): (Vec<_>, Vec<_>) = arms.unzip();
            ours!(.routed(&[#((#of, #arm)),*], #label))
        });
        let fallback = edge.is_fallback.then(|| ours!(.fallback()));
        let beside = edge.slot.filter(|slot| *slot > 0).map(|_| ours!(.beside()));
        ours!(__p::Edge::new(#from, #to, #is_hop) #routed #fallback #beside)
    });
    let entries = graph.entries.iter().map(|entry| number(entry.node));
    let exits = graph.exits().into_iter().map(number);
    let hops = flow.header.as_ref().and_then(|header| header.options.hops);
    let hops = hops.map(|hops| ours!(.hops(#hops)));
    ours! {
        __p::Graph::new(
            #label,
            &[#(#nodes,)*],
            &[#(#edges,)*],
            &[#(#entries,)*],
            &[#(#exits,)*],
        ) #hops
    }
}

/// What the graph has to know of a node that is not the user's.
fn role(graph: &Graph, names: &Names, node: &Node) -> Option<TokenStream> {
    match &node.role {
        Role::Map(map) => {
            let end = number(map.join);
            let join = graph.joins().position(|(place, _)| place == map.join);
            let join = number(join.unwrap_or_default());
            let flow = &names.flow;
            Some(ours!(.mapping(#end, <#flow as __p::Topology>::JOINS, #join)))
        }
        Role::Await(waiting) => {
            let within = waiting.within.map(crate::duration::tokens)?;
            Some(ours!(.waiting(#within)))
        }
        Role::Visit { .. } | Role::Join(_) => None,
    }
}

fn names_differ(graph: &Graph, names: &Names) -> TokenStream {
    let flow = &names.flow;
    let proof = ours!({ __p::names_differ(<#flow as __p::Topology>::GRAPH) });
    let place = names.spelled("Proof", &proof, mentioned(graph, 0));
    ours!(const _: () = <#place as __p::NamesDiffer>::PROVED;)
}

/// Of all loops that come back to one node, the first that cannot end is the fault.
fn loops_end(graph: &Graph, names: &Names) -> Option<TokenStream> {
    let hops = || graph.edges.iter().filter(|edge| edge.is_hop);
    hops().next()?;
    let (flow, size) = (
        &names.flow,
        number(graph.nodes.len().max(graph.edges.len())),
    );
    let proofs = hops().map(|hop| loop_ends(graph, names, hop));
    Some(ours! {
        const __TRAPS: __p::Traps<#size> = __p::Traps::of(<#flow as __p::Topology>::GRAPH);
        #(#proofs)*
    })
}

fn loop_ends(graph: &Graph, names: &Names, hop: &Edge) -> TokenStream {
    let mut message = format!(
        "the loop `{}` can never end\nhelp: let one of its nodes return `ControlFlow`, and `Break` \
         with what leaves the flow, or `Option`, or route an arm of a `match` out of it",
        round(graph, names, hop),
    );
    if let Some(again) = once_more(graph, hop) {
        message += &again;
    }
    let edges = graph.edges.iter();
    let before = edges.take_while(|edge| !std::ptr::eq(*edge, hop));
    let before = before.filter(|edge| edge.is_hop && edge.to == hop.to);
    let told = before.map(can_end);
    let ends = can_end(hop);
    let (first, last) = hop.spans;
    let callee = path_at(&names.runtime, first);
    let argument = quote_spanned!(last=> (#message));
    ours! {
        const _: () = if !#ends #(&& #told)* {
            #callee::__private::fault #argument
        };
    }
}

/// What to write if no loop was meant: a node stands twice in a line.
fn once_more(graph: &Graph, hop: &Edge) -> Option<String> {
    let to = &graph.nodes[hop.to];
    let is_line = hop.from != hop.to && to.is_visited() && to.binding().is_none();
    is_line.then_some(())?;
    let path = spelled(to.path.to_token_stream());
    let name = &to.ident;
    Some(format!(
        "; if no loop is meant, name the node again: `use {path} as {name}_again;`"
    ))
}

/// How a loop runs: `plan -> act -> plan`.
fn round(graph: &Graph, names: &Names, hop: &Edge) -> String {
    let round = graph.round(hop);
    let way = round.iter().chain(round.first());
    let way: Vec<_> = way.map(|node| names.labels[*node].as_str()).collect();
    way.join(" -> ")
}

fn can_end(hop: &Edge) -> TokenStream {
    let (from, to) = (number(hop.from), number(hop.to));
    ours!(__TRAPS.can_end(#from, #to))
}

fn number(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}
