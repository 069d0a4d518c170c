//! Along an edge: the value is carried to what comes next, and the cursor moves.

use proc_macro2::TokenStream;
use syn::Expr;

use super::body::{Writer, number};
use super::fork::counted;
use crate::flow::ast::Kind;
use crate::flow::expand::place::mentioned;
use crate::flow::graph::{Edge, Role};
use crate::flow::lower::code::{Along, Body, End, Moving};

impl Writer<'_> {
    pub(super) fn edge(&self, along: Along) -> TokenStream {
        let moved = self.moved(along);
        let carried = match self.graph.edges.get(along.edge) {
            Some(edge) => self.carried(edge),
            None => self.entered(along.edge - self.graph.edges.len()),
        };
        ours!(#carried #moved)
    }

    /// The same, with what an arm gives.
    pub(super) fn given(&self, along: Along, value: &Expr) -> TokenStream {
        let edge = &self.graph.edges[along.edge];
        let (to, moved) = (&self.names.types[edge.to], self.moved(along));
        let taken = self.names.spelled("In", to, edge.spans);
        ours! {
            let out: #taken = #value;
            #moved
        }
    }

    fn moved(&self, along: Along) -> TokenStream {
        let round = along.goes_round.then(|| {
            let from = number(self.graph.edges[along.edge].from);
            ours! {
                cursor.go_round(#from)?;
                if cursor.must_yield() {
                    cursor.let_others_run().await;
                }
            }
        });
        let step = self.step_to(along.moving);
        ours!(#round #step)
    }

    fn step_to(&self, moving: Moving) -> TokenStream {
        let _ = self;
        match moving {
            Moving::Stays => TokenStream::new(),
            Moving::To(0) => ours!(cursor.follow();),
            Moving::To(place) => {
                let place = number(place as usize);
                ours!(cursor.step_to(#place);)
            }
            Moving::Counted(place) => {
                let place = counted(place, 1);
                ours!(cursor.step_to(#place);)
            }
        }
    }

    fn carried(&self, edge: &Edge) -> TokenStream {
        let from = &self.names.types[edge.from];
        let word = &self.names.words[edge.from];
        match &self.graph.nodes[edge.to].role {
            Role::Join(joining) if joining.kind == Kind::Settle => TokenStream::new(),
            Role::Join(_) => self.to_part(edge, edge.slot.unwrap_or_default()),
            Role::Await(_) => self.to_part(edge, 0),
            Role::Map(_) => {
                let (to, spans) = match self.graph.first_in_map(edge.to) {
                    Some(first) => (first.to, first.spans),
                    None => (edge.to, edge.spans),
                };
                let place = self.names.place(&self.names.words[to], spans);
                let (to, about) = (&self.names.types[to], self.about(edge.from));
                ours! {
                    #about
                    let out = <#place as __p::TakesItems<
                        #word,
                        __p::Out<#from>,
                        __p::In<#to>,
                    >>::items(out);
                }
            }
            Role::Visit { .. } => {
                let to = &self.names.types[edge.to];
                // The first node of a map is given an item.
                if matches!(self.graph.nodes[edge.from].role, Role::Map(_)) {
                    return TokenStream::new();
                }
                let place = self.names.place(to, edge.spans);
                ours! {
                    let out = <#place as __p::Follows<
                        #word,
                        __p::Out<#from>,
                        __p::In<#to>,
                    >>::carry(out);
                }
            }
        }
    }

    fn to_part(&self, edge: &Edge, slot: usize) -> TokenStream {
        let from = &self.names.types[edge.from];
        let part = &self.names.parts[edge.to][slot].ty;
        let place = self.names.place(&self.names.words[edge.from], edge.spans);
        ours!(let out = <#place as __p::Meets<__p::Out<#from>, #part>>::carry(out);)
    }

    /// What OpenSea gives to an entry.
    fn entered(&self, entry: usize) -> TokenStream {
        let node = self.graph.entries[entry].node;
        let ty = &self.names.types[node];
        let place = self.names.place(ty, mentioned(self.graph, node));
        ours!(let out = <#place as __p::Enters<__In, __p::In<#ty>>>::carry(out);)
    }

    /// One more round, or what takes over when there is none.
    pub(super) fn round(
        &self,
        edge: usize,
        moving: Moving,
        on: &Body<'_>,
        exhausted: &Body<'_>,
    ) -> TokenStream {
        self.round_with(
            edge,
            moving,
            &self.edge(self.along(edge, Moving::Stays)),
            on,
            exhausted,
        )
    }

    /// The same, with what an arm gives.
    pub(super) fn given_round(&self, end: &End<'_>, value: &Expr) -> TokenStream {
        if let End::Again { edge, moving } = end {
            let given = self.given(self.along(*edge, Moving::Stays), value);
            return self.again(*edge, *moving, &given);
        }
        let End::Round {
            edge,
            moving,
            on,
            exhausted,
        } = end
        else {
            return TokenStream::new();
        };
        let given = self.given(self.along(*edge, Moving::Stays), value);
        self.round_with(*edge, *moving, &given, on, exhausted)
    }

    /// One more round; if there is none, the loop's head is taken over from where it stands.
    pub(super) fn again(&self, edge: usize, moving: Moving, carried: &TokenStream) -> TokenStream {
        let edge = &self.graph.edges[edge];
        let (from, moved) = (number(edge.from), self.step_to(moving));
        let (next, exhausted) = (self.names.next(edge.to), self.names.exhausted(edge.to));
        let label = self.names.round(edge.to);
        ours! {
            #carried
            #exhausted = cursor.go_round_or_fall_back(#from)?.err();
            if cursor.must_yield() {
                cursor.let_others_run().await;
            }
            #moved
            #next = out;
            continue #label;
        }
    }

    fn round_with(
        &self,
        edge: usize,
        moving: Moving,
        carried: &TokenStream,
        on: &Body<'_>,
        exhausted: &Body<'_>,
    ) -> TokenStream {
        let edge = &self.graph.edges[edge];
        let (from, moved) = (number(edge.from), self.step_to(moving));
        // The edge itself has been gone along.
        let (on, taken) = (self.end(&on.end), self.taken_over(edge.to));
        let exhausted = self.body(exhausted);
        ours! {
            #carried
            let round = cursor.go_round_or_fall_back(#from)?;
            if cursor.must_yield() {
                cursor.let_others_run().await;
            }
            #moved
            match round {
                ::core::result::Result::Ok(()) => { #on }
                ::core::result::Result::Err(error) => {
                    let input = out;
                    #taken
                    #exhausted
                }
            }
        }
    }

    /// Makes of the `input` of a node that failed, and of the `error`, what takes over is given.
    pub(super) fn taken_over(&self, node: usize) -> TokenStream {
        let Some(edge) = self.graph.fallback(node) else {
            return TokenStream::new();
        };
        let to = &self.names.types[edge.to];
        let first = self.input(self.graph.first_of(node));
        let failed = self.input(node);
        let failing = self.names.place(&self.names.words[edge.from], edge.spans);
        let taking = self.names.place(to, edge.spans);
        ours! {
            let input = <#failing as __p::TakesOver<#first, #failed>>::give_back(input);
            let out = <#taking as __p::TakesOver<#first, __p::In<#to>>>::carry(input, error);
        }
    }
}
