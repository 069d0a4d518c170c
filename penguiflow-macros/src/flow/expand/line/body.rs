//! A body as Rust: its steps as statements, and its end. In all of it the value is called `out`,
//! and where the branch is, `cursor`: names that, like all variables here, cannot meet what the
//! user's patterns bind (see `ours!`).

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote_spanned;
use syn::{Expr, Pat};

use super::needs::Needs;
use crate::flow::expand::names::Names;
use crate::flow::expand::pattern::{unbound, whole};
use crate::flow::expand::place::mentioned;
use crate::flow::graph::{Arm, Graph, Role};
use crate::flow::lower::code::{Along, Body, End, Moving, Step};

pub(super) struct Writer<'w> {
    pub(super) graph: &'w Graph,
    pub(super) names: &'w Names,
    pub(super) needs: &'w Needs,
    /// Whether what leaves the flow here is what the code comes to; if not, it is put where the
    /// trace's outputs go.
    pub(super) is_main: bool,
    /// The join to which what is written brings a value.
    pub(super) brings_to: Option<usize>,
    /// Whether that takes a `break`, out of blocks and loops.
    pub(super) is_inside: bool,
}

/// That a branch ends here with nothing.
pub(super) fn over() -> TokenStream {
    ours!(return ::core::result::Result::Ok(::core::option::Option::None);)
}

/// What a branch comes to, in a value.
pub(super) fn came(value: &TokenStream) -> TokenStream {
    ours!(::core::result::Result::Ok(::core::option::Option::Some(#value)))
}

pub(super) fn number(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}

impl Writer<'_> {
    /// The statements of a body, and what it comes to.
    pub(super) fn body(&self, body: &Body<'_>) -> TokenStream {
        let steps = body.steps.iter().map(|step| self.step(step));
        let steps: Vec<_> = steps.collect();
        let end = self.end(&body.end);
        ours!(#(#steps)* #end)
    }

    fn step(&self, step: &Step<'_>) -> TokenStream {
        match step {
            Step::Visit(node) => self.visit(*node),
            Step::Park(node) => self.park(*node),
            Step::Edge(along) => self.edge(*along),
            Step::Map {
                map,
                items,
                is_space,
                is_borne,
                ..
            } => self.map(*map, items, *is_space, *is_borne),
            Step::Fork(fork) => self.closed_fork(fork),
            Step::Block(node, body) => {
                let (label, ty) = (self.names.block(*node), self.input(*node));
                let body = self.inside().body(body);
                ours!(let out: #ty = #label: { #body };)
            }
            Step::Loop(node, body) => {
                let (label, ty) = (self.names.round(*node), self.input(*node));
                let body = self.inside().body(body);
                let next = self.names.next(*node);
                let exhausted = self.graph.fallback(*node).map(|_| {
                    let exhausted = self.names.exhausted(*node);
                    ours! {
                        let mut #exhausted: ::core::option::Option<__p::NodeError> =
                            ::core::option::Option::None;
                    }
                });
                ours! {
                    let mut #next: #ty = out;
                    #exhausted
                    #label: loop {
                        let out = #next;
                        #body
                    }
                }
            }
        }
    }

    pub(super) fn end(&self, end: &End<'_>) -> TokenStream {
        match end {
            End::Yield => match self.brings_to.filter(|_| self.is_inside) {
                Some(join) => {
                    let label = self.names.branch(join);
                    ours!(break #label out;)
                }
                None => ours!(out),
            },
            End::Never => TokenStream::new(),
            End::Over => over(),
            End::Break(node) => {
                let label = self.names.block(*node);
                ours!(break #label out;)
            }
            End::Continue(node) => {
                let (label, next) = (self.names.round(*node), self.names.next(*node));
                ours! {
                    #next = out;
                    continue #label;
                }
            }
            End::Output(node) => self.output(*node),
            End::Choice { node, span, arms } => self.choice(*node, *span, arms),
            End::Else {
                node,
                is_head,
                on,
                failed,
            } => self.or_else((*node, *is_head), on, failed),
            End::Again { edge, moving } => {
                self.again(*edge, *moving, &self.edge(self.along(*edge, Moving::Stays)))
            }
            End::Round {
                edge,
                moving,
                on,
                exhausted,
            } => self.round(*edge, *moving, on, exhausted),
            End::Scatter(fork) => self.open_fork(fork),
            End::Detach(node) => self.detach(*node),
            End::Feed { join, slot } => self.feed(*join, *slot),
        }
    }

    /// Who writes what stands in a block or a loop.
    fn inside(&self) -> Self {
        Self {
            is_inside: true,
            ..*self
        }
    }

    /// What the code of a node begins with.
    pub(super) fn input(&self, node: usize) -> TokenStream {
        let ty = &self.names.types[node];
        match &self.graph.nodes[node].role {
            Role::Map(_) => ours!(__p::VecDeque<__p::In<#ty>>),
            Role::Await(_) => {
                let parked = &self.names.parts[node][0].ty;
                ours!(#parked)
            }
            Role::Visit { .. } | Role::Join(_) => ours!(__p::In<#ty>),
        }
    }

    /// Says which node the user's code that comes next is about.
    pub(super) fn about(&self, node: usize) -> TokenStream {
        let _ = self;
        let node = number(node);
        ours!(cursor.about(#node);)
    }

    fn output(&self, node: usize) -> TokenStream {
        let ty = &self.names.types[node];
        let place = self
            .names
            .place(&self.names.words[node], mentioned(self.graph, node));
        let about = self.about(node);
        let leave = self.leave();
        ours! {
            #about
            let out = <#place as __p::Ends<__p::Out<#ty>, __Out>>::carry(out);
            #leave
        }
    }

    /// Leaves the flow with `out`.
    pub(super) fn leave(&self) -> TokenStream {
        match self.is_main {
            true => {
                let came = came(&ours!(out));
                ours!(return #came;)
            }
            false => {
                let over = over();
                ours! {
                    outputs.put(cursor, out);
                    #over
                }
            }
        }
    }

    /// A Rust `match` on the output, with the arms' code in it.
    fn choice(&self, node: usize, span: Span, arms: &[(&Arm, Body<'_>)]) -> TokenStream {
        // Where the compiler speaks of the value, it shows the user's `match`.
        let matched = Ident::new("__matched", span);
        let written = arms.iter().map(|(arm, body)| self.arm(&matched, arm, body));
        // If the last arm is not the user's, the compiler proposes none to write behind it.
        let last = quote_spanned! {self.names.site=>
            #[allow(unreachable_patterns)]
            _ if false => ::core::unreachable!(),
        };
        let about = self.about(node);
        ours! {
            #about
            let #matched = out;
            match #matched { #(#written)* #last }
        }
    }

    fn arm(&self, matched: &Ident, arm: &Arm, body: &Body<'_>) -> TokenStream {
        let (pat, guard) = (&arm.pattern.pat, &arm.pattern.guard);
        let guard = guard.as_ref().map(|guard| ours!(if #guard));
        if let Some(value) = &arm.pattern.value
            && let [Step::Edge(along), steps @ ..] = body.steps.as_slice()
        {
            let given = self.given(*along, value);
            let steps = steps.iter().map(|step| self.step(step));
            let end = self.end(&body.end);
            return ours!(#pat #guard => { #given #(#steps)* #end });
        }
        if let (Some(value), End::Round { .. } | End::Again { .. }) =
            (&arm.pattern.value, &body.end)
        {
            let round = self.given_round(&body.end, value);
            return ours!(#pat #guard => { #round });
        }
        let code = self.body(body);
        if arm.pattern.value.is_some() {
            return ours!(#pat #guard => { #code });
        }
        let guard = arm
            .pattern
            .guard
            .as_ref()
            .map(|guard| whole_guard(pat, guard, matched));
        let pat = unbound(pat);
        ours!(#pat #guard => { let out = #matched; #code })
    }

    /// The edge along which an arm passes its value.
    pub(super) fn along(&self, edge: usize, moving: Moving) -> Along {
        let _ = self;
        Along {
            edge,
            moving,
            goes_round: false,
        }
    }
}

/// The guard of an arm that passes the whole value on. What the pattern binds is there for the guard
/// alone: a borrow that lasts into the arm would have to move between threads with the trace.
fn whole_guard(pat: &Pat, guard: &Expr, matched: &Ident) -> TokenStream {
    let (pat, bound) = whole(pat);
    ours! {
        if match #matched {
            #pat if #guard => { #(let _ = #bound;)* true }
            #[allow(unreachable_patterns)]
            _ => false,
        }
    }
}
