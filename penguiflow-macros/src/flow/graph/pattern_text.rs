//! An arm's pattern and guard as people write them.

use quote::ToTokens;

use crate::flow::ast::Pattern;
use crate::token_text::token_text;

/// `Topic::Doc(d) if d.long`
pub(crate) fn pattern_text(pattern: &Pattern) -> String {
    let pat = token_text(pattern.pat.to_token_stream());
    match &pattern.guard {
        Some(guard) => format!("{pat} if {}", token_text(guard.to_token_stream())),
        None => pat,
    }
}
