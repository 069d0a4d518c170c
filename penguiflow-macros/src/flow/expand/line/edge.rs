//! Writes edges: the value is carried to the next node, and the cursor moves.

use proc_macro2::TokenStream;
use syn::Expr;

use super::body::{Writer, about};
use super::fork::counted;
use crate::flow::expand::literal::literal;
use crate::flow::join_kind::JoinKind;
use crate::flow::lower::{Along, Body, Carries, CursorMove, Edge, Node};

impl<'w> Writer<'w> {
    pub(super) fn edge(&self, along: Along<'_>) -> TokenStream {
        let (carried, moved) = (self.carried(along.edge), self.moved(along));
        quote_mixed!(#carried #moved)
    }

    /// An edge with a value that an arm passes on.
    pub(super) fn given(&self, along: Along<'_>, value: &Expr) -> TokenStream {
        let (to, moved) = (&self.flow.to(along.edge).ty, self.moved(along));
        let taken = self.flow.spanned_as("In", to, along.edge.spans);
        quote_mixed! {
            let out: #taken = #value;
            #moved
        }
    }

    fn moved(&self, along: Along<'_>) -> TokenStream {
        let round = along.goes_round.then(|| {
            let (from, counted) = (literal(along.edge.from), self.counted(along.edge));
            quote_mixed! {
                cursor.go_round(#from)?;
                #counted
            }
        });
        // Where branches meet, only their rounds and envelopes count.
        let step = match self.flow.to(along.edge).join() {
            Some(join) if join.kind != JoinKind::Each => TokenStream::new(),
            _ => step_to(along.moving),
        };
        quote_mixed!(#round #step)
    }

    /// Counts the visits of a round, and lets others run when it is time.
    fn counted(&self, edge: &Edge) -> TokenStream {
        let visits = self.visits(&edge.repeats);
        quote_mixed! {
            if cursor.has_visited(#visits) {
                cursor.let_others_run().await;
            }
        }
    }

    /// How many visits a message makes that comes to each of these nodes once. rustc counts them,
    /// since it alone knows which nodes are playbooks.
    pub(super) fn visits(&self, nodes: &[(usize, usize)]) -> TokenStream {
        let flow = &self.flow.declaration.name;
        let nodes = nodes.iter().map(|(first, last)| {
            let (first, last) = (literal(*first), literal(*last));
            quote_mixed!((#first, #last))
        });
        quote_mixed!(const { <#flow as __p::Topology>::GRAPH.visits_of(&[#(#nodes),*]) })
    }

    fn carried(&self, edge: &Edge) -> TokenStream {
        let from = self.flow.from(edge);
        let (ty, shown_as) = (&from.ty, &from.shown_as);
        match &edge.carries {
            Carries::Settled | Carries::Item => TokenStream::new(),
            Carries::JoinInput(part) => {
                let spanned = self.flow.spanned(shown_as, edge.spans);
                quote_mixed!(let out = <#spanned as __p::Meets<__p::Out<#ty>, #part>>::carry(out);)
            }
            Carries::Items { to, spans } => {
                let to = &self.flow.nodes[*to];
                let spanned = self.flow.spanned(&to.shown_as, *spans);
                let (to, about) = (&to.ty, about(from));
                quote_mixed! {
                    #about
                    let out = <#spanned as __p::TakesItems<
                        #shown_as,
                        __p::Out<#ty>,
                        __p::In<#to>,
                    >>::items(out);
                }
            }
            Carries::Input => {
                let to = self.flow.to(edge);
                let spanned = self.flow.spanned(&to.shown_as, edge.spans);
                let to = &to.ty;
                quote_mixed! {
                    let out = <#spanned as __p::Follows<
                        #shown_as,
                        __p::Out<#ty>,
                        __p::In<#to>,
                    >>::carry(out);
                }
            }
        }
    }

    /// Carries the flow's input to an entry.
    pub(super) fn enter(&self, node: &Node, moving: CursorMove) -> TokenStream {
        let (ty, step) = (&node.ty, step_to(moving));
        let spanned = self.flow.spanned(&node.shown_as, node.spans);
        quote_mixed! {
            let out = <#spanned as __p::Enters<__In, __p::In<#ty>>>::carry(out);
            #step
        }
    }

    /// One more round. If there is none left, the fallback of the loop's head takes over at the
    /// head.
    pub(super) fn again(
        &self,
        edge: &Edge,
        moving: CursorMove,
        carried: &TokenStream,
    ) -> TokenStream {
        let to = self.flow.to(edge);
        let (from, moved) = (literal(edge.from), step_to(moving));
        let counted = self.counted(edge);
        let (next, exhausted) = (to.next_ident(), to.exhausted_ident());
        let label = to.loop_label();
        quote_mixed! {
            #carried
            #exhausted = cursor.go_round_or_fall_back(#from)?.err();
            #counted
            #moved
            #next = out;
            continue #label;
        }
    }

    /// One more round, or the fallback's code if there is none left.
    pub(super) fn round_with(
        &self,
        edge: &Edge,
        moving: CursorMove,
        carried: &TokenStream,
        (on, exhausted): (&Body<'w>, &Body<'w>),
    ) -> TokenStream {
        let (from, moved) = (literal(edge.from), step_to(moving));
        let counted = self.counted(edge);
        // Without its steps: `#carried` is the edge.
        let (on, taken) = (self.end(&on.end), self.taken_over(self.flow.to(edge)));
        let exhausted = self.body(exhausted);
        quote_mixed! {
            #carried
            let round = cursor.go_round_or_fall_back(#from)?;
            #counted
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

    /// Makes the fallback's input of the failed node's `input` and `error`.
    pub(super) fn taken_over(&self, node: &Node) -> TokenStream {
        let Some(edge) = self.flow.fallback(node) else {
            return TokenStream::new();
        };
        let first = self.flow.nodes[node.first_of_fallbacks].input_type();
        let (failed, to) = (node.input_type(), &self.flow.to(edge).ty);
        let failing = self.flow.spanned(&node.shown_as, edge.spans);
        let taking = self.flow.spanned(&self.flow.to(edge).shown_as, edge.spans);
        quote_mixed! {
            let input = <#failing as __p::TakesOver<#first, #failed>>::give_back(input);
            let out = <#taking as __p::TakesOver<#first, __p::In<#to>>>::carry(input, error);
        }
    }
}

fn step_to(moving: CursorMove) -> TokenStream {
    match moving {
        CursorMove::Stay => TokenStream::new(),
        CursorMove::To(0) => quote_mixed!(cursor.follow();),
        CursorMove::To(place) => {
            let place = literal(place as usize);
            quote_mixed!(cursor.step_to(#place);)
        }
        CursorMove::Counted(place) => {
            let place = counted(place, 1);
            quote_mixed!(cursor.step_to(#place);)
        }
    }
}
