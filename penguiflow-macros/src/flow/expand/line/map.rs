//! Writes maps: a chain that runs on each item of a list.

use proc_macro2::TokenStream;

use super::body::{Writer, ok_some, return_none};
use super::captures::detaches;
use super::fork::boxed_if_deep;
use crate::flow::expand::literal::literal;
use crate::flow::join_kind::JoinKind;
use crate::flow::lower::{Join, MapItems};

impl<'w> Writer<'w> {
    pub(super) fn map(&self, map: &MapItems<'w>) -> TokenStream {
        let join = map.join;
        let run = match map.is_scoped {
            true if join.kind == JoinKind::Each => self.items_that_go_on(map),
            true => self.items_in_scopes(map),
            false => self.items(map),
        };
        let visits = self.visits(&map.repeats);
        let (gather, made) = match join.kind {
            JoinKind::Each => {
                let info = self.info(join);
                return quote_mixed!(__p::each_item(cursor, (#info, #visits), out, #run).await?;);
            }
            JoinKind::Join => (quote_mixed!(join_items), None),
            JoinKind::Settle => (quote_mixed!(settle_items), None),
            JoinKind::Quorum(_) => (quote_mixed!(first_items), None),
            JoinKind::Race => (
                quote_mixed!(first_items),
                Some(quote_mixed!(let out = __p::only(out);)),
            ),
        };
        let (number, info, may_fail) = (literal(join.number), self.info(join), map.may_fail);
        let (join, return_none) = (
            quote_mixed!((#number, #info, #may_fail, #visits)),
            return_none(),
        );
        quote_mixed! {
            let ::core::option::Option::Some(out) =
                __p::#gather(&mut *cursor, #join, out, #run).await?
            else {
                #return_none
            };
            #made
        }
    }

    /// The table entry of a join.
    pub(super) fn info(&self, join: &Join) -> TokenStream {
        let (flow, number) = (&self.flow.declaration.name, literal(join.number));
        quote_mixed!(&<#flow as __p::Topology>::JOINS[#number])
    }

    /// The closure that runs one item.
    fn items(&self, map: &MapItems<'w>) -> TokenStream {
        let (ty, kind) = (&map.map.ty, map.join.kind);
        let value = || self.value(map.join, &map.items);
        let detached = detaches(&map.items)
            .then(|| quote_mixed!(let detached = ::core::clone::Clone::clone(&detached);));
        let run = match kind {
            JoinKind::Each => {
                let body = self.branch().body(&map.items);
                quote_mixed! {
                    let cursor = &mut own;
                    #body
                }
            }
            JoinKind::Settle => {
                let part = self.part(map.join, 0);
                let ok_some = ok_some(&value());
                quote_mixed! {
                    let ended: __p::BranchResult<#part> = __p::tolerated(own.copy(), async {
                        let cursor = &mut own;
                        #ok_some
                    })
                    .await;
                    let settled = __p::settle_branch(ended, &mut own)?;
                    ::core::result::Result::Ok(settled.map(|out| (out, own.arrive())))
                }
            }
            _ => {
                let (value, ok_some) = (value(), ok_some(&quote_mixed!((out, own.arrive()))));
                quote_mixed! {
                    let cursor = &mut own;
                    let out = #value;
                    #ok_some
                }
            }
        };
        let run = match kind {
            JoinKind::Race | JoinKind::Quorum(_) => {
                quote_mixed!(__p::tolerated(own.copy(), async move { #run }))
            }
            JoinKind::Join | JoinKind::Settle | JoinKind::Each => quote_mixed!(async move { #run }),
        };
        let run = boxed_if_deep(map.join, run);
        quote_mixed! {
            |mut own: __p::Cursor<'__t>, out: __p::In<#ty>| {
                #detached
                #run
            }
        }
    }

    /// The closure that runs one item, which comes to the map's end in a branch that it detaches.
    fn items_in_scopes(&self, map: &MapItems<'w>) -> TokenStream {
        let (ty, kind) = (&map.map.ty, map.join.kind);
        let may_fail = map.may_fail || kind.tolerates_failures();
        let run = self.in_scope((map.join, 0), &map.items, may_fail);
        let run = match kind.tolerates_failures() {
            true => quote_mixed!(__p::tolerated(cursor.copy(), async { #run }).await),
            false => run,
        };
        let settle = (kind == JoinKind::Settle)
            .then(|| quote_mixed!(let ended = __p::settle_branch(ended, cursor);));
        let part = self.part(map.join, 0);
        let inputs = self.captures.inputs_but(&map.items, map.join);
        let captured = Self::captured(&inputs, false);
        quote_mixed! {
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

    /// The closure that runs one item, which goes on by itself once all branches that it detached
    /// in the map have ended.
    fn items_that_go_on(&self, map: &MapItems<'w>) -> TokenStream {
        let (ty, part) = (&map.map.ty, self.part(map.join, 0));
        let run = self.in_scope((map.join, 0), &map.items, map.may_fail);
        let inputs = self.captures.of_items(map);
        let (captured, goes_on) = (Self::captured(&inputs, true), self.detach(map.end));
        let return_none = return_none();
        quote_mixed! {
            |mut own: __p::Cursor<'__t>, out: __p::In<#ty>| {
                #captured
                async move {
                    let cursor = &mut own;
                    let ended: __p::BranchResult<#part> = #run;
                    let ::core::option::Option::Some(out) = ended? else {
                        #return_none
                    };
                    #goes_on
                }
            }
        }
    }
}
