//! Joins, maps and awaits, seen as nodes: they only pass on what they are given.

use std::marker::PhantomData;

use super::signature::FnSignature;
use super::{ByValue, Node, Plain};
use crate::graph::{NoPlaybooks, NodeInfo, Role};
use crate::policy::Policy;

/// Declares a node that only passes on what it is given.
macro_rules! passing {
    ($(#[$doc:meta])* $name:ident, $label:literal, $role:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<T>(PhantomData<fn() -> T>);

        #[diagnostic::do_not_recommend]
        impl<T: Send + 'static> Node for $name<T> {
            type Signature = FnSignature<T, false, T, 0, false, false>;
            type Visits = Plain<ByValue>;
            type Playbooks = NoPlaybooks;

            const INFO: NodeInfo =
                NodeInfo::of::<Self>($label, Policy::DEFAULT, "", 0).acting($role);
        }
    };
}

passing! {
    /// A join, seen as a node: what it makes of its branches goes on as a node's output does.
    Join, "join", Role::Pass
}
passing! {
    /// Where a map begins, seen as a node: it outputs the items of its input.
    Map, "map", Role::Pass
}
/// Where a map begins that has no first node, seen as a node: it outputs the items of the `List`
/// that comes to it, once that is known to have some.
#[derive(Debug)]
pub struct ItemsOf<const HAS_ITEMS: bool, List>(PhantomData<fn() -> List>);

#[diagnostic::do_not_recommend]
impl<List> Node for ItemsOf<true, List>
where
    List: IntoIterator<Item: Send + 'static> + 'static,
{
    type Signature = FnSignature<List::Item, false, List::Item, 0, false, false>;
    type Visits = Plain<ByValue>;
    type Playbooks = NoPlaybooks;

    const INFO: NodeInfo = NodeInfo::of::<Self>("map", Policy::DEFAULT, "", 0);
}

passing! {
    /// Where a trace parks, seen as a node: it outputs what was parked, with what it was
    /// parked for.
    Await, "await", Role::Await(None)
}

/// Declares what a place in a flow is called where the compiler speaks of it.
macro_rules! words {
    ($($name:ident)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "`, as the compiler calls it.")]
            #[allow(non_camel_case_types)]
            #[derive(Debug)]
            pub enum $name {}
        )*
    };
}

words!(join settle race quorum map part);
