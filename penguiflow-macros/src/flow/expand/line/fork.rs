//! Writes forks whose branches meet. The branches are polled in place.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

use super::body::{Writer, about, ok_some, return_none};
use super::captures::{Inputs, detaches, yields_inside};
use super::idents::numbered;
use crate::flow::expand::copies::copy_for_a_way;
use crate::flow::expand::literal::literal;
use crate::flow::join_kind::JoinKind;
use crate::flow::lower::{Body, Branch, ClosedFork, CountedPlace, FirstPlace, Join, Node};

/// Of this many branches that are nested, one is in a box.
const BOXED_EACH: usize = 6;
const BOXED_LAST: usize = BOXED_EACH - 1;

impl<'w> Writer<'w> {
    /// Branches up to their join.
    pub(super) fn closed_fork(&self, fork: &ClosedFork<'w>) -> TokenStream {
        let cursors = numbered("cursor", fork.branches.len());
        let names = numbered("branch", fork.branches.len());
        let begun = fork.branches.iter().zip(&cursors);
        let begun = begun.map(|(branch, cursor)| {
            let begins_at = branch_cursor(branch);
            quote_mixed!(let mut #cursor = #begins_at;)
        });
        let begun: Vec<_> = begun.collect();
        let last = fork.branches.len() - 1;
        let branches = fork.branches.iter().enumerate().map(|(index, branch)| {
            let given = self.branch_input(fork.from, index == last);
            let run = self.closed_branch(fork.join, branch);
            let inputs = self.captures.branch_inputs(branch, Some(fork.join));
            let captured = Self::captured(&inputs, !branch.is_scoped && detaches(&branch.body));
            let (name, cursor) = (&names[index], &cursors[index]);
            quote_mixed! {
                let mut #name = {
                    let (cursor, out) = (&mut #cursor, #given);
                    #captured
                    ::core::pin::pin!(__p::Branch::of(#run))
                };
            }
        });
        let branches: Vec<_> = branches.collect();
        let (about, places) = (self.about_fork(fork.from), places(fork.first_place));
        let branching = Branching {
            fork,
            names: &names,
            cursors: &cursors,
        };
        let (wait, join) = match fork.join.kind {
            JoinKind::Race | JoinKind::Quorum(_) | JoinKind::Each => self.first(&branching),
            JoinKind::Join | JoinKind::Settle => self.all(&branching),
        };
        quote_mixed! {
            #about
            #places
            #(#begun)*
            let joined = {
                #(#branches)*
                #wait
            };
            #join
        }
    }

    /// The input of a branch: a copy, for the last branch the value itself.
    pub(super) fn branch_input(&self, from: Option<&Node>, is_last: bool) -> TokenStream {
        if is_last {
            return quote_mixed!(out);
        }
        let Some(node) = from else {
            let node = self.flow.entry();
            let spanned = self.flow.spanned(&node.shown_as, node.spans);
            return quote_mixed!(<#spanned as __p::EntersAmong<__In>>::copy(&out));
        };
        copy_for_a_way(self.flow, node)
    }

    pub(super) fn about_fork(&self, from: Option<&Node>) -> TokenStream {
        about(from.unwrap_or(self.flow.entry()))
    }

    fn closed_branch(&self, join: &'w Join, branch: &Branch<'w>) -> TokenStream {
        let run = match branch.is_scoped {
            true => self.in_scope((join, branch.slot), &branch.body, branch.may_fail),
            false => {
                let (value, ok_some) =
                    (self.value(join, &branch.body), ok_some(&quote_mixed!(out)));
                quote_mixed! {
                    let out = #value;
                    #ok_some
                }
            }
        };
        let run = match join.kind {
            JoinKind::Settle => {
                let part = self.part(join, branch.slot);
                quote_mixed!(async move {
                    let ended: __p::BranchResult<#part> =
                        __p::tolerated(cursor.copy(), async { #run }).await;
                    __p::settle_branch(ended, cursor)
                })
            }
            JoinKind::Race | JoinKind::Quorum(_) => {
                quote_mixed!(__p::tolerated(cursor.copy(), async move { #run }))
            }
            JoinKind::Join | JoinKind::Each => quote_mixed!(async move { #run }),
        };
        boxed_if_deep(join, run)
    }

    /// The value that a branch yields to an input of a join.
    pub(super) fn value(&self, join: &'w Join, body: &Body<'w>) -> TokenStream {
        let writer = Self {
            brings_to: Some(join),
            ..self.branch()
        };
        let (label, written) = (join.branch_label(), writer.body(body));
        match yields_inside(body) {
            true => quote_mixed!(#label: { #written }),
            false => quote_mixed!({ #written }),
        }
    }

    /// Code that runs until an input of a join is filled. If the join goes on without it, it also
    /// ends when a part of it ends with nothing.
    pub(super) fn in_scope(
        &self,
        (join, slot): (&Join, usize),
        body: &Body<'w>,
        may_fail: bool,
    ) -> TokenStream {
        let run_all = match may_fail {
            true => quote_mixed!(run_all_or_none),
            false => quote_mixed!(run),
        };
        let (input, part) = (join.input_ident(slot), self.part(join, slot));
        let body = self.branch().body(body);
        quote_mixed! {{
            let cell = __p::JoinCell::new(1);
            let #input = cell.input::<#part>(0);
            let value = #input.to_take();
            let detached = __p::DetachedBranches::new();
            let all = ::core::clone::Clone::clone(&detached);
            let mut own = cursor.copy();
            // A box: code with open forks is large.
            let run = ::std::boxed::Box::pin(async move {
                let cursor = &mut own;
                let ended: __p::BranchResult<()> = { #body };
                ended
            });
            let run = all.#run_all(run);
            __p::run_to_input(value, cell, cursor, run).await
        }}
    }

    /// The type that a branch yields to an input of a join; a `settle` makes a result of it.
    pub(super) fn part(&self, join: &Join, slot: usize) -> TokenStream {
        let input = &join.inputs[slot];
        match input.from.first().filter(|_| join.kind == JoinKind::Settle) {
            Some(from) => {
                let from = &self.flow.nodes[*from].ty;
                quote_mixed!(__p::Out<#from>)
            }
            None => input.ty.to_token_stream(),
        }
    }

    /// Waits for all branches.
    fn all(&self, branching: &Branching<'_, '_>) -> (TokenStream, TokenStream) {
        let (names, fork) = (branching.names, branching.fork);
        let (join, info) = (literal(fork.join.number), self.info(fork.join));
        let (return_none, ordered) = (return_none(), branching.in_order());
        let cursors = ordered.iter().map(|index| &branching.cursors[*index]);
        let ordered_names: Vec<_> = ordered.iter().map(|index| &names[*index]).collect();
        let values = numbered("value", ordered.len());
        let is_all_or_none = fork.may_fail && fork.join.kind == JoinKind::Join;
        let wait = match is_all_or_none {
            true => quote_mixed! {
                if !__p::join_all_or_none(&mut [#(#names.as_mut()),*]).await? {
                    #return_none
                }
            },
            false => quote_mixed!(__p::join_branches(&mut [#(#names.as_mut()),*]).await?;),
        };
        let wait = quote_mixed! {
            #wait
            (#(__p::BranchTo::take(#ordered_names.as_mut()),)*)
        };
        let none = (fork.join.kind == JoinKind::Join).then(|| {
            let nones = values
                .iter()
                .map(|_| quote_mixed!(::core::option::Option::None));
            quote_mixed!((#(#nones,)*) => { #return_none })
        });
        let join = quote_mixed! {
            let out = match joined {
                (#(::core::option::Option::Some(#values),)*) => (#(#values,)*),
                #none
                (#(#values,)*) => {
                    return ::core::result::Result::Err(
                        cursor.unjoined(#info, &[#(#values.is_some()),*]),
                    );
                }
            };
            cursor.merge(#join, &mut [#(&mut #cursors),*]);
        };
        (wait, join)
    }

    /// Waits for the first branches.
    fn first(&self, branching: &Branching<'_, '_>) -> (TokenStream, TokenStream) {
        let (names, fork) = (branching.names, branching.fork);
        let (join, info) = (literal(fork.join.number), self.info(fork.join));
        let wanted = match fork.join.kind {
            JoinKind::Quorum(wanted) => literal(wanted),
            _ => literal(1),
        };
        let slots = fork.branches.iter().map(|branch| literal(branch.slot));
        let (cursors, inputs) = (branching.cursors, literal(fork.join.inputs.len()));
        let made = match fork.join.kind {
            JoinKind::Quorum(_) => None,
            _ => Some(quote_mixed!(let out = __p::only(out);)),
        };
        let wait = quote_mixed! {
            __p::first_branches(#wanted, &mut [#(#names.as_mut()),*])
                .await
                .map_err(|error| cursor.fails(error))?
        };
        let join = quote_mixed! {
            let slots = [#(#slots),*];
            let first = match joined {
                ::core::result::Result::Ok(first) => first,
                ::core::result::Result::Err(arrived) => {
                    return ::core::result::Result::Err(
                        cursor.unjoined(#info, &__p::by_slot::<#inputs>(&slots, &arrived)),
                    );
                }
            };
            let out = cursor.merge_first(#join, first, &slots, &mut [#(&mut #cursors),*]);
            #made
        };
        (wait, join)
    }

    /// Clones what a branch captures.
    pub(super) fn captured(inputs: &Inputs<'_>, detaches: bool) -> TokenStream {
        let inputs = inputs.iter().map(|((_, slot), join)| {
            let input = join.input_ident(*slot);
            quote_mixed!(let #input = ::core::clone::Clone::clone(&#input);)
        });
        let detached =
            detaches.then(|| quote_mixed!(let detached = ::core::clone::Clone::clone(&detached);));
        quote_mixed!(#(#inputs)* #detached)
    }

    /// Goes on in a branch of its own.
    pub(super) fn detach(&self, node: &Node) -> TokenStream {
        let (call, ok_some) = (self.call(node), ok_some(&quote_mixed!(())));
        quote_mixed! {
            detached.push(#call);
            return #ok_some;
        }
    }
}

/// A nested future is a nested type, and the compiler follows types only to a limit: every sixth
/// level is in a box.
pub(super) fn boxed_if_deep(join: &Join, run: TokenStream) -> TokenStream {
    match join.depth % BOXED_EACH {
        BOXED_LAST => quote_mixed!(__p::boxed(#run)),
        _ => run,
    }
}

/// A fork whose branches meet, with the variables of its branches.
struct Branching<'b, 'f> {
    fork: &'b ClosedFork<'f>,
    names: &'b [Ident],
    cursors: &'b [Ident],
}

impl Branching<'_, '_> {
    /// The branches in the order of the join's inputs.
    fn in_order(&self) -> Vec<usize> {
        let mut indices: Vec<_> = (0..self.fork.branches.len()).collect();
        indices.sort_by_key(|index| self.fork.branches[*index].slot);
        indices
    }
}

pub(super) fn branch_cursor(branch: &Branch<'_>) -> TokenStream {
    match branch.place {
        Some(place) => {
            let place = literal(place as usize);
            quote_mixed!(cursor.branch(#place))
        }
        None => quote_mixed!(cursor.copy()),
    }
}

pub(super) fn places(first_place: Option<FirstPlace>) -> Option<TokenStream> {
    first_place.map(|first_place| {
        let from = match first_place {
            FirstPlace::At(place) => {
                let place = literal(place as usize);
                quote_mixed!(#place)
            }
            FirstPlace::Within(place, width) if place.is_on_arm => {
                let (offset, width) = (literal(place.offset as usize), literal(width as usize));
                return quote_mixed! {
                    let places = __p::Places::within(places, #offset, #width);
                    let places = &places;
                };
            }
            FirstPlace::Within(place, _) => counted(place, 0),
        };
        quote_mixed! {
            let places = __p::Places::from(#from);
            let places = &places;
        }
    })
}

/// A place that is counted at run time, as the first of this many.
pub(super) fn counted(place: CountedPlace, width: u32) -> TokenStream {
    let (offset, width) = (literal(place.offset as usize), literal(width as usize));
    match place.is_on_arm {
        true => quote_mixed!(places.take(#offset, #width)),
        false => quote_mixed!(places.at(#offset)),
    }
}
