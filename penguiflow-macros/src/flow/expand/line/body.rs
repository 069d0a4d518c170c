//! Writes a body: its steps as statements, and its end. The value is called `out`, the branch's
//! position `cursor`. Like all variables here, they cannot collide with what the user's patterns
//! bind (see `quote_mixed!`).

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Expr, Pat};

use super::captures::Captures;
use crate::flow::expand::literal::literal;
use crate::flow::expand::matches::match_out;
use crate::flow::expand::patterns::{by_reference, without_bindings};
use crate::flow::lower::{Along, Arm, Body, CursorMove, Edge, End, Flow, Join, Node, Step};

pub(super) struct Writer<'w> {
    pub(super) flow: &'w Flow,
    pub(super) captures: &'w Captures<'w>,
    /// Whether an output of the flow is the result of this code. If not, it is put into the trace's
    /// outputs.
    pub(super) is_main: bool,
    /// The join that the code yields a value to.
    pub(super) brings_to: Option<&'w Join>,
    /// Whether yielding takes a `break`, out of blocks and loops.
    pub(super) is_inside: bool,
}

/// Ends a branch with nothing.
pub(super) fn return_none() -> TokenStream {
    quote_mixed!(return ::core::result::Result::Ok(::core::option::Option::None);)
}

/// The result of a branch: this value.
pub(super) fn ok_some(value: &TokenStream) -> TokenStream {
    quote_mixed!(::core::result::Result::Ok(::core::option::Option::Some(#value)))
}

impl<'w> Writer<'w> {
    /// A writer of a branch's code, which puts outputs of the flow into the trace's.
    pub(super) fn new(flow: &'w Flow, captures: &'w Captures<'w>) -> Self {
        Self {
            flow,
            captures,
            is_main: false,
            brings_to: None,
            is_inside: false,
        }
    }

    /// A writer of a branch in this code.
    pub(super) fn branch(&self) -> Self {
        Self::new(self.flow, self.captures)
    }

    /// The statements of a body, and its end.
    pub(super) fn body(&self, body: &Body<'w>) -> TokenStream {
        let steps = body.steps.iter().map(|step| self.step(step));
        let steps: Vec<_> = steps.collect();
        let end = self.end(&body.end);
        quote_mixed!(#(#steps)* #end)
    }

    fn step(&self, step: &Step<'w>) -> TokenStream {
        match step {
            Step::Visit(node) => self.visit(node),
            Step::Park(node) => self.park(node),
            Step::Enter(node, moving) => self.enter(node, *moving),
            Step::Edge(along) => self.edge(*along),
            Step::Map(map) => self.map(map),
            Step::Fork(fork) => self.closed_fork(fork),
            Step::Block(node, body) => {
                let (label, ty) = (node.block_label(), node.input_type());
                let body = self.inside().body(body);
                quote_mixed!(let out: #ty = #label: { #body };)
            }
            Step::Loop(node, body) => self.looped(node, body),
        }
    }

    fn looped(&self, node: &Node, body: &Body<'w>) -> TokenStream {
        let (label, ty, next) = (node.loop_label(), node.input_type(), node.next_ident());
        let body = self.inside().body(body);
        let exhausted = node.fallback.map(|_| {
            let exhausted = node.exhausted_ident();
            quote_mixed! {
                let mut #exhausted: ::core::option::Option<__p::NodeError> =
                    ::core::option::Option::None;
            }
        });
        quote_mixed! {
            let mut #next: #ty = out;
            #exhausted
            #label: loop {
                let out = #next;
                #body
            }
        }
    }

    pub(super) fn end(&self, end: &End<'w>) -> TokenStream {
        match end {
            End::Yield => match self.brings_to.filter(|_| self.is_inside) {
                Some(join) => {
                    let label = join.branch_label();
                    quote_mixed!(break #label out;)
                }
                None => quote_mixed!(out),
            },
            End::Never => TokenStream::new(),
            End::Nothing => return_none(),
            End::Break(node) => {
                let label = node.block_label();
                quote_mixed!(break #label out;)
            }
            End::Continue(node) => {
                let (label, next) = (node.loop_label(), node.next_ident());
                quote_mixed! {
                    #next = out;
                    continue #label;
                }
            }
            End::Output(node) => self.output(node),
            End::Choice { node, span, arms } => self.choice(node, *span, arms),
            End::Else {
                node,
                is_head,
                on,
                failed,
            } => self.or_else((node, *is_head), on, failed),
            End::Again { edge, moving } => self.again(edge, *moving, &self.edge(along(edge))),
            End::Round {
                edge,
                moving,
                on,
                exhausted,
            } => self.round_with(edge, *moving, &self.edge(along(edge)), (on, exhausted)),
            End::Fork(fork) => self.open_fork(fork),
            End::Detach(node) => self.detach(node),
            End::Fill { join, slot } => feed(join, *slot),
        }
    }

    /// A writer of the code in a block or a loop.
    fn inside(&self) -> Self {
        Self {
            is_inside: true,
            ..*self
        }
    }

    fn output(&self, node: &Node) -> TokenStream {
        let spanned = self.flow.spanned(&node.shown_as, node.spans);
        let (ty, about, leave) = (&node.ty, about(node), self.leave());
        quote_mixed! {
            #about
            let out = <#spanned as __p::Ends<__p::Out<#ty>, __Out>>::carry(out);
            #leave
        }
    }

    /// Leaves the flow with `out`.
    pub(super) fn leave(&self) -> TokenStream {
        match self.is_main {
            true => {
                let ok_some = ok_some(&quote_mixed!(out));
                quote_mixed!(return #ok_some;)
            }
            false => {
                let return_none = return_none();
                quote_mixed! {
                    outputs.put(cursor, out);
                    #return_none
                }
            }
        }
    }

    /// A Rust `match` on the output, with the arms' code in it.
    fn choice(&self, node: &Node, span: Span, arms: &[(&Arm, Body<'w>)]) -> TokenStream {
        let about = about(node);
        let routed = match_out(self.flow, span, |matched| {
            let arms = arms.iter();
            arms.map(|(arm, body)| self.arm(matched, arm, body))
                .collect()
        });
        quote_mixed!(#about #routed)
    }

    fn arm(&self, matched: &Ident, arm: &Arm, body: &Body<'w>) -> TokenStream {
        let Arm { pat, guard, .. } = arm;
        let Some(value) = &arm.value else {
            let code = self.body(body);
            let guard = guard.as_ref();
            let guard = guard.map(|guard| guard_by_reference(pat, guard, matched));
            let pat = without_bindings(pat);
            return quote_mixed!(#pat #guard => { let out = #matched; #code });
        };
        let guard = guard.as_ref().map(|guard| quote_mixed!(if #guard));
        let code = match (body.steps.as_slice(), &body.end) {
            ([Step::Edge(along), steps @ ..], end) => {
                let given = self.given(*along, value);
                let steps = steps.iter().map(|step| self.step(step));
                let end = self.end(end);
                quote_mixed!(#given #(#steps)* #end)
            }
            (_, End::Again { edge, moving }) => {
                self.again(edge, *moving, &self.given(along(edge), value))
            }
            (
                _,
                End::Round {
                    edge,
                    moving,
                    on,
                    exhausted,
                },
            ) => {
                let given = self.given(along(edge), value);
                self.round_with(edge, *moving, &given, (on, exhausted))
            }
            _ => self.body(body),
        };
        quote_mixed!(#pat #guard => { #code })
    }
}

/// Fills an input of a join whose inputs wait in a cell.
fn feed(join: &Join, slot: usize) -> TokenStream {
    let (input, ok_some) = (join.input_ident(slot), ok_some(&quote_mixed!(())));
    quote_mixed! {
        #input.put(out, cursor);
        return #ok_some;
    }
}

/// An edge along which a value is carried before the cursor moves.
fn along(edge: &Edge) -> Along<'_> {
    Along {
        edge,
        moving: CursorMove::Stay,
        goes_round: false,
    }
}

/// Records the node that the user's code after this belongs to.
pub(super) fn about(node: &Node) -> TokenStream {
    let index = literal(node.index);
    quote_mixed!(cursor.about(#index);)
}

/// The guard of an arm that passes the whole value on. The pattern binds for the guard alone: a
/// borrow that lasts into the arm would have to move between threads with the trace.
fn guard_by_reference(pat: &Pat, guard: &Expr, matched: &Ident) -> TokenStream {
    let (pat, bound) = by_reference(pat);
    quote_mixed! {
        if match #matched {
            #pat if #guard => { #(let _ = #bound;)* true }
            #[allow(unreachable_patterns)]
            _ => false,
        }
    }
}
