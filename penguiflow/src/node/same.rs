//! Whether two types are the same, as a constant: an inherent constant takes precedence over a
//! trait's.

use std::marker::PhantomData;

/// Asks whether two types are one: `Same::<A, B>::IS_SAME`, with `SameDefault` in scope.
#[derive(Debug)]
pub struct Same<A, B>(PhantomData<(A, B)>);

/// The answer for two types of which nothing more is known.
pub trait SameDefault {
    /// Whether they are one.
    const IS_SAME: bool = false;
}

impl<A, B> SameDefault for Same<A, B> {}

impl<T> Same<T, T> {
    /// They are one.
    pub const IS_SAME: bool = true;
}
