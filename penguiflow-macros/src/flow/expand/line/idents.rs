//! What labels and variables of straight code are called: after the nodes that they are about. They
//! have the macro's own spans, so that they never meet a name of the user's.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::Lifetime;

use crate::flow::expand::names::{Names, plain};

impl Names {
    /// The label of the block that leads to a node.
    pub(super) fn block(&self, node: usize) -> Lifetime {
        label("to", &self.called(node))
    }

    /// The label of the loop that a node begins.
    pub(super) fn round(&self, node: usize) -> Lifetime {
        label("loop", &self.called(node))
    }

    /// The label of what brings a value to a join.
    pub(super) fn branch(&self, join: usize) -> Lifetime {
        label("branch", &self.called(join))
    }

    /// What a loop begins its next round with.
    pub(super) fn next(&self, node: usize) -> Ident {
        ours(&format!("next_{}", self.called(node)))
    }

    /// Why a loop has no round left, for what takes over from its head.
    pub(super) fn exhausted(&self, node: usize) -> Ident {
        ours(&format!("exhausted_{}", self.called(node)))
    }

    /// An input of a join, whose cell waits for it.
    pub(super) fn input(&self, join: usize, slot: usize) -> Ident {
        ours(&format!("input_{}_{slot}", self.called(join)))
    }

    /// What came to an input.
    pub(super) fn value(&self, join: usize, slot: usize) -> Ident {
        ours(&format!("value_{}_{slot}", self.called(join)))
    }

    /// The cell of a join.
    pub(super) fn cell(&self, join: usize) -> Ident {
        ours(&format!("cell_{}", self.called(join)))
    }

    /// The branch that follows a join whose inputs wait in a cell.
    pub(super) fn behind(&self, join: usize) -> Ident {
        ours(&format!("behind_{}", self.called(join)))
    }

    fn called(&self, node: usize) -> String {
        plain(&self.variants[node])
    }
}

/// Variables of the same kind: `branch0`, `branch1`.
pub(super) fn numbered(name: &str, count: usize) -> Vec<Ident> {
    let name = |place| format_ident!("{name}{place}", span = Span::mixed_site());
    (0..count).map(name).collect()
}

fn ours(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

fn label(word: &str, node: &str) -> Lifetime {
    Lifetime::new(&format!("'{word}_{node}"), Span::mixed_site())
}
