//! Where a node's output goes: out of the flow, on to the next step, to one arm of a
//! `match`, or several ways at once. In all of it the output is called `out`: a name that, like
//! all variables here, cannot meet what the user's patterns bind (see `ours!`).

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Expr;

use super::literal;
use crate::flow::ast::Kind;
use crate::flow::expand::names::Names;
use crate::flow::expand::pattern::whole;
use crate::flow::expand::place::mentioned;
use crate::flow::graph::{Arm, Edge, Graph, Mapping, Role, Route, Way};

/// The code that takes a node's output on.
pub(super) fn onward(graph: &Graph, names: &Names, node: usize) -> TokenStream {
    let ways = &graph.nodes[node].ways;
    if ways.is_empty() {
        return out_of_the_flow(graph, names, node);
    }
    Onward { graph, names, node }.go(ways)
}

/// The code that takes the `next` step, of the node that takes over along this edge.
pub(super) fn go_on(graph: &Graph, names: &Names, edge: &Edge) -> TokenStream {
    let node = edge.from;
    Onward { graph, names, node }.visit_next(edge, ours!(next))
}

fn out_of_the_flow(graph: &Graph, names: &Names, node: usize) -> TokenStream {
    let ty = &names.types[node];
    let place = names.place(&names.words[node], mentioned(graph, node));
    ours! {
        let out = <#place as __p::Ends<__p::Out<#ty>, __Out>>::carry(out);
        return ::core::result::Result::Ok(__p::steps::Outcome::Output(out));
    }
}

struct Onward<'a> {
    graph: &'a Graph,
    names: &'a Names,
    node: usize,
}

impl Onward<'_> {
    /// Goes on by these ways: one becomes the next step, several become branches.
    fn go(&self, ways: &[Way]) -> TokenStream {
        match ways {
            [way] => {
                let opens = opens(&way.opens, &ours!(course));
                let onward = match &way.route {
                    Route::Edge(edge) => self.follow(*edge, None),
                    Route::Match(span, arms) => self.choose(*span, arms, |arm| self.go_by(arm)),
                };
                ours!(#opens #onward)
            }
            ways => {
                let branches = self.branch_all(ways);
                ours! {
                    let mut branches = course.branches();
                    #branches
                    return ::core::result::Result::Ok(branches.outcome());
                }
            }
        }
    }

    fn go_by(&self, arm: &Arm) -> TokenStream {
        match passed(arm) {
            Some((value, way, edge)) => {
                let opens = opens(&way.opens, &ours!(course));
                let onward = self.follow(edge, Some(ours!(#value)));
                ours!(#opens #onward)
            }
            None => self.go(&arm.ways),
        }
    }

    /// A Rust `match` on the output, with this code in its arms.
    fn choose(&self, span: Span, arms: &[Arm], code: impl Fn(&Arm) -> TokenStream) -> TokenStream {
        // Where the compiler speaks of the value, it shows the user's `match`.
        let matched = Ident::new("__matched", span);
        let arms = arms.iter().map(|arm| {
            let (pat, guard, code) = (&arm.pattern.pat, &arm.pattern.guard, code(arm));
            let guard = guard.as_ref().map(|guard| ours!(if #guard));
            if arm.pattern.value.is_some() {
                return ours!(#pat #guard => { #code });
            }
            let (pat, bound) = whole(pat);
            ours!(#pat #guard => { #(let _ = #bound;)* let out = #matched; #code })
        });
        // If the last arm is not the user's, the compiler proposes none to write behind it.
        let last = quote_spanned! {self.names.site=>
            #[allow(unreachable_patterns)]
            _ if false => ::core::unreachable!(),
        };
        ours! {
            let #matched = out;
            match #matched { #(#arms)* #last }
        }
    }

    fn follow(&self, edge: usize, given: Option<TokenStream>) -> TokenStream {
        let edge = &self.graph.edges[edge];
        match &self.graph.nodes[edge.to].role {
            Role::Map(map) => {
                let round = edge.is_hop.then(|| self.moved(edge));
                let spread = self.spread(edge, map, &ours!(branches.cursor()));
                ours! {
                    #round
                    let mut branches = course.branches();
                    #spread
                    return ::core::result::Result::Ok(branches.outcome());
                }
            }
            // What waits is the host's to keep.
            Role::Join(_) | Role::Await(_) => {
                let (moved, step) = (self.moved(edge), self.step(edge, given));
                ours! {
                    #moved
                    return ::core::result::Result::Ok(__p::steps::Outcome::Step(#step));
                }
            }
            Role::Visit { .. } => {
                let step = self.step(edge, given);
                self.visit_next(edge, step)
            }
        }
    }

    /// Goes on to the next visit. What only passes messages on is no step of its own.
    fn visit_next(&self, edge: &Edge, next: TokenStream) -> TokenStream {
        let outcome = match self.graph.nodes[self.node].is_visited() {
            true => ours!(__p::steps::Outcome::Step),
            false => ours!(__p::steps::Outcome::Passed),
        };
        if !edge.is_hop {
            let moved = self.moved(edge);
            return ours! {
                let step = #next;
                #moved
                return ::core::result::Result::Ok(#outcome(step));
            };
        }
        let round = self.go_round(edge, next);
        ours! {
            #round
            return ::core::result::Result::Ok(#outcome(step));
        }
    }

    /// Goes round a loop to the `next` step. Where it would begin again is a node with a
    /// fallback, that one takes over when the budget is used up.
    fn go_round(&self, edge: &Edge, next: TokenStream) -> TokenStream {
        let is_visited = self.graph.nodes[edge.to].is_visited();
        let step = taken_over(self.graph, self.names, edge.to);
        let Some(step) = step.filter(|_| is_visited) else {
            let moved = self.moved(edge);
            return ours! {
                let step = #next;
                #moved
            };
        };
        let from = called(self.names, edge.from);
        let variant = &self.names.variants[edge.to];
        ours! {
            let step = match (#next, course.go_round_or_fall_back(budgets, #from)?) {
                (__Step::#variant(input), ::core::result::Result::Err(error)) => #step,
                (step, _) => step,
            };
        }
    }

    /// Moves the message along an edge, which may go round a loop.
    fn moved(&self, edge: &Edge) -> TokenStream {
        let from = called(self.names, edge.from);
        match edge.is_hop {
            true => ours!(course.go_round(budgets, #from)?;),
            false => ours!(course.follow();),
        }
    }

    /// Lets each item go on by itself, from where this course leads.
    fn spread(&self, edge: &Edge, map: &Mapping, course: &TokenStream) -> TokenStream {
        let from = &self.names.types[edge.from];
        let variant = &self.names.variants[edge.to];
        let join = self.graph.joins().position(|(place, _)| place == map.join);
        let join = literal(join.unwrap_or_default());
        let (to, spans) = match self.graph.first_in_map(edge.to) {
            Some(first) => (first.to, first.spans),
            None => (edge.to, edge.spans),
        };
        let place = self.names.place(&self.names.words[to], spans);
        let (to, word) = (&self.names.types[to], &self.names.words[edge.from]);
        ours! {
            branches.spread(#course, #join, <#place as __p::TakesItems<
                #word,
                __p::Out<#from>,
                __p::In<#to>,
            >>::items(out), __Step::#variant);
        }
    }

    /// Each way is given a copy of the output, and the last one the output itself.
    fn branch_all(&self, ways: &[Way]) -> TokenStream {
        let from = &self.names.types[self.node];
        let word = &self.names.words[self.node];
        let place = self.names.place(word, mentioned(self.graph, self.node));
        let last = ways.len() - 1;
        let branches = ways.iter().enumerate().map(|(number, way)| {
            let branch = opened(way, self.branch(way));
            match number == last {
                true => branch,
                false => ours! {{
                    let out = <#place as __p::Broadcasts<__p::Out<#from>>>::copy(&out);
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
            Some((value, way, edge)) => opened(way, self.branch_along(edge, Some(ours!(#value)))),
            None => self.branch_all(&arm.ways),
        }
    }

    fn branch_along(&self, edge: usize, given: Option<TokenStream>) -> TokenStream {
        let edge = &self.graph.edges[edge];
        if let Role::Map(map) = &self.graph.nodes[edge.to].role {
            if !edge.is_hop {
                let spread = self.spread(edge, map, &ours!(branches.cursor()));
                return ours!({ #spread });
            }
            let (moved, spread) = (self.moved(edge), self.spread(edge, map, &ours!(course)));
            return ours!({
                let mut course = branches.cursor();
                #moved
                #spread
            });
        }
        let step = self.step(edge, given);
        if !edge.is_hop {
            return ours!(branches.to(#step););
        }
        let round = self.go_round(edge, step);
        ours!({
            let mut course = branches.cursor();
            #round
            branches.on(course, step);
        })
    }

    /// The step at an edge's end: with the output carried there, or with what an arm gives.
    fn step(&self, edge: &Edge, given: Option<TokenStream>) -> TokenStream {
        let (from, to) = (&self.names.types[edge.from], &self.names.types[edge.to]);
        match &self.graph.nodes[edge.to].role {
            Role::Join(joining) => {
                return self.arrive(edge, edge.slot.unwrap_or_default(), joining.kind);
            }
            Role::Await(_) => return self.arrive(edge, 0, Kind::Join),
            Role::Visit { .. } | Role::Map(_) => {}
        }
        let variant = &self.names.variants[edge.to];
        if let Some(given) = given {
            let taken = self.names.spelled("In", to, edge.spans);
            return ours!({
                let input: #taken = #given;
                __Step::#variant(input)
            });
        }
        let place = self.names.place(to, edge.spans);
        let word = &self.names.words[edge.from];
        ours! {
            __Step::#variant(
                <#place as __p::Follows<#word, __p::Out<#from>, __p::In<#to>>>::carry(out)
            )
        }
    }

    /// The step that waits at a join's input, or is parked.
    fn arrive(&self, edge: &Edge, slot: usize, kind: Kind) -> TokenStream {
        let from = &self.names.types[edge.from];
        let part = &self.names.parts[edge.to][slot];
        let (variant, ty) = (&part.variant, &part.ty);
        if kind == Kind::Settle {
            return ours!(__Step::#variant(::core::result::Result::Ok(out)));
        }
        let word = &self.names.words[edge.from];
        let place = self.names.place(word, edge.spans);
        ours!(__Step::#variant(<#place as __p::Meets<__p::Out<#from>, #ty>>::carry(out)))
    }
}

/// The step of the node that takes over when this one has failed, of the `input` of the latter
/// and the `error`.
pub(super) fn taken_over(graph: &Graph, names: &Names, node: usize) -> Option<TokenStream> {
    let edge = graph.fallback(node)?;
    let to = &names.types[edge.to];
    let first = given(names, graph.first_of(node));
    let failed = given(names, node);
    let (variant, word) = (&names.variants[edge.to], &names.words[edge.from]);
    let failing = names.place(word, edge.spans);
    let taking = names.place(to, edge.spans);
    Some(ours! {{
        let input = <#failing as __p::TakesOver<#first, #failed>>::give_back(input);
        __Step::#variant(<#taking as __p::TakesOver<#first, __p::In<#to>>>::carry(input, error))
    }})
}

/// What a node is given. Where a trace parks, that is what is parked.
fn given(names: &Names, node: usize) -> TokenStream {
    let ty = &names.types[node];
    match names.parts[node].first() {
        Some(part) => {
            let part = &part.ty;
            ours!(#part)
        }
        None => ours!(__p::In<#ty>),
    }
}

/// An arm that passes an expression on, with its only way.
fn passed(arm: &Arm) -> Option<(&Expr, &Way, usize)> {
    match (&arm.pattern.value, arm.ways.as_slice()) {
        (Some(value), [way]) => match way.route {
            Route::Edge(edge) => Some((value, way, edge)),
            Route::Match(..) => None,
        },
        _ => None,
    }
}

/// The joins that begin to wait for what goes on next.
pub(super) fn opens(opens: &[(usize, usize)], by: &TokenStream) -> TokenStream {
    let opens = opens.iter().map(|(join, slot)| {
        let join = literal(*join);
        let slot = literal(*slot);
        ours!(#by.open(#join, #slot);)
    });
    opens.collect()
}

/// The branches of a way, which the joins that open there wait for.
fn opened(way: &Way, branch: TokenStream) -> TokenStream {
    if way.opens.is_empty() {
        return branch;
    }
    let opens = opens(&way.opens, &ours!(branches));
    let joins = literal(way.opens.len());
    ours!(#opens #branch branches.close(#joins);)
}

/// What the graph calls a node, which `#[node(name = "…")]` may have set.
fn called(names: &Names, node: usize) -> TokenStream {
    let (flow, node) = (&names.flow, literal(node));
    ours!(<#flow as __p::Topology>::GRAPH.nodes[#node].name)
}
