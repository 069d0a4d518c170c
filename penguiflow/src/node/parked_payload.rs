//! The payload of a parked step: its own, or shared with those who look at it while it waits.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::graph::SharedPayload;

/// The payload of a parked step.
#[doc(hidden)]
pub struct ParkedPayload<P>(Held<P>);

enum Held<P> {
    Owned(P),
    /// Boxed, so that flows which show nothing have room for no more than a pointer.
    Shared(Box<Shared<P>>),
    /// On its way from the one to the other.
    Moved,
}

/// A shared payload, of a type that only `share` knows to be `Sync`, and the way back.
struct Shared<P> {
    payload: SharedPayload,
    back: fn(SharedPayload) -> P,
}

impl<P> ParkedPayload<P> {
    /// A payload that is about to wait.
    #[inline]
    pub fn new(payload: P) -> Self {
        Self(Held::Owned(payload))
    }

    /// The payload, which goes on: itself, or a copy if somebody still looks at it.
    #[inline]
    pub fn into_inner(self) -> P {
        match self.0 {
            Held::Owned(payload) => payload,
            Held::Shared(shared) => (shared.back)(shared.payload),
            Held::Moved => unreachable!("a payload is moved by `share` alone, which puts it back"),
        }
    }
}

impl<P> fmt::Debug for ParkedPayload<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParkedPayload").finish_non_exhaustive()
    }
}

/// Shares a `ParkedPayload<P>`, where it stands.
pub(super) fn share<P: Clone + Send + Sync + 'static>(held: &mut dyn Any) -> Option<SharedPayload> {
    let held = &mut held.downcast_mut::<ParkedPayload<P>>()?.0;
    let payload = match std::mem::replace(held, Held::Moved) {
        Held::Owned(payload) => payload,
        other => {
            *held = other;
            return None;
        }
    };
    let payload: SharedPayload = Arc::new(payload);
    let shared = Arc::clone(&payload);
    *held = Held::Shared(Box::new(Shared {
        payload,
        back: back::<P>,
    }));
    Some(shared)
}

/// The payload itself, or a copy if somebody still looks at it.
fn back<P: Clone + Send + Sync + 'static>(shared: SharedPayload) -> P {
    match shared.downcast::<P>() {
        Ok(payload) => Arc::unwrap_or_clone(payload),
        Err(_) => unreachable!("`share` has put a `P` in it"),
    }
}

/// What a shared payload is, if it is an `A`.
pub(crate) fn shown<A: 'static>(shared: &(dyn Any + Send + Sync)) -> Option<&A> {
    shared.downcast_ref()
}

/// A shared payload as JSON; none if its `Serialize` fails.
pub(super) fn to_json<P: Serialize + 'static>(
    shared: &(dyn Any + Send + Sync),
) -> Option<serde_json::Value> {
    serde_json::to_value(shown::<P>(shared)?).ok()
}

#[cfg(test)]
mod tests {
    use super::{ParkedPayload, share, shown};

    #[test]
    fn a_payload_that_nobody_looks_at_any_more_is_taken_back() {
        let text = "on ice".to_owned();
        let at = text.as_ptr();
        let mut held = ParkedPayload::new(text);
        let shared = share::<String>(&mut held).expect("it is a text");
        assert_eq!(
            shown::<String>(&*shared).map(String::as_str),
            Some("on ice")
        );
        assert_eq!(shown::<u8>(&*shared), None);
        drop(shared);
        let back = held.into_inner();
        assert_eq!((back.as_ptr(), &*back), (at, "on ice"));
    }

    #[test]
    fn a_payload_that_is_looked_at_goes_on_as_a_copy() {
        let mut held = ParkedPayload::new("on ice".to_owned());
        let shared = share::<String>(&mut held).expect("it is a text");
        assert!(share::<String>(&mut held).is_none(), "it is shared");
        let back = held.into_inner();
        assert_eq!(shown::<String>(&*shared), Some(&back));
    }
}
