//! Writes the successors of a node's output: an output of the flow, the next step, one arm of a
//! `match`, or several ways at once. The value is called `out`. Like all variables here, it cannot
//! collide with what the user's patterns bind (see `quote_mixed!`).

use proc_macro2::{Span, TokenStream};
use syn::Expr;

use super::step::input_variant;
use crate::flow::expand::copies::copy_for_a_way;
use crate::flow::expand::literal::literal;
use crate::flow::expand::matches::match_out;
use crate::flow::expand::patterns::by_reference;
use crate::flow::lower::{Arm, Carries, Edge, Flow, Node, Role, Route, Way};

/// The code that finds the successors of a node's output.
pub(super) fn successors(flow: &Flow, node: &Node) -> TokenStream {
    if node.ways.is_empty() {
        return out_of_the_flow(flow, node);
    }
    Successors { flow, node }.go(&node.ways)
}

/// The code that goes on to the `next` step, of the fallback of this node.
pub(super) fn go_on(flow: &Flow, node: &Node, edge: &Edge) -> TokenStream {
    Successors { flow, node }.visit_next(edge, quote_mixed!(next))
}

fn out_of_the_flow(flow: &Flow, node: &Node) -> TokenStream {
    let ty = &node.ty;
    let spanned = flow.spanned(&node.shown_as, node.spans);
    quote_mixed! {
        let out = <#spanned as __p::Ends<__p::Out<#ty>, __Out>>::carry(out);
        return ::core::result::Result::Ok(__p::steps::Outcome::Output(out));
    }
}

struct Successors<'f> {
    flow: &'f Flow,
    node: &'f Node,
}

impl Successors<'_> {
    /// Goes these ways: one becomes the next step, several become branches.
    fn go(&self, ways: &[Way]) -> TokenStream {
        match ways {
            [way] => {
                let opens = opens(&way.opens, &quote_mixed!(cursor));
                let next = match &way.route {
                    Route::Edge(edge) => self.follow(*edge, None),
                    Route::Match(span, arms) => self.choose(*span, arms, |arm| self.go_by(arm)),
                };
                quote_mixed!(#opens #next)
            }
            ways => {
                let branches = self.branch_all(ways);
                quote_mixed! {
                    let mut branches = cursor.branches();
                    #branches
                    return ::core::result::Result::Ok(branches.outcome());
                }
            }
        }
    }

    fn go_by(&self, arm: &Arm) -> TokenStream {
        match passed(arm) {
            Some((value, way, edge)) => {
                let opens = opens(&way.opens, &quote_mixed!(cursor));
                let next = self.follow(edge, Some(quote_mixed!(#value)));
                quote_mixed!(#opens #next)
            }
            None => self.go(&arm.ways),
        }
    }

    /// A Rust `match` on the output, with this code in its arms.
    fn choose(&self, span: Span, arms: &[Arm], code: impl Fn(&Arm) -> TokenStream) -> TokenStream {
        match_out(self.flow, span, |matched| {
            let arms = arms.iter().map(|arm| {
                let (pat, guard, code) = (&arm.pat, &arm.guard, code(arm));
                let guard = guard.as_ref().map(|guard| quote_mixed!(if #guard));
                if arm.value.is_some() {
                    return quote_mixed!(#pat #guard => { #code });
                }
                let (pat, bound) = by_reference(pat);
                quote_mixed!(#pat #guard => { #(let _ = #bound;)* let out = #matched; #code })
            });
            arms.collect()
        })
    }

    fn follow(&self, edge: usize, given: Option<TokenStream>) -> TokenStream {
        let edge = &self.flow.edges[edge];
        match &self.flow.to(edge).role {
            Role::Map(_) => {
                let round = edge.is_back().then(|| self.moved(edge));
                let spread = self.spread(edge, &quote_mixed!(branches.cursor()));
                quote_mixed! {
                    #round
                    let mut branches = cursor.branches();
                    #spread
                    return ::core::result::Result::Ok(branches.outcome());
                }
            }
            // The host keeps what waits.
            Role::Join(_) | Role::Await(_) => {
                let (moved, step) = (self.moved(edge), self.step(edge, given));
                quote_mixed! {
                    #moved
                    return ::core::result::Result::Ok(__p::steps::Outcome::Step(#step));
                }
            }
            Role::Visit(_) => {
                let step = self.step(edge, given);
                self.visit_next(edge, step)
            }
        }
    }

    /// Goes on to the next visit. A node that is not the user's is passed, and is no step of its
    /// own.
    fn visit_next(&self, edge: &Edge, next: TokenStream) -> TokenStream {
        let outcome = match self.node.is_visit() {
            true => quote_mixed!(__p::steps::Outcome::Step),
            false => quote_mixed!(__p::steps::Outcome::Passed),
        };
        if !edge.is_back() {
            let moved = self.moved(edge);
            return quote_mixed! {
                let step = #next;
                #moved
                return ::core::result::Result::Ok(#outcome(step));
            };
        }
        let round = self.go_round(edge, next);
        quote_mixed! {
            #round
            return ::core::result::Result::Ok(#outcome(step));
        }
    }

    /// Goes round a loop to the `next` step. If the loop's head has a fallback, that takes over
    /// when the budget is used up.
    fn go_round(&self, edge: &Edge, next: TokenStream) -> TokenStream {
        let to = self.flow.to(edge);
        let step = taken_over(self.flow, to);
        let Some(step) = step.filter(|_| to.is_visit()) else {
            let moved = self.moved(edge);
            return quote_mixed! {
                let step = #next;
                #moved
            };
        };
        let (from, variant) = (called(self.flow, edge.from), &to.ident);
        quote_mixed! {
            let step = match (#next, cursor.go_round_or_fall_back(budgets, #from)?) {
                (__Step::#variant(input), ::core::result::Result::Err(error)) => #step,
                (step, _) => step,
            };
        }
    }

    /// Moves the message along an edge, which may go round a loop.
    fn moved(&self, edge: &Edge) -> TokenStream {
        let from = called(self.flow, edge.from);
        match edge.is_back() {
            true => quote_mixed!(cursor.go_round(budgets, #from)?;),
            false => quote_mixed!(cursor.follow();),
        }
    }

    /// Lets each item go on by itself, from where this cursor leads.
    fn spread(&self, edge: &Edge, cursor: &TokenStream) -> TokenStream {
        let (from, map) = (self.flow.from(edge), self.flow.to(edge));
        let (Carries::Items { to, spans }, Role::Map(mapping)) = (&edge.carries, &map.role) else {
            return TokenStream::new();
        };
        let join = self.flow.nodes[mapping.end].join().map(|join| join.number);
        let join = literal(join.unwrap_or_default());
        let to = &self.flow.nodes[*to];
        let spanned = self.flow.spanned(&to.shown_as, *spans);
        let (variant, ty, to, shown_as) = (&map.ident, &from.ty, &to.ty, &from.shown_as);
        quote_mixed! {
            branches.spread(#cursor, #join, <#spanned as __p::TakesItems<
                #shown_as,
                __p::Out<#ty>,
                __p::In<#to>,
            >>::items(out), __Step::#variant);
        }
    }

    /// Each way takes a copy of the output, the last one the output itself.
    fn branch_all(&self, ways: &[Way]) -> TokenStream {
        let copy = copy_for_a_way(self.flow, self.node);
        let last = ways.len() - 1;
        let branches = ways.iter().enumerate().map(|(number, way)| {
            let branch = opened(way, self.branch(way));
            match number == last {
                true => branch,
                false => quote_mixed! {{
                    let out = #copy;
                    #branch
                }},
            }
        });
        branches.collect()
    }

    fn branch(&self, way: &Way) -> TokenStream {
        match &way.route {
            Route::Edge(edge) => self.branch_along(*edge, None),
            Route::Match(span, arms) => self.choose(*span, arms, |arm| self.branch_by(arm)),
        }
    }

    fn branch_by(&self, arm: &Arm) -> TokenStream {
        match passed(arm) {
            Some((value, way, edge)) => {
                opened(way, self.branch_along(edge, Some(quote_mixed!(#value))))
            }
            None => self.branch_all(&arm.ways),
        }
    }

    fn branch_along(&self, edge: usize, given: Option<TokenStream>) -> TokenStream {
        let edge = &self.flow.edges[edge];
        if let Role::Map(_) = &self.flow.to(edge).role {
            if !edge.is_back() {
                let spread = self.spread(edge, &quote_mixed!(branches.cursor()));
                return quote_mixed!({ #spread });
            }
            let (moved, spread) = (self.moved(edge), self.spread(edge, &quote_mixed!(cursor)));
            return quote_mixed!({
                let mut cursor = branches.cursor();
                #moved
                #spread
            });
        }
        let step = self.step(edge, given);
        if !edge.is_back() {
            return quote_mixed!(branches.to(#step););
        }
        let round = self.go_round(edge, step);
        quote_mixed!({
            let mut cursor = branches.cursor();
            #round
            branches.on(cursor, step);
        })
    }

    /// The step at an edge's end, with the output or with the value that an arm passes on.
    fn step(&self, edge: &Edge, given: Option<TokenStream>) -> TokenStream {
        let (from, to) = (self.flow.from(edge), self.flow.to(edge));
        let (ty, variant, spans) = (&to.ty, &to.ident, edge.spans);
        let (out, shown_as) = (&from.ty, &from.shown_as);
        match &edge.carries {
            Carries::Settled => {
                let variant = input_variant(variant, edge.slot.unwrap_or_default());
                return quote_mixed!(__Step::#variant(::core::result::Result::Ok(out)));
            }
            Carries::JoinInput(input) => {
                let variant = input_variant(variant, edge.slot.unwrap_or_default());
                let spanned = self.flow.spanned(shown_as, spans);
                return quote_mixed! {
                    __Step::#variant(<#spanned as __p::Meets<__p::Out<#out>, #input>>::carry(out))
                };
            }
            Carries::Input | Carries::Item | Carries::Items { .. } => {}
        }
        if let Some(given) = given {
            let taken = self.flow.spanned_as("In", ty, spans);
            return quote_mixed!({
                let input: #taken = #given;
                __Step::#variant(input)
            });
        }
        let spanned = self.flow.spanned(&to.shown_as, spans);
        quote_mixed! {
            __Step::#variant(
                <#spanned as __p::Follows<#shown_as, __p::Out<#out>, __p::In<#ty>>>::carry(out)
            )
        }
    }
}

/// The step of a failed node's fallback, made of the failed node's `input` and the `error`.
pub(super) fn taken_over(flow: &Flow, node: &Node) -> Option<TokenStream> {
    let edge = flow.fallback(node)?;
    let first = flow.nodes[node.first_of_fallbacks].input_type();
    let (failed, to) = (node.input_type(), flow.to(edge));
    let failing = flow.spanned(&node.shown_as, edge.spans);
    let taking = flow.spanned(&to.shown_as, edge.spans);
    let (variant, to) = (&to.ident, &to.ty);
    Some(quote_mixed! {{
        let input = <#failing as __p::TakesOver<#first, #failed>>::give_back(input);
        __Step::#variant(<#taking as __p::TakesOver<#first, __p::In<#to>>>::carry(input, error))
    }})
}

/// The expression that an arm passes on, its only way, and the edge of that.
fn passed(arm: &Arm) -> Option<(&Expr, &Way, usize)> {
    match (&arm.value, arm.ways.as_slice()) {
        (Some(value), [way]) => match way.route {
            Route::Edge(edge) => Some((value, way, edge)),
            Route::Match(..) => None,
        },
        _ => None,
    }
}

/// Opens joins for what goes on next.
pub(super) fn opens(opens: &[(usize, usize)], by: &TokenStream) -> TokenStream {
    let opens = opens.iter().map(|(join, slot)| {
        let join = literal(*join);
        let slot = literal(*slot);
        quote_mixed!(#by.open(#join, #slot);)
    });
    opens.collect()
}

/// The branches of a way, in the joins that open on it.
fn opened(way: &Way, branch: TokenStream) -> TokenStream {
    if way.opens.is_empty() {
        return branch;
    }
    let opens = opens(&way.opens, &quote_mixed!(branches));
    let joins = literal(way.opens.len());
    quote_mixed!(#opens #branch branches.close(#joins);)
}

/// A node's name in the graph, which `#[node(name = "…")]` may have set.
fn called(flow: &Flow, node: usize) -> TokenStream {
    let (flow, node) = (&flow.declaration.name, literal(node));
    quote_mixed!(<#flow as __p::Topology>::GRAPH.nodes[#node].name)
}
