//! The names of labels and variables in straight code: each after its node. They have the macro's
//! own spans, so they never collide with a name of the user's.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::Lifetime;
use syn::ext::IdentExt;

use crate::flow::lower::{Join, Node};

impl Node {
    /// The label of the block that leads to it.
    pub(super) fn block_label(&self) -> Lifetime {
        label("to", &self.name())
    }

    /// The label of the loop that it begins.
    pub(super) fn loop_label(&self) -> Lifetime {
        label("loop", &self.name())
    }

    /// The variable with the input of its loop's next round.
    pub(super) fn next_ident(&self) -> Ident {
        ident(&format!("next_{}", self.name()))
    }

    /// The variable with the error of a loop that has no round left, for the fallback.
    pub(super) fn exhausted_ident(&self) -> Ident {
        ident(&format!("exhausted_{}", self.name()))
    }
}

impl Join {
    /// The label of the code that yields a value to it.
    pub(super) fn branch_label(&self) -> Lifetime {
        label("branch", &self.ident.unraw().to_string())
    }

    /// The variable of an input in its cell.
    pub(super) fn input_ident(&self, slot: usize) -> Ident {
        ident(&format!("input_{}_{slot}", self.ident.unraw()))
    }

    /// The variable of the value at an input.
    pub(super) fn value_ident(&self, slot: usize) -> Ident {
        ident(&format!("value_{}_{slot}", self.ident.unraw()))
    }

    /// The variable of its cell.
    pub(super) fn cell_ident(&self) -> Ident {
        ident(&format!("cell_{}", self.ident.unraw()))
    }

    /// The variable of the branch after it, if its inputs wait in a cell.
    pub(super) fn after_ident(&self) -> Ident {
        ident(&format!("after_{}", self.ident.unraw()))
    }
}

/// Variables of the same kind: `branch0`, `branch1`.
pub(super) fn numbered(name: &str, count: usize) -> Vec<Ident> {
    let name = |place| format_ident!("{name}{place}", span = Span::mixed_site());
    (0..count).map(name).collect()
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

fn label(word: &str, node: &str) -> Lifetime {
    Lifetime::new(&format!("'{word}_{node}"), Span::mixed_site())
}
