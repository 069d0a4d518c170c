//! Writes forks whose branches each go their own way, and the cells of the joins in which some of
//! them meet.

use proc_macro2::{Ident, TokenStream};

use super::body::{Writer, ok_some, return_none};
use super::captures::detaches;
use super::fork::{branch_cursor, places};
use super::idents::numbered;
use crate::flow::expand::literal::literal;
use crate::flow::lower::{Body, Branch, Join, OpenFork};

impl<'w> Writer<'w> {
    /// Branches of which each goes its own way. The code after joins comes last, so that the
    /// branches are polled before it.
    pub(super) fn open_fork(&self, fork: &OpenFork<'w>) -> TokenStream {
        let cells = fork.joins.iter().map(|(join, _)| cell(join));
        let cells: Vec<_> = cells.collect();
        let names = numbered("branch", fork.branches.len());
        let last = fork.branches.len() - 1;
        let branches = fork.branches.iter().enumerate().map(|(index, branch)| {
            let given = self.branch_input(fork.from, index == last);
            self.open_branch(branch, &names[index], &given)
        });
        let branches: Vec<_> = branches.collect();
        let joins = || fork.joins.iter();
        let inputs = joins().flat_map(|(join, _)| {
            let slots = 0..join.inputs.len();
            slots.map(|slot| join.input_ident(slot))
        });
        let inputs: Vec<_> = inputs.collect();
        let after: Vec<_> = joins().map(|(join, _)| join.after_ident()).collect();
        let joins = joins().map(|(join, body)| self.after_cell(join, body));
        let joins: Vec<_> = joins.collect();
        let (about, places, return_none) = (
            self.about_fork(fork.from),
            places(fork.first_place),
            return_none(),
        );
        let all = quote_mixed!(&mut [#(#names.as_mut(),)* #(#after.as_mut(),)*]);
        let ok_some = ok_some(&quote_mixed!(()));
        let ended = match fork.may_fail {
            true => quote_mixed! {
                if !__p::join_all_or_none(#all).await? {
                    #return_none
                }
                return #ok_some;
            },
            false => quote_mixed! {
                __p::join_branches(#all).await?;
                #return_none
            },
        };
        quote_mixed! {
            #about
            #places
            #(#cells)*
            #(#branches)*
            #(#joins)*
            #(::core::mem::drop(#inputs);)*
            #ended
        }
    }

    fn open_branch(&self, branch: &Branch<'w>, name: &Ident, given: &TokenStream) -> TokenStream {
        let (body, begins_at) = (self.branch().body(&branch.body), branch_cursor(branch));
        let inputs = self.captures.branch_inputs(branch, None);
        let captured = Self::captured(&inputs, detaches(&branch.body));
        quote_mixed! {
            let mut #name = {
                let (mut own, out) = (#begins_at, #given);
                #captured
                ::core::pin::pin!(__p::Branch::of(async move {
                    let cursor = &mut own;
                    let ended: __p::BranchResult<()> = { #body };
                    ended
                }))
            };
        }
    }

    /// The branch after a join whose inputs wait in a cell.
    fn after_cell(&self, join: &Join, body: &Body<'w>) -> TokenStream {
        let (name, cell) = (join.after_ident(), join.cell_ident());
        let (number, info) = (literal(join.number), self.info(join));
        let values = (0..join.inputs.len()).map(|slot| join.value_ident(slot));
        let values: Vec<_> = values.collect();
        let (return_none, code) = (return_none(), self.branch().body(body));
        let captured = Self::captured(&self.captures.inputs(body), detaches(body));
        quote_mixed! {
            let mut #name = {
                let mut own = cursor.copy();
                #captured
                ::core::pin::pin!(__p::Branch::of(async move {
                    let cursor = &mut own;
                    if !#cell.complete(cursor, #number, #info).await? {
                        #return_none
                    }
                    let (#(::core::option::Option::Some(#values),)*) = (#(#values.take(),)*) else {
                        #return_none
                    };
                    let out = (#(#values,)*);
                    let ended: __p::BranchResult<()> = { #code };
                    ended
                }))
            };
        }
    }
}

/// The cell of a join, and its inputs.
fn cell(join: &Join) -> TokenStream {
    let cell = join.cell_ident();
    let inputs = join.inputs.iter().enumerate().map(|(slot, input)| {
        let (ident, value) = (join.input_ident(slot), join.value_ident(slot));
        let (part, slot) = (&input.ty, literal(slot));
        quote_mixed! {
            let #ident = #cell.input::<#part>(#slot);
            let #value = #ident.to_take();
        }
    });
    let slots = literal(join.inputs.len());
    quote_mixed! {
        let #cell = __p::JoinCell::new(#slots);
        #(#inputs)*
    }
}
