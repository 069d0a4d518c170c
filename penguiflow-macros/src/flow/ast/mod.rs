//! The syntax tree of `flow! { … }`: a header if the flow has a name, then statements. After an
//! error, reading continues at the next statement.

mod chain;
mod fallback;
mod group;
mod header;
mod join;
mod parens;
mod route;
mod statement;
mod wait;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Path, Token};

pub(super) use chain::{Chain, Stage};
pub(super) use fallback::Fallback;
pub(super) use group::{Group, Map};
pub(super) use header::Header;
pub(super) use join::Join;
pub(super) use parens::{Head, Parens};
pub(super) use route::{Match, Pattern};
pub(super) use statement::{Binding, Statement};
pub(super) use wait::Await;

use crate::options::{Durability, Options};

/// A flow as it was written.
#[derive(Default)]
pub(super) struct Flow {
    /// `None` for a flow in an expression, and for a part in parentheses.
    pub(super) header: Option<Header>,
    /// What a part in parentheses is called, if it is one.
    pub(super) head: Option<Head>,
    /// The options of a flow without a header.
    pub(super) options: Options,
    pub(super) statements: Vec<Statement>,
}

impl Flow {
    pub(super) fn options(&self) -> &Options {
        let header = self.header.as_ref();
        header.map_or(&self.options, |header| &header.options)
    }

    /// Where penguiflow is, if it was renamed.
    pub(super) fn crate_path(&self) -> Option<&Path> {
        self.options().crate_path.as_ref()
    }

    /// When a host stores its traces, if it may.
    pub(super) fn durability(&self) -> Option<Durability> {
        self.options().durability
    }

    pub(super) fn bindings(&self) -> impl Iterator<Item = &Binding> {
        self.statements
            .iter()
            .filter_map(|statement| match statement {
                Statement::Let(binding) => Some(binding),
                Statement::Chain(_) => None,
            })
    }

    pub(super) fn bindings_mut(&mut self) -> impl Iterator<Item = &mut Binding> {
        self.statements
            .iter_mut()
            .filter_map(|statement| match statement {
                Statement::Let(binding) => Some(binding),
                Statement::Chain(_) => None,
            })
    }

    pub(super) fn chains(&self) -> impl Iterator<Item = &Chain> {
        self.statements
            .iter()
            .filter_map(|statement| match statement {
                Statement::Chain(chain) => Some(chain),
                Statement::Let(_) => None,
            })
    }
}

/// How deep brackets may nest: reading them takes the compiler's stack.
pub(super) const DEEPEST: usize = 64;

/// The first bracket that nests too deep.
pub(super) fn too_deep(tokens: TokenStream) -> Option<Span> {
    let mut open = vec![tokens.into_iter()];
    while let Some(tokens) = open.last_mut() {
        match tokens.next() {
            Some(TokenTree::Group(group)) if open.len() > DEEPEST => return Some(group.span()),
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(_) => {}
            None => {
                open.pop();
            }
        }
    }
    None
}

/// Reads what can be read.
pub(super) fn read(mut tokens: TokenStream, errors: &mut Vec<Error>) -> Flow {
    let mut flow = Flow::default();
    if let Some(span) = too_deep(tokens.clone()) {
        let message = format!(
            "brackets nest more than {DEEPEST} deep here: make the inner ones a flow or a function with a name"
        );
        errors.push(Error::new(span, message));
        // A flow with a name stays an item.
        tokens = header::alone(tokens);
    }
    let parsed = (|input: ParseStream| {
        read_into(&mut flow, input, errors);
        Ok(())
    })
    .parse2(tokens);
    // Tokens left over in brackets after an error are part of that error.
    errors.extend(parsed.err().filter(|_| errors.is_empty()));
    flow
}

fn read_into(flow: &mut Flow, input: ParseStream, errors: &mut Vec<Error>) {
    if Header::peek(input) {
        match Header::read(input, errors) {
            Ok(header) => flow.header = Some(header),
            Err(error) => {
                errors.push(error);
                skip_statement(input);
            }
        }
    } else {
        flow.options = header::without_name(input, errors);
    }
    while !input.is_empty() {
        if input.parse::<Token![;]>().is_ok() {
            continue;
        }
        let statement = Statement::read(input, errors);
        flow.statements.extend(statement);
    }
}

/// Skips to after the next `;`.
fn skip_statement(input: ParseStream) {
    while !input.is_empty() {
        let ahead = input.fork();
        let end = ahead.parse::<Token![;]>().is_ok() || ahead.parse::<TokenTree>().is_err();
        if !end {
            input.advance_to(&ahead);
            continue;
        }
        input.advance_to(&ahead);
        return;
    }
}
