//! The flow's types, its graph as a const table, and the proofs over the table.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::circles;
use super::joins::{awaits, joins};
use super::literal::literal;
use crate::crate_path::path_at;
use crate::editors;
use crate::flow::lower::{Choice, Edge, Flow, MistakeKind, Node, Role};
use crate::token_text::token_text;

pub(super) fn topology(flow: &Flow) -> TokenStream {
    let name = &flow.declaration.name;
    let input = associated(quote_mixed!(In), input(flow));
    let output = associated(quote_mixed!(Out), output(flow));
    let (table, joins, awaits) = (table(flow), joins(flow), awaits(flow));
    let single = match flow.has_several_outputs {
        false => Some(single_output(flow)),
        true => several_outputs(flow),
    };
    let (unique, loops) = (names_differ(flow), loops_end(flow));
    quote_mixed! {
        type __In = <#name as __p::Topology>::In;
        type __Out = <#name as __p::Topology>::Out;

        impl __p::Topology for #name {
            #input
            #output
            const GRAPH: &'static __p::Graph = &#table;
            const JOINS: &'static [__p::JoinInfo] = #joins;
            const AWAITS: &'static [__p::AwaitInfo] = #awaits;
            const PRINT: ::core::option::Option<__p::Print<__In>> = {
                use __p::ProbeDefault as _;
                __p::print(__p::Probe::<__In>::BY_HASH, __p::Probe::<__In>::BY_DEBUG)
            };
            __p::schemas!(__In, __Out);
        }

        #single
        #unique
        #loops
    }
}

/// One output per trace, if no node that a join waits for leaves the flow by a `Break`. The
/// bounds may be false: see `steps::step`.
fn single_output(flow: &Flow) -> TokenStream {
    let (name, site) = (&flow.declaration.name, flow.declaration.site);
    let awaited = flow.awaited_by_joins.iter();
    let awaited = awaited.map(|node| circles::type_before(flow, &flow.nodes[*node]));
    let bounds = awaited.map(|ty| quote!(for<'a> __p::Exit<#ty>: __p::NeverBreaks<#ty>));
    quote_spanned! {site=>
        #[allow(unused_qualifications)]
        impl __p::SingleOutput for #name where #(#bounds,)* {}
    }
}

/// A flow with several outputs, as after a loop that goes on, is no `SingleOutput`. If `Break` was
/// meant to lead to the node after the loop, that node's alias does not resolve. The bound on it
/// then keeps rustc from reporting the outputs as well.
fn several_outputs(flow: &Flow) -> Option<TokenStream> {
    let (name, site) = (&flow.declaration.name, flow.declaration.site);
    let mut followers = flow.edges.iter().map(|edge| flow.to(edge));
    let ty = &followers.find(|node| may_follow_a_loop(node))?.ty;
    Some(quote_spanned! {site=>
        #[allow(unused_qualifications)]
        impl __p::SingleOutput for #name where for<'a> #ty: __p::EndsAlone {}
    })
}

fn may_follow_a_loop(node: &Node) -> bool {
    let mut mistakes = node.mistakes.iter();
    mistakes.any(|mistake| matches!(mistake.kind, MistakeKind::BreakGoesOn { .. }))
}

/// An associated type. Its keyword and its end have the span of the type that the user wrote, where
/// the compiler then reports a private type.
fn associated(name: TokenStream, ty: TokenStream) -> TokenStream {
    let span = ty.span();
    let keyword = quote_spanned!(editors::before(span)=> type);
    let end = quote_spanned!(span=> ;);
    quote_mixed!(#keyword #name = #ty #end)
}

/// The flow's input: as declared, or that of its first entry.
fn input(flow: &Flow) -> TokenStream {
    if let Some(header) = &flow.declaration.header {
        let input = &header.input;
        return quote_mixed!(#input);
    }
    let first = &flow.entry().ty;
    quote_mixed!(__p::In<#first>)
}

/// The flow's output: as declared, or that of its first exit. A flow without an exit is a loop, and
/// outputs what breaks out of it.
fn output(flow: &Flow) -> TokenStream {
    if let Some(header) = &flow.declaration.header {
        let output = &header.output;
        return quote_mixed!(#output);
    }
    if let Some(first) = flow.exits.first() {
        let first = &flow.nodes[*first].ty;
        return quote_mixed!(__p::Out<#first>);
    }
    let types: Vec<_> = flow.nodes.iter().map(|node| &node.ty).collect();
    let exit = exit_of(&types);
    quote_mixed!(<#exit as __p::BreakType>::Out)
}

/// The type that one of these nodes breaks with. In halves, so that types do not nest as deep as
/// there are nodes.
fn exit_of(nodes: &[&Ident]) -> TokenStream {
    if let [node] = nodes {
        return quote_mixed!(__p::Exit<#node>);
    }
    let (some, others) = nodes.split_at(nodes.len() / 2);
    let (one, other) = (exit_of(some), exit_of(others));
    quote_mixed!(<#one as __p::OrElse<#other>>::Either)
}

fn table(flow: &Flow) -> TokenStream {
    let label = &flow.declaration.label;
    let nodes = flow.nodes.iter().map(|node| {
        let (ty, name, role) = (&node.ty, &node.label, role(flow, node));
        let named = match node.is_field() {
            true => quote_mixed!(.named(#name)),
            false => quote_mixed!(.called(#name)),
        };
        quote_mixed!(<#ty as __p::Node>::INFO #named #role)
    });
    let edges = flow.edges.iter().map(edge);
    let entries = flow.entries.iter().map(|entry| literal(entry.node));
    let exits = flow.exits.iter().map(|exit| literal(*exit));
    let hops = flow.declaration.hops.as_ref();
    let hops = hops.map(|hops| hops.tokens(|hops| quote_mixed!(#hops)));
    let hops = hops.map(|hops| quote_mixed!(.hops(#hops)));
    let headers = flow.declaration.first_headers;
    let headers = headers.then(|| quote_mixed!(.first_headers()));
    let part = flow.declaration.is_part.then(|| quote_mixed!(.part()));
    quote_mixed! {
        __p::Graph::new(
            #label,
            &[#(#nodes,)*],
            &[#(#edges,)*],
            &[#(#entries,)*],
            &[#(#exits,)*],
        ) #hops #headers #part
    }
}

fn edge(edge: &Edge) -> TokenStream {
    let (from, to, is_back) = (literal(edge.from), literal(edge.to), edge.is_back());
    let routed = edge.choice.as_ref().map(|Choice { arms, label }| {
        let arms = arms.iter().map(|(of, arm)| (literal(*of), literal(*arm)));
        let (of, arm): (Vec<_>, Vec<_>) = arms.unzip();
        quote_mixed!(.routed(&[#((#of, #arm)),*], #label))
    });
    let fallback = edge.is_fallback.then(|| quote_mixed!(.fallback()));
    let beside = edge
        .slot
        .filter(|slot| *slot > 0)
        .map(|_| quote_mixed!(.beside()));
    quote_mixed!(__p::Edge::new(#from, #to, #is_back) #routed #fallback #beside)
}

/// What the table says of a node that is not the user's.
fn role(flow: &Flow, node: &Node) -> Option<TokenStream> {
    match &node.role {
        Role::Map(map) => {
            let join = flow.nodes[map.end].join()?;
            let (end, number) = (literal(map.end), literal(join.number));
            let name = &flow.declaration.name;
            Some(quote_mixed!(.mapping(#end, <#name as __p::Topology>::JOINS, #number)))
        }
        Role::Await(wait) => {
            let within = wait.within.map(crate::duration::tokens)?;
            Some(quote_mixed!(.waiting(#within)))
        }
        Role::Visit(_) | Role::Join(_) => None,
    }
}

fn names_differ(flow: &Flow) -> TokenStream {
    let name = &flow.declaration.name;
    let proof = quote_mixed!({ __p::names_differ(<#name as __p::Topology>::GRAPH) });
    let proof = flow.spanned_as("Proof", &proof, flow.nodes[0].spans);
    quote_mixed!(const _: () = <#proof as __p::NamesDiffer>::PROVED;)
}

/// Of the loops with one head, the first that cannot end is reported.
fn loops_end(flow: &Flow) -> Option<TokenStream> {
    let mut proofs = Vec::new();
    for (index, edge) in flow.edges.iter().enumerate() {
        if let Some(round) = &edge.closes {
            proofs.push(loop_ends(flow, index, edge, round));
        }
    }
    proofs.first()?;
    let size = literal(flow.nodes.len().max(flow.edges.len()));
    let name = &flow.declaration.name;
    Some(quote_mixed! {
        const __TRAPS: __p::Traps<#size> = __p::Traps::of(<#name as __p::Topology>::GRAPH);
        #(#proofs)*
    })
}

/// Proves that the loop which this edge closes can end.
fn loop_ends(flow: &Flow, index: usize, edge: &Edge, round: &[usize]) -> TokenStream {
    let mut message = format!(
        "the loop `{}` can never end\nhelp: let one of its nodes return `ControlFlow`, and `Break` \
         with what leaves the flow, or `Option`, or route an arm of a `match` out of it",
        way_round(flow, round),
    );
    if let Some(again) = once_more(flow, edge) {
        message += &again;
    }
    let before = flow.edges[..index].iter();
    let before = before.filter(|other| other.is_back() && other.to == edge.to);
    let reported = before.map(can_end);
    let ends = can_end(edge);
    let (first, last) = edge.spans;
    let callee = path_at(&flow.declaration.crate_path, first);
    let argument = quote_spanned!(last=> (#message));
    quote_mixed! {
        const _: () = if !#ends #(&& #reported)* {
            #callee::__private::fault #argument
        };
    }
}

/// The help for a node that is twice in a line, where no loop was meant.
fn once_more(flow: &Flow, edge: &Edge) -> Option<String> {
    let to = flow.to(edge);
    let Role::Visit(visit) = &to.role else {
        return None;
    };
    let is_line = edge.from != edge.to && !visit.is_field && !visit.is_part;
    is_line.then_some(())?;
    let path = token_text(visit.path.to_token_stream());
    let name = &to.ident;
    Some(format!(
        "; if no loop is meant, name the node again: `use {path} as {name}_again;`"
    ))
}

/// How a loop runs: `plan -> act -> plan`.
fn way_round(flow: &Flow, round: &[usize]) -> String {
    let nodes = round.iter().chain(round.first());
    let nodes: Vec<_> = nodes.map(|node| flow.nodes[*node].label.as_str()).collect();
    nodes.join(" -> ")
}

fn can_end(edge: &Edge) -> TokenStream {
    let (from, to) = (literal(edge.from), literal(edge.to));
    quote_mixed!(__TRAPS.can_end(#from, #to))
}
