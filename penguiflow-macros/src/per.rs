//! `"tenant"`, `"meta.region"`: text to the header that limits are kept apart by.

use proc_macro2::TokenStream;
use quote::quote;

/// A header.
#[derive(Debug, PartialEq)]
pub(crate) enum Per {
    Tenant,
    Topic,
    Meta(String),
}

pub(crate) fn parse(text: &str) -> Result<Per, String> {
    match (text, text.strip_prefix("meta.")) {
        ("tenant", _) => Ok(Per::Tenant),
        ("topic", _) => Ok(Per::Topic),
        (_, Some(key)) if !key.is_empty() => Ok(Per::Meta(key.to_owned())),
        _ => Err(format!(
            "`{text}` is not a header that limits are kept apart by: write \"tenant\", \"topic\", or \
             \"meta.region\" for the key `region`"
        )),
    }
}

/// A header as an expression.
pub(crate) fn tokens(per: &Per) -> TokenStream {
    match per {
        Per::Tenant => quote!(__p::Per::Tenant),
        Per::Topic => quote!(__p::Per::Topic),
        Per::Meta(key) => quote!(__p::Per::Meta(#key)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_read_as_they_are_called() {
        assert_eq!(parse("tenant"), Ok(Per::Tenant));
        assert_eq!(parse("topic"), Ok(Per::Topic));
        assert_eq!(
            parse("meta.eu.region"),
            Ok(Per::Meta("eu.region".to_owned()))
        );
        for text in ["", "tenants", "meta", "meta.", "region", "priority"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
