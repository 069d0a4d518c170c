//! Maps: a chain on each item of a list.

use proc_macro2::TokenStream;

use super::body::{Writer, came, number, over};
use super::needs::detaches;
use crate::flow::ast::Kind;
use crate::flow::graph::Role;
use crate::flow::lower::code::Body;

impl Writer<'_> {
    pub(super) fn map(
        &self,
        map: usize,
        items: &Body<'_>,
        is_space: bool,
        is_borne: bool,
    ) -> TokenStream {
        let Role::Map(mapping) = &self.graph.nodes[map].role else {
            return TokenStream::new();
        };
        let Some(joining) = self.graph.nodes[mapping.join].join() else {
            return TokenStream::new();
        };
        let join = self.join_of(mapping.join, is_borne);
        let run = match is_space {
            true if joining.kind == Kind::Each => {
                self.items_that_go_on((map, mapping.join), items, is_borne)
            }
            true => self.items_in_spaces((map, mapping.join), items, joining.kind, is_borne),
            false => self.items(map, mapping.join, items, joining.kind),
        };
        let over = over();
        let (gather, made) = match joining.kind {
            Kind::Each => {
                let list = self.list_of(mapping.join);
                return ours!(__p::each_item(cursor, #list, out, #run).await?;);
            }
            Kind::Join => (ours!(join_items), None),
            Kind::Settle => (ours!(settle_items), None),
            Kind::Quorum(_) => (ours!(first_items), None),
            Kind::Race => (ours!(first_items), Some(ours!(let out = __p::only(out);))),
        };
        ours! {
            let ::core::option::Option::Some(out) =
                __p::#gather(&mut *cursor, #join, out, #run).await?
            else {
                #over
            };
            #made
        }
    }

    /// What the runtime has to know of a join.
    fn join_of(&self, join: usize, is_borne: bool) -> TokenStream {
        let (number, list) = (number(self.join_number(join)), self.list_of(join));
        ours!((#number, #list, #is_borne))
    }

    pub(super) fn list_of(&self, join: usize) -> TokenStream {
        let (flow, number) = (&self.names.flow, number(self.join_number(join)));
        ours!(&<#flow as __p::Topology>::JOINS[#number])
    }

    pub(super) fn join_number(&self, join: usize) -> usize {
        let mut joins = self.graph.joins();
        joins
            .position(|(place, _)| place == join)
            .unwrap_or_default()
    }

    /// What runs one item.
    fn items(&self, map: usize, join: usize, items: &Body<'_>, kind: Kind) -> TokenStream {
        let (ty, value) = (&self.names.types[map], self.value(join, items));
        let detached =
            detaches(items).then(|| ours!(let detached = ::core::clone::Clone::clone(&detached);));
        let run = match kind {
            Kind::Each => {
                let body = self.branch().body(items);
                ours! {
                    let cursor = &mut own;
                    #body
                }
            }
            Kind::Settle => {
                let part = self.part(join, 0);
                let came = came(&value);
                ours! {
                    let ended: __p::BranchResult<#part> = __p::tolerated(own.copy(), async {
                        let cursor = &mut own;
                        #came
                    })
                    .await;
                    let settled = __p::settle_branch(ended, &mut own)?;
                    ::core::result::Result::Ok(settled.map(|out| (out, own.arrive())))
                }
            }
            _ => {
                let came = came(&ours!((out, own.arrive())));
                ours! {
                    let cursor = &mut own;
                    let out = #value;
                    #came
                }
            }
        };
        let run = match kind {
            Kind::Race | Kind::Quorum(_) => ours!(__p::tolerated(own.copy(), async move { #run })),
            Kind::Join | Kind::Settle | Kind::Each => ours!(async move { #run }),
        };
        ours! {
            |mut own: __p::Cursor<'__t>, out: __p::In<#ty>| {
                #detached
                #run
            }
        }
    }

    /// What runs one item, which comes to the map's end in a branch that it detaches.
    fn items_in_spaces(
        &self,
        (map, join): (usize, usize),
        items: &Body<'_>,
        kind: Kind,
        is_borne: bool,
    ) -> TokenStream {
        let ty = &self.names.types[map];
        let run = self.in_space((join, 0), items, is_borne || kind.bears());
        let run = match kind.bears() {
            true => ours!(__p::tolerated(cursor.copy(), async { #run }).await),
            false => run,
        };
        let settle =
            (kind == Kind::Settle).then(|| ours!(let ended = __p::settle_branch(ended, cursor);));
        let part = self.part(join, 0);
        let inputs = self.needs.inputs_but(items, join);
        let captured = self.captured(&inputs, false);
        ours! {
            |mut own: __p::Cursor<'__t>, out: __p::In<#ty>| {
                #captured
                async move {
                    let cursor = &mut own;
                    let ended: __p::BranchResult<#part> = #run;
                    #settle
                    ::core::result::Result::Ok(ended?.map(|out| (out, own.arrive())))
                }
            }
        }
    }

    /// What runs one item, which goes on by itself once all that it detached in the map is over.
    fn items_that_go_on(
        &self,
        (map, end): (usize, usize),
        items: &Body<'_>,
        is_borne: bool,
    ) -> TokenStream {
        let (ty, part) = (&self.names.types[map], self.part(end, 0));
        let run = self.in_space((end, 0), items, is_borne);
        let inputs = self.needs.of_items(items, end, true);
        let (captured, goes_on) = (self.captured(&inputs, true), self.detach(end));
        let over = over();
        ours! {
            |mut own: __p::Cursor<'__t>, out: __p::In<#ty>| {
                #captured
                async move {
                    let cursor = &mut own;
                    let ended: __p::BranchResult<#part> = #run;
                    let ::core::option::Option::Some(out) = ended? else {
                        #over
                    };
                    #goes_on
                }
            }
        }
    }

    /// Who writes the code of a branch, in which nothing but an input of its join is what it comes
    /// to.
    pub(super) fn branch(&self) -> Self {
        Self {
            is_main: false,
            brings_to: None,
            is_inside: false,
            ..*self
        }
    }
}
