//! Forks whose branches each go their own way, and the cells of the joins in which some meet.

use proc_macro2::{Ident, TokenStream};

use super::body::{Writer, came, number, over};
use super::called::numbered;
use super::fork::{places, set_out_by};
use super::needs::detaches;
use crate::flow::lower::code::{Body, Branch, OpenFork};

impl Writer<'_> {
    /// Branches of which each goes its own way. What follows the joins in which some meet stands
    /// last: whoever polls it has polled those before it.
    pub(super) fn open_fork(&self, fork: &OpenFork<'_>) -> TokenStream {
        let cells = fork.joins.iter().map(|(join, _)| self.cell(*join));
        let cells: Vec<_> = cells.collect();
        let names = numbered("branch", fork.branches.len());
        let last = fork.branches.len() - 1;
        let branches = fork.branches.iter().enumerate().map(|(place, branch)| {
            let given = self.given_out(fork.from, place == last);
            self.open_branch(branch, &names[place], &given)
        });
        let branches: Vec<_> = branches.collect();
        let inputs = fork
            .joins
            .iter()
            .flat_map(|(join, _)| self.all_inputs(*join));
        let inputs: Vec<_> = inputs.collect();
        let joins = fork
            .joins
            .iter()
            .map(|(join, body)| self.behind(*join, body));
        let joins: Vec<_> = joins.collect();
        let behind = fork.joins.iter().map(|(join, _)| self.names.behind(*join));
        let behind: Vec<_> = behind.collect();
        let (about, places, over) = (self.about_fork(fork.from), places(fork.counts), over());
        let all = ours!(&mut [#(#names.as_mut(),)* #(#behind.as_mut(),)*]);
        let came = came(&ours!(()));
        let ended = match fork.is_borne {
            true => ours! {
                if !__p::join_all_or_none(#all).await? {
                    #over
                }
                return #came;
            },
            false => ours! {
                __p::join_branches(#all).await?;
                #over
            },
        };
        ours! {
            #about
            #places
            #(#cells)*
            #(#branches)*
            #(#joins)*
            #(::core::mem::drop(#inputs);)*
            #ended
        }
    }

    fn open_branch(&self, branch: &Branch<'_>, name: &Ident, given: &TokenStream) -> TokenStream {
        let (body, sets_out) = (self.branch().body(&branch.body), set_out_by(branch));
        let inputs = self.needs.branch_inputs(branch, None);
        let captured = self.captured(&inputs, detaches(&branch.body));
        ours! {
            let mut #name = {
                let (mut own, out) = (#sets_out, #given);
                #captured
                ::core::pin::pin!(__p::Branch::of(async move {
                    let cursor = &mut own;
                    let ended: __p::BranchResult<()> = { #body };
                    ended
                }))
            };
        }
    }

    /// The cell of a join, and its inputs.
    fn cell(&self, join: usize) -> TokenStream {
        let cell = self.names.cell(join);
        let slots = self.names.parts[join].len();
        let inputs = (0..slots).map(|slot| {
            let (input, value) = (self.names.input(join, slot), self.names.value(join, slot));
            let (part, slot) = (&self.names.parts[join][slot].ty, number(slot));
            ours! {
                let #input = #cell.input::<#part>(#slot);
                let #value = #input.to_take();
            }
        });
        let slots = number(slots);
        ours! {
            let #cell = __p::JoinCell::new(#slots);
            #(#inputs)*
        }
    }

    fn all_inputs(&self, join: usize) -> impl Iterator<Item = Ident> + '_ {
        (0..self.names.parts[join].len()).map(move |slot| self.names.input(join, slot))
    }

    /// What follows a join whose inputs wait in a cell.
    fn behind(&self, join: usize, body: &Body<'_>) -> TokenStream {
        let (name, cell) = (self.names.behind(join), self.names.cell(join));
        let (number, list) = (number(self.join_number(join)), self.list_of(join));
        let values = (0..self.names.parts[join].len()).map(|slot| self.names.value(join, slot));
        let values: Vec<_> = values.collect();
        let (over, code) = (over(), self.branch().body(body));
        let captured = self.captured(&self.needs.inputs(body), detaches(body));
        ours! {
            let mut #name = {
                let mut own = cursor.copy();
                #captured
                ::core::pin::pin!(__p::Branch::of(async move {
                    let cursor = &mut own;
                    if !#cell.meet(cursor, #number, #list).await? {
                        #over
                    }
                    let (#(::core::option::Option::Some(#values),)*) = (#(#values.take(),)*) else {
                        #over
                    };
                    let out = (#(#values,)*);
                    let ended: __p::BranchResult<()> = { #code };
                    ended
                }))
            };
        }
    }

    /// Comes to an input of a join whose inputs wait in a cell.
    pub(super) fn feed(&self, join: usize, slot: usize) -> TokenStream {
        let (input, came) = (self.names.input(join, slot), came(&ours!(())));
        ours! {
            #input.put(out, cursor);
            return #came;
        }
    }
}
