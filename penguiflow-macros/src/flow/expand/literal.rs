//! Numbers in generated code.

use proc_macro2::Literal;

/// A number without a type of its own: what it is compared to, or given to, has one.
pub(super) fn literal(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}
