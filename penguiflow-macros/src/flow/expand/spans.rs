//! Types of the runtime at the user's own words, so that the compiler shows an error there.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

use crate::flow::lower::{Declaration, Flow};
use crate::spans;

impl Declaration {
    /// A node's type, for errors that are shown between these two spans.
    pub(super) fn spanned(&self, ty: &impl ToTokens, spans: (Span, Span)) -> TokenStream {
        self.spanned_as("Place", ty, spans)
    }

    /// One of the runtime's types, likewise.
    pub(super) fn spanned_as(
        &self,
        name: &str,
        args: &impl ToTokens,
        spans: (Span, Span),
    ) -> TokenStream {
        spans::spanned(&self.crate_path, name, args, spans)
    }
}

impl Flow {
    /// A node's type, for errors that are shown between these two spans.
    pub(super) fn spanned(&self, ty: &impl ToTokens, spans: (Span, Span)) -> TokenStream {
        self.declaration.spanned(ty, spans)
    }

    /// One of the runtime's types, likewise.
    pub(super) fn spanned_as(
        &self,
        name: &str,
        args: &impl ToTokens,
        spans: (Span, Span),
    ) -> TokenStream {
        self.declaration.spanned_as(name, args, spans)
    }
}
