//! What comes out of joins: several loads, or their failures, that nodes and Rookery tie into
//! one.

use penguiflow::{ErrorKind, NodeError};

use crate::load::{Carton, Load};

pub(crate) type Pair = (Load, Load);
pub(crate) type Triple = (Load, Load, Load);
pub(crate) type Mixed = (Load, Carton);
pub(crate) type Nested = (Pair, Load);
pub(crate) type List = Vec<Load>;
pub(crate) type Pairs = Vec<Pair>;
pub(crate) type Both = (Settled<Load>, Settled<Load>);
pub(crate) type Each = (Settled<Load>, Settled<Load>, Settled<Load>);
pub(crate) type Deep = (Settled<Pair>, Settled<List>);

pub(crate) type Verdicts = Vec<Settled<Load>>;

type Settled<T> = Result<T, NodeError>;

/// Loads, and the failures that stand in for others, in their order.
pub(crate) trait Parts {
    fn add_to(&self, parts: &mut Vec<Result<Load, String>>);

    fn tied(&self) -> Load {
        let mut parts = Vec::new();
        self.add_to(&mut parts);
        Load::tied(&parts)
    }
}

/// How a trail records a failure.
pub(crate) fn told(kind: ErrorKind, node: &str, attempts: u32) -> String {
    format!("{kind:?} at {node} after {attempts}")
}

pub(crate) fn told_of(error: &NodeError) -> String {
    let node = error.node.as_deref().unwrap_or_default();
    told(error.kind, node, error.attempts)
}

impl Parts for Load {
    fn add_to(&self, parts: &mut Vec<Result<Load, String>>) {
        parts.push(Ok(self.clone()));
    }
}

impl Parts for Carton {
    fn add_to(&self, parts: &mut Vec<Result<Load, String>>) {
        self.0.add_to(parts);
    }
}

impl<A: Parts, B: Parts> Parts for (A, B) {
    fn add_to(&self, parts: &mut Vec<Result<Load, String>>) {
        self.0.add_to(parts);
        self.1.add_to(parts);
    }
}

impl<A: Parts, B: Parts, C: Parts> Parts for (A, B, C) {
    fn add_to(&self, parts: &mut Vec<Result<Load, String>>) {
        self.0.add_to(parts);
        self.1.add_to(parts);
        self.2.add_to(parts);
    }
}

impl<A: Parts> Parts for Vec<A> {
    fn add_to(&self, parts: &mut Vec<Result<Load, String>>) {
        self.iter().for_each(|part| part.add_to(parts));
    }
}

impl<A: Parts> Parts for Settled<A> {
    fn add_to(&self, parts: &mut Vec<Result<Load, String>>) {
        match self {
            Ok(part) => part.add_to(parts),
            Err(error) => parts.push(Err(told_of(error))),
        }
    }
}

/// What an exit outputs becomes a load.
macro_rules! exits {
    ($($parts:ty),*) => {
        $(impl From<$parts> for Load {
            fn from(parts: $parts) -> Self {
                parts.tied()
            }
        })*
    };
}

exits!(
    Pair, Triple, Mixed, Nested, List, Pairs, Both, Each, Deep, Verdicts
);
