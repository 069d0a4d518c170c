//! An arm's pattern and guard as people write them.

use quote::ToTokens;

use crate::flow::ast::Pattern;
use crate::spelled::spelled;

/// `Topic::Doc(d) if d.long`
pub(crate) fn label(pattern: &Pattern) -> String {
    let pat = spelled(pattern.pat.to_token_stream());
    match &pattern.guard {
        Some(guard) => format!("{pat} if {}", spelled(guard.to_token_stream())),
        None => pat,
    }
}
