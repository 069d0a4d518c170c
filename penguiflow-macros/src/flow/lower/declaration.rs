//! What a flow declares: its type with a field per node that has fields itself, and the paths by
//! which it names its nodes. It is lowered by itself, since a flow with errors has this much, too.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::format_ident;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Path, Token, Type, Visibility};

use crate::crate_path::crate_path;
use crate::flow::ast::{self, Binding, Statement};
use crate::flow::graph::{Graph, Origin, Role};
use crate::options::{Durability, Given, Options};
use crate::spans::site;

pub(crate) struct Declaration {
    /// The path to the runtime crate.
    pub(crate) crate_path: TokenStream,
    /// The flow's type.
    pub(crate) name: Ident,
    /// The flow's name in its graph.
    pub(crate) label: String,
    /// Where the compiler shows an error about the flow as a whole.
    pub(crate) site: Span,
    /// `None` for a flow in an expression.
    pub(crate) header: Option<Header>,
    /// Whether it is a part in parentheses.
    pub(crate) is_part: bool,
    /// `None` unless it is durable.
    pub(crate) durability: Option<Durability>,
    /// The rounds of its loops, if it says how many.
    pub(crate) hops: Option<Given<u32>>,
    /// Whether a message after a join has the headers of the first input alone.
    pub(crate) first_headers: bool,
    pub(crate) fields: Vec<Field>,
    /// The parts among its nodes that have fields: the names of their nodes, and their types.
    pub(crate) inner: Vec<(Ident, Ident)>,
    /// All parts of a flow that is no part itself.
    pub(crate) parts: Vec<Self>,
    /// The mentions of function nodes, in the order of the text.
    pub(crate) mentions: Vec<Mention>,
}

/// The header of a flow with a name.
pub(crate) struct Header {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) options: Options,
    pub(crate) vis: Visibility,
    pub(crate) struct_token: Token![struct],
    pub(crate) input: Type,
    pub(crate) output: Type,
    /// The flow as a text drawing, if it has no errors.
    pub(crate) diagram: Option<String>,
}

/// A field of the flow's type, and the `let` that makes its value.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    /// The alias of the type as the user wrote it.
    pub(crate) written: Ident,
    /// The alias of that type once it is known to be a node.
    pub(crate) ty: Ident,
    /// The name in the user's `let`.
    pub(crate) name: Ident,
    /// The place of that `let` among those of the flow, and of its parts.
    pub(crate) place: usize,
    /// The type and the value; `None` if they could not be read.
    pub(crate) value: Option<Box<(Type, Expr)>>,
}

pub(crate) struct Mention {
    pub(crate) alias: Ident,
    pub(crate) path: Path,
}

impl Declaration {
    pub(crate) fn of(
        flow: ast::Flow,
        graph: &Graph,
        diagram: Option<String>,
        parts: &[Self],
    ) -> Self {
        let crate_path = crate_path(flow.crate_path());
        let durability = flow.durability();
        let hops = flow.options().hops.clone();
        let first_headers = flow.options().first_headers;
        let name = flow.header.as_ref().map(|header| header.name.clone());
        let part = flow.head.as_ref();
        let first = graph.mentions.first().map(|first| first.path.span());
        let written = name.as_ref().map(Ident::span);
        let written = written.or(part.map(|part| part.span)).or(first);
        let site = site(written.unwrap_or_else(Span::call_site));
        let label = name.as_ref().map(Ident::to_string);
        let label = label.or(part.map(|part| part.label.clone()));
        let name = name.unwrap_or_else(|| match part {
            Some(part) => part_type(part, site),
            None => Ident::new("__Flow", site),
        });
        let is_part = part.is_some();
        let bindings = flow.statements.into_iter();
        let bindings = bindings.filter_map(|statement| match statement {
            Statement::Let(binding) => Some(binding),
            Statement::Chain(_) => None,
        });
        Self {
            crate_path,
            label: label.unwrap_or("flow".to_owned()),
            site,
            header: flow.header.map(|header| Header::of(header, diagram)),
            is_part,
            durability,
            hops,
            first_headers,
            inner: inner(graph, parts),
            parts: Vec::new(),
            fields: fields(bindings, graph, &name),
            mentions: mentions(graph),
            name,
        }
    }
}

impl Declaration {
    /// Whether its value has to be made of the user's.
    pub(crate) fn has_fields(&self) -> bool {
        !self.fields.is_empty() || !self.inner.is_empty()
    }
}

impl Header {
    fn of(header: ast::Header, diagram: Option<String>) -> Self {
        Self {
            attrs: header.attrs,
            options: header.options,
            vis: header.vis,
            struct_token: header.struct_token,
            input: header.input,
            output: header.output,
            diagram,
        }
    }
}

/// The bindings of nodes, in their order.
fn fields(bindings: impl Iterator<Item = Binding>, graph: &Graph, flow: &Ident) -> Vec<Field> {
    let nodes = graph.nodes.iter();
    let by_binding: HashMap<_, _> = nodes
        .filter_map(|node| Some((node.binding()?, &node.ident)))
        .collect();
    let fields = bindings.enumerate().filter_map(|(index, binding)| {
        let node = by_binding.get(&index)?;
        Some(Field {
            ident: generated(node),
            written: bound(flow, node),
            ty: node_alias(node),
            name: binding.name,
            place: binding.place,
            value: binding.value,
        })
    });
    fields.collect()
}

/// The parts among a flow's nodes that have fields.
fn inner(graph: &Graph, parts: &[Declaration]) -> Vec<(Ident, Ident)> {
    let nodes = graph.nodes.iter();
    let inner = nodes.filter_map(|node| match &node.role {
        Role::Visit(Origin::Part { number, .. }) => {
            let part = parts.get(*number).filter(|part| part.has_fields())?;
            Some((generated(&node.ident), part.name.clone()))
        }
        _ => None,
    });
    inner.collect()
}

fn mentions(graph: &Graph) -> Vec<Mention> {
    let mentions = graph.mentions.iter().enumerate();
    let functions = mentions.filter(|(_, mention)| graph.nodes[mention.node].binding().is_none());
    let aliases = functions.map(|(index, mention)| Mention {
        alias: mention_alias(index),
        path: mention.path.clone(),
    });
    aliases.collect()
}

// `format_ident!` takes the `r#` off what it is given as an argument, not off what stands in its
// text.

/// The same name, without the user's span: an editor takes an identifier with one for the user's.
pub(super) fn generated(ident: &Ident) -> Ident {
    let mut generated = ident.clone();
    generated.set_span(Span::call_site());
    generated
}

/// The alias of the type that a node's `let` gives it, seen beside the flow's own type.
pub(super) fn bound(flow: &Ident, node: &Ident) -> Ident {
    format_ident!("__{}_{}", flow, node, span = Span::call_site())
}

/// The alias of a node's type.
pub(super) fn node_alias(node: &Ident) -> Ident {
    format_ident!("__node_{}", node, span = Span::call_site())
}

/// The type of a part in parentheses, seen beside the flow's own type.
fn part_type(part: &ast::Head, site: Span) -> Ident {
    let number = part.number;
    match &part.within {
        Some(flow) => format_ident!("__{}_part{}", flow, number, span = site),
        None => format_ident!("__part{}", number, span = site),
    }
}

/// The alias of what a mention names.
pub(super) fn mention_alias(index: usize) -> Ident {
    format_ident!("__mention{index}")
}
