//! Numbers in generated code.

use proc_macro2::Literal;

/// A number without a type suffix.
pub(super) fn literal(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}
