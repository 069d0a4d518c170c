//! Errors for likely mistakes. A constant in the alias of a node's type asks the types whether a
//! mistake was made. If so, its message is the one error: the alias does not resolve, so rustc
//! reports nothing further about the node.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote_spanned};

use crate::crate_path::path_at;
use crate::flow::lower::{Flow, Mistake, MistakeKind, Node};

/// The questions that the types of a flow are asked.
pub(super) struct Asked {
    /// For each node, by index, the questions in its alias.
    pub(super) questions: Vec<TokenStream>,
    /// The nodes whose types are asked.
    pub(super) nodes: BTreeSet<usize>,
}

impl Asked {
    pub(super) fn of(flow: &Flow) -> Self {
        let mut asking = Asking {
            flow,
            nodes: BTreeSet::new(),
        };
        let questions = flow.nodes.iter().map(|node| asking.node(node));
        Self {
            questions: questions.collect(),
            nodes: asking.nodes,
        }
    }
}

/// The alias of a node's type before the questions.
pub(super) fn unasked(node: usize) -> Ident {
    format_ident!("__unasked{node}")
}

struct Asking<'f> {
    flow: &'f Flow,
    nodes: BTreeSet<usize>,
}

impl Asking<'_> {
    fn node(&mut self, node: &Node) -> TokenStream {
        let questions = node.mistakes.iter().map(|mistake| {
            let (asked, message) = match &mistake.kind {
                MistakeKind::MissingJoin { ends, is_map } => self.missing_join(node, ends, *is_map),
                MistakeKind::SplitTuple { ends } => self.split_tuple(node, ends),
                MistakeKind::BreakGoesOn { from, round } => self.break_goes_on(node, *from, round),
            };
            self.fault(mistake, &asked, &message)
        });
        questions.collect()
    }

    fn missing_join(&mut self, node: &Node, ends: &[usize], is_map: bool) -> (TokenStream, String) {
        let (to, names) = (&node.label, self.names(ends));
        let taken = self.input(node.index);
        let outputs: Vec<_> = ends.iter().map(|end| self.output(*end)).collect();
        let first = outputs.first();
        let first = first.iter();
        let (whole, group, each) = match is_map {
            true => (
                // All ends of an item have one type.
                quote_mixed!(::std::vec::Vec<#(#first)*>),
                format!("[{names}; 8]"),
                "each item of the map",
            ),
            false => (
                quote_mixed!((#(#outputs,)*)),
                format!("[{names}]"),
                "each branch",
            ),
        };
        let message = format!(
            "`{to}` takes what all of `{group}` output, but {each} leads to it separately\n\
             help: write `{group} -> join -> {to}`"
        );
        (quote_mixed!(__p::Same::<#whole, #taken>::IS_SAME), message)
    }

    fn split_tuple(&mut self, node: &Node, ends: &[usize]) -> (TokenStream, String) {
        let (to, names) = (&node.label, self.names(ends));
        let (first, taken) = (self.output(ends[0]), self.input(node.index));
        let message = format!(
            "`{to}` takes only what `{}` outputs as its message, but a join outputs one tuple\n\
             help: take it as one parameter: `async fn {to}(({names}): ({}))`",
            self.flow.nodes[ends[0]].label,
            vec!["_"; ends.len()].join(", "),
        );
        (quote_mixed!(__p::Same::<#first, #taken>::IS_SAME), message)
    }

    fn break_goes_on(
        &mut self,
        node: &Node,
        from: usize,
        round: &[usize],
    ) -> (TokenStream, String) {
        let round = round.iter().chain(round.first());
        let round = round.map(|node| self.flow.nodes[*node].label.as_str());
        let round = round.collect::<Vec<_>>().join(" -> ");
        let (from_name, to) = (&self.flow.nodes[from].label, &node.label);
        let message = format!(
            "`{to}` takes what `{from_name}` breaks with, but `Break` leaves the flow, past `{to}`\n\
             help: write the loop in parentheses, `({round}) -> {to}`: what breaks out of the part \
             goes on to `{to}`"
        );
        let (unasked, output) = (self.unasked(from), self.output(from));
        let taken = self.input(node.index);
        let asked = quote_mixed!(
            __p::Same::<__p::Exit<#unasked>, __p::BreaksWith<#taken>>::IS_SAME
                && !__p::Same::<#output, #taken>::IS_SAME
        );
        (asked, message)
    }

    /// An error with this message, if the condition holds.
    fn fault(&self, mistake: &Mistake, asked: &TokenStream, message: &str) -> TokenStream {
        let (first, last) = mistake.spans;
        let callee = path_at(&self.flow.declaration.crate_path, first);
        let argument = quote_spanned!(last=> (#message));
        quote_mixed! {
            if #asked {
                #callee::__private::fault #argument
            }
        }
    }

    fn names(&self, nodes: &[usize]) -> String {
        let names = nodes
            .iter()
            .map(|node| self.flow.nodes[*node].label.as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    fn output(&mut self, node: usize) -> TokenStream {
        let unasked = self.unasked(node);
        quote_mixed!(__p::Out<#unasked>)
    }

    fn input(&mut self, node: usize) -> TokenStream {
        let unasked = self.unasked(node);
        quote_mixed!(__p::In<#unasked>)
    }

    fn unasked(&mut self, node: usize) -> Ident {
        self.nodes.insert(node);
        unasked(node)
    }
}
