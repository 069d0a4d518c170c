//! Forks whose branches meet: they are polled where they are.

use proc_macro2::{Ident, TokenStream};

use super::body::{Writer, came, number, over};
use super::called::numbered;
use super::needs::{Inputs, detaches, yields_inside};
use crate::flow::ast::Kind;
use crate::flow::expand::place::mentioned;
use crate::flow::lower::code::{Body, Branch, ClosedFork, Counted, Counts};

impl Writer<'_> {
    /// Branches up to where they meet.
    pub(super) fn closed_fork(&self, fork: &ClosedFork<'_>) -> TokenStream {
        let Some(joining) = self.graph.nodes[fork.join].join() else {
            return TokenStream::new();
        };
        let cursors = numbered("cursor", fork.branches.len());
        let names = numbered("branch", fork.branches.len());
        let set_out = fork.branches.iter().zip(&cursors);
        let set_out = set_out.map(|(branch, cursor)| {
            let sets_out = set_out_by(branch);
            ours!(let mut #cursor = #sets_out;)
        });
        let set_out: Vec<_> = set_out.collect();
        let last = fork.branches.len() - 1;
        let branches = fork.branches.iter().enumerate().map(|(place, branch)| {
            let given = self.given_out(fork.from, place == last);
            let run = self.closed_branch(fork.join, joining.kind, branch);
            let inputs = self.needs.branch_inputs(branch, Some(fork.join));
            let captured = self.captured(&inputs, !branch.is_space && detaches(&branch.body));
            let (name, cursor) = (&names[place], &cursors[place]);
            ours! {
                let mut #name = {
                    let (cursor, out) = (&mut #cursor, #given);
                    #captured
                    ::core::pin::pin!(__p::Branch::of(#run))
                };
            }
        });
        let branches: Vec<_> = branches.collect();
        let (about, places) = (self.about_fork(fork.from), places(fork.counts));
        let meeting = Meeting {
            fork,
            kind: joining.kind,
            inputs: joining.slots.len(),
            names: &names,
            cursors: &cursors,
        };
        let (wait, met) = match joining.kind {
            Kind::Race | Kind::Quorum(_) | Kind::Each => self.first(&meeting),
            Kind::Join | Kind::Settle => self.all(&meeting),
        };
        ours! {
            #about
            #places
            #(#set_out)*
            let met = {
                #(#branches)*
                #wait
            };
            #met
        }
    }

    /// What a branch is given: a copy, and the last one the value itself.
    pub(super) fn given_out(&self, from: Option<usize>, is_last: bool) -> TokenStream {
        if is_last {
            return ours!(out);
        }
        let Some(node) = from else {
            let node = self.graph.entries[0].node;
            let ty = &self.names.types[node];
            let place = self.names.place(ty, mentioned(self.graph, node));
            return ours!(<#place as __p::EntersAmong<__In>>::copy(&out));
        };
        let (ty, word) = (&self.names.types[node], &self.names.words[node]);
        let place = self.names.place(word, mentioned(self.graph, node));
        ours!(<#place as __p::Broadcasts<__p::Out<#ty>>>::copy(&out))
    }

    pub(super) fn about_fork(&self, from: Option<usize>) -> TokenStream {
        self.about(from.unwrap_or(self.graph.entries[0].node))
    }

    fn closed_branch(&self, join: usize, kind: Kind, branch: &Branch<'_>) -> TokenStream {
        let run = match branch.is_space {
            true => self.space(join, branch),
            false => {
                let (value, came) = (self.value(join, &branch.body), came(&ours!(out)));
                ours! {
                    let out = #value;
                    #came
                }
            }
        };
        match kind {
            Kind::Settle => {
                let part = self.part(join, branch.slot);
                ours!(async move {
                    let ended: __p::BranchResult<#part> =
                        __p::tolerated(cursor.copy(), async { #run }).await;
                    __p::settle_branch(ended, cursor)
                })
            }
            Kind::Race | Kind::Quorum(_) => {
                ours!(__p::tolerated(cursor.copy(), async move { #run }))
            }
            Kind::Join | Kind::Each => ours!(async move { #run }),
        }
    }

    /// What a branch brings to an input of a join.
    pub(super) fn value(&self, join: usize, body: &Body<'_>) -> TokenStream {
        let writer = Self {
            brings_to: Some(join),
            ..self.branch()
        };
        let (label, written) = (self.names.branch(join), writer.body(body));
        match yields_inside(body) {
            true => ours!(#label: { #written }),
            false => ours!({ #written }),
        }
    }

    /// A branch that may be dropped, with all that it detaches.
    fn space(&self, join: usize, branch: &Branch<'_>) -> TokenStream {
        self.in_space((join, branch.slot), &branch.body, branch.is_borne)
    }

    /// Code that runs until something has come to an input of a join, or, if that goes on without
    /// it, until some part of it is over with nothing.
    pub(super) fn in_space(
        &self,
        (join, slot): (usize, usize),
        body: &Body<'_>,
        is_borne: bool,
    ) -> TokenStream {
        let run_all = match is_borne {
            true => ours!(run_all_or_none),
            false => ours!(run),
        };
        let (input, part) = (self.names.input(join, slot), self.part(join, slot));
        let body = self.branch().body(body);
        ours! {{
            let cell = __p::JoinCell::new(1);
            let #input = cell.input::<#part>(0);
            let value = #input.to_take();
            let detached = __p::DetachedBranches::new();
            let all = ::core::clone::Clone::clone(&detached);
            let mut own = cursor.copy();
            // A box: what parts irregularly is large.
            let run = ::std::boxed::Box::pin(async move {
                let cursor = &mut own;
                let ended: __p::BranchResult<()> = { #body };
                ended
            });
            let run = all.#run_all(run);
            __p::run_to_input(value, cell, cursor, run).await
        }}
    }

    /// What comes to an input of a join, before a `settle` makes a result of it.
    pub(super) fn part(&self, join: usize, slot: usize) -> TokenStream {
        let joining = self.graph.nodes[join].join();
        let settled = joining.filter(|joining| joining.kind == Kind::Settle);
        match settled.and_then(|joining| joining.slots[slot].first()) {
            Some(from) => {
                let from = &self.names.types[*from];
                ours!(__p::Out<#from>)
            }
            None => {
                let part = &self.names.parts[join][slot].ty;
                ours!(#part)
            }
        }
    }

    /// Waits for all branches.
    fn all(&self, meeting: &Meeting<'_, '_>) -> (TokenStream, TokenStream) {
        let (names, fork) = (meeting.names, meeting.fork);
        let (join, list) = (number(self.join_number(fork.join)), self.list_of(fork.join));
        let (over, ordered) = (over(), meeting.in_order());
        let cursors = ordered.iter().map(|place| &meeting.cursors[*place]);
        let came: Vec<_> = ordered.iter().map(|place| &names[*place]).collect();
        let values = numbered("value", ordered.len());
        let is_all_or_none = fork.is_borne && meeting.kind == Kind::Join;
        let wait = match is_all_or_none {
            true => ours! {
                if !__p::join_all_or_none(&mut [#(#names.as_mut()),*]).await? {
                    #over
                }
            },
            false => ours!(__p::join_branches(&mut [#(#names.as_mut()),*]).await?;),
        };
        let wait = ours! {
            #wait
            (#(__p::BranchTo::take(#came.as_mut()),)*)
        };
        let none = (meeting.kind == Kind::Join).then(|| {
            let nones = values.iter().map(|_| ours!(::core::option::Option::None));
            ours!((#(#nones,)*) => { #over })
        });
        let met = ours! {
            let out = match met {
                (#(::core::option::Option::Some(#values),)*) => (#(#values,)*),
                #none
                (#(#values,)*) => {
                    return ::core::result::Result::Err(
                        cursor.unjoined(#list, &[#(#values.is_some()),*]),
                    );
                }
            };
            cursor.meet(#join, &mut [#(&mut #cursors),*]);
        };
        (wait, met)
    }

    /// Waits for the first branches.
    fn first(&self, meeting: &Meeting<'_, '_>) -> (TokenStream, TokenStream) {
        let (names, fork) = (meeting.names, meeting.fork);
        let (join, list) = (number(self.join_number(fork.join)), self.list_of(fork.join));
        let wanted = match meeting.kind {
            Kind::Quorum(wanted) => number(wanted),
            _ => number(1),
        };
        let slots = fork.branches.iter().map(|branch| number(branch.slot));
        let (cursors, inputs) = (meeting.cursors, number(meeting.inputs));
        let made = match meeting.kind {
            Kind::Quorum(_) => None,
            _ => Some(ours!(let out = __p::only(out);)),
        };
        let wait = ours! {
            __p::first_branches(#wanted, &mut [#(#names.as_mut()),*])
                .await
                .map_err(|error| cursor.fails(error))?
        };
        let met = ours! {
            let slots = [#(#slots),*];
            let came = match met {
                ::core::result::Result::Ok(came) => came,
                ::core::result::Result::Err(have_come) => {
                    return ::core::result::Result::Err(
                        cursor.unjoined(#list, &__p::by_slot::<#inputs>(&slots, &have_come)),
                    );
                }
            };
            let out = cursor.meet_first(#join, came, &slots, &mut [#(&mut #cursors),*]);
            #made
        };
        (wait, met)
    }

    /// What a branch takes along.
    pub(super) fn captured(&self, inputs: &Inputs, detaches: bool) -> TokenStream {
        let inputs = inputs.iter().map(|(join, slot)| {
            let input = self.names.input(*join, *slot);
            ours!(let #input = ::core::clone::Clone::clone(&#input);)
        });
        let detached =
            detaches.then(|| ours!(let detached = ::core::clone::Clone::clone(&detached);));
        ours!(#(#inputs)* #detached)
    }

    /// Goes on in a branch of its own.
    pub(super) fn detach(&self, node: usize) -> TokenStream {
        let (call, came) = (self.call(node), came(&ours!(())));
        ours! {
            detached.push(#call);
            return #came;
        }
    }
}

/// What is known of a fork whose branches meet.
struct Meeting<'m, 'a> {
    fork: &'m ClosedFork<'a>,
    kind: Kind,
    /// How many inputs the join has.
    inputs: usize,
    names: &'m [Ident],
    cursors: &'m [Ident],
}

impl Meeting<'_, '_> {
    /// The branches in the order of the join's inputs.
    fn in_order(&self) -> Vec<usize> {
        let mut places: Vec<_> = (0..self.fork.branches.len()).collect();
        places.sort_by_key(|place| self.fork.branches[*place].slot);
        places
    }
}

pub(super) fn set_out_by(branch: &Branch<'_>) -> TokenStream {
    match branch.place {
        Some(place) => {
            let place = number(place as usize);
            ours!(cursor.branch(#place))
        }
        None => ours!(cursor.copy()),
    }
}

pub(super) fn places(counts: Option<Counts>) -> Option<TokenStream> {
    counts.map(|counts| {
        let from = match counts {
            Counts::From(place) => {
                let place = number(place as usize);
                ours!(#place)
            }
            Counts::Within(place, width) if place.widens => {
                let (offset, width) = (number(place.offset as usize), number(width as usize));
                return ours! {
                    let places = __p::Places::within(places, #offset, #width);
                    let places = &places;
                };
            }
            Counts::Within(place, _) => counted(place, 0),
        };
        ours! {
            let places = __p::Places::from(#from);
            let places = &places;
        }
    })
}

/// A place that is counted, of so many that are taken there.
pub(super) fn counted(place: Counted, width: u32) -> TokenStream {
    let (offset, width) = (number(place.offset as usize), number(width as usize));
    match place.widens {
        true => ours!(places.take(#offset, #width)),
        false => ours!(places.at(#offset)),
    }
}
