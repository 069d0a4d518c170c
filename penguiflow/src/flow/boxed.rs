//! Futures that are made in the box where they stay.

use std::pin::Pin;

/// Boxes a future. The box is allocated before the future is made: `Box::pin(future)` would make
/// it on the stack, since it must be dropped if the allocation panics, and copy all of its bytes.
#[inline]
pub(crate) fn boxed<F>(make: impl FnOnce() -> F) -> Pin<Box<F>> {
    let place = Box::new_uninit();
    Box::into_pin(Box::write(place, make()))
}
