//! How a node takes its message: by value or by reference, once or for several attempts; and the
//! part of it that stays with the visit meanwhile.

use std::convert::Infallible;

/// Why a parameter is there.
pub(crate) const KEPT: &str = "a parameter is there until its last attempt";

/// Whether a node takes its message by value or by reference.
pub trait Taking {
    /// The parameter as the function takes it.
    type Lent<'v, P: 'v>: 'v;
    /// The part that stays with the visit while the function runs.
    type Kept<P: Send>: Send;
    /// The part that is moved into the function.
    type Moved<P: Send>: Send;

    /// Takes a parameter apart.
    #[doc(hidden)]
    fn split<P: Send>(param: P) -> (Self::Kept<P>, Self::Moved<P>);

    /// The parameter of the only attempt.
    #[doc(hidden)]
    fn lend<P: Send>(kept: &Self::Kept<P>, moved: Self::Moved<P>) -> Self::Lent<'_, P>;

    /// The parameter, before it is lent.
    #[doc(hidden)]
    fn look<'p, P: Send>(kept: &'p Self::Kept<P>, moved: &'p Self::Moved<P>) -> &'p P;

    /// The part that was not used up.
    #[doc(hidden)]
    fn unused<P: Send>(kept: Self::Kept<P>) -> Option<P>;

    /// The parameter of one of several attempts; `again` takes or copies it.
    #[doc(hidden)]
    fn attempt<P>(
        param: &mut Option<P>,
        again: impl FnOnce(&mut Option<P>) -> P,
    ) -> Self::Lent<'_, P>;
}

/// A node that takes its message by value.
#[derive(Debug, Clone, Copy)]
pub enum ByValue {}

/// A node that takes its message by reference: it stays with the visit.
#[derive(Debug, Clone, Copy)]
pub enum ByReference {}

impl Taking for ByValue {
    type Lent<'v, P: 'v> = P;
    type Kept<P: Send> = ();
    type Moved<P: Send> = P;

    #[inline]
    fn split<P: Send>(param: P) -> ((), P) {
        ((), param)
    }

    #[inline]
    fn lend<P: Send>((): &(), moved: P) -> P {
        moved
    }

    fn look<'p, P: Send>((): &'p (), moved: &'p P) -> &'p P {
        moved
    }

    #[inline]
    fn unused<P: Send>((): ()) -> Option<P> {
        None
    }

    #[inline]
    fn attempt<P>(param: &mut Option<P>, again: impl FnOnce(&mut Option<P>) -> P) -> P {
        again(param)
    }
}

impl Taking for ByReference {
    type Lent<'v, P: 'v> = &'v P;
    type Kept<P: Send> = P;
    type Moved<P: Send> = ();

    #[inline]
    fn split<P: Send>(param: P) -> (P, ()) {
        (param, ())
    }

    #[inline]
    fn lend<P: Send>(kept: &P, (): ()) -> &P {
        kept
    }

    fn look<'p, P: Send>(kept: &'p P, (): &'p ()) -> &'p P {
        kept
    }

    #[inline]
    fn unused<P: Send>(kept: P) -> Option<P> {
        Some(kept)
    }

    #[inline]
    fn attempt<P>(param: &mut Option<P>, _: impl FnOnce(&mut Option<P>) -> P) -> &P {
        param.as_ref().expect(KEPT)
    }
}

/// How a node is visited, by its policy.
pub trait Visits {
    /// Whether it takes its message by value or by reference.
    type Taking: Taking;
    /// The part that stays with the visit while the node runs.
    #[doc(hidden)]
    type Kept<P: Send>: Send;
    /// The part that is moved into it.
    #[doc(hidden)]
    type Moved<P: Send>: Send;
    /// Whether a visit watches itself: it begins more than one attempt, or waits before one.
    #[doc(hidden)]
    const ARE_BOUNDED: bool;

    /// Takes a parameter apart.
    #[doc(hidden)]
    fn split<P: Send>(param: P) -> (Self::Kept<P>, Self::Moved<P>);

    /// The parameter of the only attempt.
    #[cfg(feature = "testing")]
    #[doc(hidden)]
    fn lend<P: Send>(
        kept: &mut Self::Kept<P>,
        moved: Self::Moved<P>,
    ) -> <Self::Taking as Taking>::Lent<'_, P>;

    /// The parameter, before it is lent.
    #[doc(hidden)]
    fn look<'p, P: Send>(kept: &'p Self::Kept<P>, moved: &'p Self::Moved<P>) -> Option<&'p P>;

    /// The part that was not used up.
    #[doc(hidden)]
    fn unused<P: Send>(kept: Self::Kept<P>) -> Option<P>;
}

/// Without timeout, retries and limits: a visit is the node's own future.
#[derive(Debug)]
pub enum Plain<T> {
    #[doc(hidden)]
    Never(Infallible, T),
}

/// With a policy: a visit is a loop of attempts.
#[derive(Debug)]
pub enum Bounded<T> {
    #[doc(hidden)]
    Never(Infallible, T),
}

impl<T: Taking> Visits for Plain<T> {
    type Taking = T;
    type Kept<P: Send> = T::Kept<P>;
    type Moved<P: Send> = T::Moved<P>;
    const ARE_BOUNDED: bool = false;

    #[inline]
    fn split<P: Send>(param: P) -> (T::Kept<P>, T::Moved<P>) {
        T::split(param)
    }

    #[cfg(feature = "testing")]
    fn lend<P: Send>(kept: &mut T::Kept<P>, moved: T::Moved<P>) -> T::Lent<'_, P> {
        T::lend(kept, moved)
    }

    fn look<'p, P: Send>(kept: &'p T::Kept<P>, moved: &'p T::Moved<P>) -> Option<&'p P> {
        Some(T::look(kept, moved))
    }

    #[inline]
    fn unused<P: Send>(kept: T::Kept<P>) -> Option<P> {
        T::unused(kept)
    }
}

impl<T: Taking> Visits for Bounded<T> {
    type Taking = T;
    type Kept<P: Send> = Option<P>;
    type Moved<P: Send> = ();
    const ARE_BOUNDED: bool = true;

    #[inline]
    fn split<P: Send>(param: P) -> (Option<P>, ()) {
        (Some(param), ())
    }

    #[cfg(feature = "testing")]
    fn lend<P: Send>(kept: &mut Option<P>, (): ()) -> T::Lent<'_, P> {
        T::attempt(kept, |param| param.take().expect(KEPT))
    }

    fn look<'p, P: Send>(kept: &'p Option<P>, (): &'p ()) -> Option<&'p P> {
        kept.as_ref()
    }

    #[inline]
    fn unused<P: Send>(kept: Option<P>) -> Option<P> {
        kept
    }
}
