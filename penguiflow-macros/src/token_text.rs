//! Tokens as text, spaced as people write them. `TokenStream::to_string` spaces them differently,
//! and not alike in every compiler.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};

/// Tokens as text.
pub(crate) fn token_text(tokens: TokenStream) -> String {
    let mut text = String::new();
    let mut before = None;
    for word in words(tokens) {
        if before.is_some_and(|before| !are_close(before, word.kind)) {
            text.push(' ');
        }
        text += &word.text;
        before = Some(word.kind);
    }
    text
}

/// The mark before a lifetime's name is a punctuation of its own.
const LIFETIME: &str = "'";

struct Word {
    text: String,
    kind: Kind,
}

impl Word {
    fn new(text: String, kind: Kind) -> Self {
        Self { text, kind }
    }
}

/// The kind of a word, which decides about the spaces around it.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A name, a literal, or what ends like one.
    Operand,
    /// What stands between two operands; a keyword, too.
    Operator,
    /// An operator before its only operand: `&`, `*`, `-`, `!`.
    Prefix,
    /// `::`, `.`, `..`, `..=`
    Link,
    /// `,` and `:`
    Comma,
    /// `(…)` or `[…]`
    Brackets,
}

/// Whether two words touch.
fn are_close(before: Kind, after: Kind) -> bool {
    use Kind::{Brackets, Comma, Link, Operand, Prefix};
    matches!(
        (before, after),
        (_, Comma) | (Prefix | Link, _) | (Operand | Brackets, Link | Brackets)
    )
}

/// The words: an operator of several characters is one, and so is what is in brackets.
fn words(tokens: TokenStream) -> Vec<Word> {
    let mut words = Vec::new();
    let mut operator = String::new();
    for token in tokens {
        if let TokenTree::Punct(punct) = &token {
            operator.push(punct.as_char());
            if punct.spacing() == Spacing::Joint {
                continue;
            }
        }
        if operator != LIFETIME && !operator.is_empty() {
            words.push(operated(std::mem::take(&mut operator), words.last()));
        }
        words.push(match token {
            TokenTree::Punct(_) => continue,
            TokenTree::Group(group) => grouped(&group),
            TokenTree::Ident(ident) => named(std::mem::take(&mut operator) + &ident.to_string()),
            TokenTree::Literal(literal) => Word::new(literal.to_string(), Kind::Operand),
        });
    }
    words
}

fn operated(operator: String, before: Option<&Word>) -> Word {
    let is_first = before.is_none_or(|word| !matches!(word.kind, Kind::Operand | Kind::Brackets));
    let kind = match operator.as_str() {
        "," | ":" | ";" => Kind::Comma,
        "::" | "." | ".." | "..=" => Kind::Link,
        "&" | "*" | "-" | "!" if is_first => Kind::Prefix,
        // The call of a macro: `matches!(…)`.
        "!" => Kind::Link,
        _ => Kind::Operator,
    };
    Word::new(operator, kind)
}

fn named(name: String) -> Word {
    let kind = match name.as_str() {
        "ref" | "mut" | "as" | "let" | "if" | "in" => Kind::Operator,
        _ => Kind::Operand,
    };
    Word::new(name, kind)
}

fn grouped(group: &Group) -> Word {
    let inner = token_text(group.stream());
    match group.delimiter() {
        Delimiter::Parenthesis => Word::new(format!("({inner})"), Kind::Brackets),
        Delimiter::Bracket => Word::new(format!("[{inner}]"), Kind::Brackets),
        Delimiter::Brace if inner.is_empty() => Word::new("{}".to_owned(), Kind::Operand),
        Delimiter::Brace => Word::new(format!("{{ {inner} }}"), Kind::Operand),
        Delimiter::None => Word::new(inner, Kind::Operand),
    }
}
