//! Where a node's output goes: out of the flow, on to the next step, to one arm of a
//! `match`, or several ways at once. In all of it the output is called `out`: a name that, like
//! all variables here, cannot meet what the user's patterns bind (see `ours!`).

use proc_macro2::{Ident, Literal, Span, TokenStream};

use syn::Expr;

use super::names::Names;
use super::pattern::whole;
use super::place::mentioned;
use crate::flow::ast::Kind;
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
    let place = names.place(ty, mentioned(graph, node));
    ours! {
        let out = <#place as __p::Ends<__p::Out<#ty>, __Out>>::carry(out);
        return ::core::result::Result::Ok(__p::Outcome::Output(out));
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
        let arms = arms.iter().map(|arm| {
            let (pat, guard, code) = (&arm.pattern.pat, &arm.pattern.guard, code(arm));
            let guard = guard.as_ref().map(|guard| ours!(if #guard));
            if arm.pattern.value.is_some() {
                return ours!(#pat #guard => { #code });
            }
            let (pat, bound) = whole(pat);
            ours!(#pat #guard => { #(let _ = #bound;)* #code })
        });
        // Where the compiler speaks of the value, it shows the user's `match`.
        let out = Ident::new("out", Span::mixed_site().located_at(span));
        ours!(match #out { #(#arms)* })
    }

    fn follow(&self, edge: usize, given: Option<TokenStream>) -> TokenStream {
        let edge = &self.graph.edges[edge];
        match &self.graph.nodes[edge.to].role {
            Role::Map(map) => {
                let spread = self.spread(edge, map);
                ours! {
                    let mut branches = course.branches();
                    #spread
                    return ::core::result::Result::Ok(branches.outcome());
                }
            }
            // What waits is the host's to keep.
            Role::Join(_) | Role::Await(_) => {
                let step = self.step(edge, given);
                ours! {
                    course.follow();
                    return ::core::result::Result::Ok(__p::Outcome::Step(#step));
                }
            }
            Role::Visit { .. } => {
                let step = self.step(edge, given);
                self.visit_next(edge, step)
            }
        }
    }

    /// Goes on to the next visit, if the host says so.
    fn visit_next(&self, edge: &Edge, next: TokenStream) -> TokenStream {
        let (moved, again) = match edge.is_hop {
            true => (self.go_round(edge), ours!(continue;)),
            false => (ours!(course.follow();), TokenStream::new()),
        };
        // What only passes messages on is no step of its own.
        let asked = self.graph.nodes[self.node].is_visited().then(|| {
            ours! {
                if !host.goes_on() {
                    return ::core::result::Result::Ok(__p::Outcome::Step(step));
                }
            }
        });
        ours! {
            step = #next;
            #moved
            #asked
            #again
        }
    }

    /// Goes round a loop. Where it would begin again is a node with a fallback, that one takes
    /// over when the budget is used up.
    fn go_round(&self, edge: &Edge) -> TokenStream {
        let from = called(edge.from);
        let Some(step) = taken_over(self.graph, self.names, edge.to) else {
            return ours!(course.go_round(runtime.budgets(), #from)?;);
        };
        let variant = &self.names.variants[edge.to];
        ours! {
            let round = course.go_round_or_fall_back(runtime.budgets(), #from)?;
            if let ::core::result::Result::Err(error) = round {
                if let __Step::#variant(input) = step {
                    step = #step;
                }
            }
        }
    }

    /// Lets each item go on by itself.
    fn spread(&self, edge: &Edge, map: &Mapping) -> TokenStream {
        let from = &self.names.types[edge.from];
        let variant = &self.names.variants[edge.to];
        let place = self.names.place(from, edge.spans);
        let join = self.graph.joins().position(|(place, _)| place == map.join);
        let join = Literal::usize_unsuffixed(join.unwrap_or_default());
        let spread = match self.graph.first_in_map(edge.to) {
            None => ours!(<#place as __p::Spreads<__p::Out<#from>>>::steps),
            Some(first) => {
                let to = &self.names.types[first.to];
                let place = self.names.place(to, first.spans);
                ours!(<#place as __p::TakesItems<#from, __p::Out<#from>, __p::In<#to>>>::steps)
            }
        };
        ours!(branches.spread(#join, #spread(out, __Step::#variant));)
    }

    /// Each way is given a copy of the output, and the last one the output itself.
    fn branch_all(&self, ways: &[Way]) -> TokenStream {
        let from = &self.names.types[self.node];
        let place = self.names.place(from, mentioned(self.graph, self.node));
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
            let spread = self.spread(edge, map);
            return ours!({ #spread });
        }
        let step = self.step(edge, given);
        if !edge.is_hop {
            return ours!(branches.to(#step););
        }
        let round = self.go_round(edge);
        ours!({
            let mut step = #step;
            let mut course = branches.course();
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
            return ours!({
                let input: __p::In<#to> = #given;
                __Step::#variant(input)
            });
        }
        let place = self.names.place(to, edge.spans);
        ours! {
            __Step::#variant(
                <#place as __p::Follows<#from, __p::Out<#from>, __p::In<#to>>>::carry(out)
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
        let place = self.names.place(from, edge.spans);
        ours!(__Step::#variant(<#place as __p::Meets<__p::Out<#from>, #ty>>::carry(out)))
    }
}

/// The step of the node that takes over when this one has failed, of the `input` of the latter
/// and the `error`.
pub(super) fn taken_over(graph: &Graph, names: &Names, node: usize) -> Option<TokenStream> {
    let edge = graph.fallback(node)?;
    let (from, to) = (&names.types[edge.from], &names.types[edge.to]);
    let first = given(names, first_of(graph, node));
    let failed = given(names, node);
    let (variant, failing) = (&names.variants[edge.to], names.place(from, edge.spans));
    let taking = names.place(to, edge.spans);
    Some(ours! {{
        let input = <#failing as __p::TakesOver<#first, #failed>>::give_back(input);
        __Step::#variant(<#taking as __p::TakesOver<#first, __p::In<#to>>>::carry(input, error))
    }})
}

/// The first of a line of fallbacks, whose input all of them are given.
fn first_of(graph: &Graph, node: usize) -> usize {
    let before = graph.edges_to(node).find(|edge| edge.is_fallback);
    before.map_or(node, |edge| first_of(graph, edge.from))
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
        let join = Literal::usize_unsuffixed(*join);
        let slot = Literal::usize_unsuffixed(*slot);
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
    let joins = Literal::usize_unsuffixed(way.opens.len());
    ours!(#opens #branch branches.close(#joins);)
}

/// What the graph calls a node, which `#[node(name = "…")]` may have set.
fn called(node: usize) -> TokenStream {
    let node = Literal::usize_unsuffixed(node);
    ours!(<Self as __p::Topology>::GRAPH.nodes[#node].name)
}
