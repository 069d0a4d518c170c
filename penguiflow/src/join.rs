//! Where branches meet and where traces park, seen from the graph.

use std::any::Any;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;

use crate::graph::NoPlaybooks;
use crate::node::{Node, NodeInfo, Role};
use crate::policy::Policy;
use crate::shape::Shape;
use crate::type_name::TypeName;
use crate::visit::{ByValue, Plain};

/// Declares a node that only passes on what it is given.
macro_rules! passing {
    ($(#[$doc:meta])* $name:ident, $label:literal, $role:expr) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<T>(PhantomData<fn() -> T>);

        #[diagnostic::do_not_recommend]
        impl<T: Send + 'static> Node for $name<T> {
            type Signature = Shape<T, false, T, 0, false, false>;
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
    /// Where a map begins, seen as a node: it outputs the items of what comes to it.
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
    type Signature = Shape<List::Item, false, List::Item, 0, false, false>;
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

words!(join settle race quorum map);

/// What a join waits for, and what it makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JoinKind {
    /// All branches: a tuple.
    Join,
    /// All branches, failed ones too: a tuple of results.
    Settle,
    /// The first branch that succeeds.
    Race,
    /// The first so many branches that succeed: a `Vec`.
    Quorum(u32),
    /// Nothing: each item of a map goes on by itself.
    Each,
}

/// A join of a flow.
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct JoinInfo {
    /// Its name in the graph.
    pub name: &'static str,
    /// What it waits for.
    pub kind: JoinKind,
    /// Its inputs: the names of the nodes that they come from.
    pub inputs: &'static [&'static str],
    /// How many items run at once, if it is a map's: then its inputs are the items.
    pub items_at_once: Option<usize>,
    /// The most items that it takes, if its map says so: more are an error.
    pub max_items: Option<usize>,
}

impl JoinInfo {
    /// A join.
    #[doc(hidden)]
    pub const fn new(name: &'static str, kind: JoinKind, inputs: &'static [&'static str]) -> Self {
        Self {
            name,
            kind,
            inputs,
            items_at_once: None,
            max_items: None,
        }
    }

    /// The same, for the items of a map, so many of which run at once.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_items(mut self, at_once: usize) -> Self {
        self.items_at_once = Some(at_once);
        self
    }

    /// The same, for so many items at the most.
    #[doc(hidden)]
    #[must_use]
    pub const fn at_most(mut self, items: usize) -> Self {
        self.max_items = Some(items);
        self
    }

    /// How many of its inputs, of which there are so many, have to come.
    pub(crate) fn wanted(&self, inputs: usize) -> usize {
        match self.kind {
            JoinKind::Join | JoinKind::Settle => inputs,
            JoinKind::Race | JoinKind::Each => 1,
            JoinKind::Quorum(wanted) => wanted as usize,
        }
    }

    /// What an input is called in errors: the node that it comes from, or the item.
    pub(crate) fn input_name(&self, slot: usize) -> String {
        match self.items_at_once {
            Some(_) => format!("`{}[{slot}]`", self.inputs[0]),
            None => format!("`{}`", self.inputs[slot]),
        }
    }

    /// Whether it goes on without branches that fail.
    #[cfg(feature = "durable")]
    pub(crate) fn bears_failures(&self) -> bool {
        !matches!(self.kind, JoinKind::Join | JoinKind::Each)
    }
}

/// A place where a flow's traces park.
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct AwaitInfo {
    /// Its name in the graph.
    pub name: &'static str,
    /// What it waits for.
    pub awaited: TypeName,
    /// How long it waits, if not for ever.
    pub within: Option<Duration>,
    /// Whether a value is what it waits for.
    #[serde(skip)]
    pub(crate) takes: fn(&Given) -> bool,
}

impl AwaitInfo {
    /// A place where traces wait for a `T`.
    #[doc(hidden)]
    pub const fn of<T: Any>(name: &'static str) -> Self {
        Self {
            name,
            awaited: TypeName::of::<T>(),
            within: None,
            takes: |given| given.is::<T>(),
        }
    }

    /// The same, for so long at the most.
    #[doc(hidden)]
    #[must_use]
    pub const fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }
}

/// What a parked trace is given to go on.
#[doc(hidden)]
pub type Given = Box<dyn Any + Send>;

/// What a trace was given, as what it waits for; or as it was.
#[doc(hidden)]
pub fn downcast<T: Any>(given: Given) -> Result<T, Given> {
    given.downcast().map(|given| *given)
}

/// The value of a giver whose gift was not taken.
pub(crate) fn given_back<T: Any>(given: Given) -> T {
    match downcast(given) {
        Ok(value) => value,
        Err(_) => unreachable!("what is given back is what was given"),
    }
}
