//! Patterns of arms that pass the whole value on. They bind by reference, for the guard alone, so
//! that the value is not moved.

use syn::{Ident, Pat, PatIdent};

/// The pattern with its bindings by reference, and the names that it binds.
pub(super) fn by_reference(pat: &Pat) -> (Pat, Vec<Ident>) {
    let mut pat = pat.clone();
    let mut bound = Vec::new();
    borrow(&mut pat, &mut bound);
    (pat, bound)
}

/// The pattern without what it binds.
pub(super) fn without_bindings(pat: &Pat) -> Pat {
    let mut pat = pat.clone();
    unbind(&mut pat);
    pat
}

fn unbind(pat: &mut Pat) {
    if let Pat::Ident(ident) = pat {
        if !is_constant(ident) {
            *pat = match ident.subpat.take().map(|(_, pat)| *pat) {
                // Without the binding before them, the parentheses would be reported as
                // unnecessary.
                Some(Pat::Paren(paren)) => *paren.pat,
                Some(pat) => pat,
                None => syn::parse_quote!(_),
            };
            unbind(pat);
        }
        return;
    }
    if let Pat::Struct(fields) = pat {
        // `Doc { long }` is `Doc { long: _ }`.
        for field in &mut fields.fields {
            field.colon_token.get_or_insert_default();
        }
    }
    parts(pat).into_iter().for_each(unbind);
}

/// The patterns in a pattern.
fn parts(pat: &mut Pat) -> Vec<&mut Pat> {
    match pat {
        Pat::Or(or) => or.cases.iter_mut().collect(),
        Pat::Paren(paren) => vec![&mut paren.pat],
        Pat::Reference(reference) => vec![&mut reference.pat],
        Pat::Slice(slice) => slice.elems.iter_mut().collect(),
        Pat::Tuple(tuple) => tuple.elems.iter_mut().collect(),
        Pat::TupleStruct(tuple) => tuple.elems.iter_mut().collect(),
        Pat::Struct(fields) => {
            let fields = fields.fields.iter_mut();
            fields.map(|field| &mut *field.pat).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a lone word is a constant or a unit variant: it begins with a capital.
fn is_constant(ident: &PatIdent) -> bool {
    let name = ident.ident.to_string();
    ident.subpat.is_none() && name.starts_with(char::is_uppercase)
}

fn borrow(pat: &mut Pat, bound: &mut Vec<Ident>) {
    match pat {
        Pat::Ident(ident) => borrow_ident(ident, bound),
        pat => parts(pat).into_iter().for_each(|pat| borrow(pat, bound)),
    }
}

fn borrow_ident(ident: &mut PatIdent, bound: &mut Vec<Ident>) {
    if is_constant(ident) {
        return;
    }
    let name = ident.ident.to_string();
    ident.by_ref = Some(Default::default());
    ident.mutability = None;
    if !name.starts_with('_') && !bound.contains(&ident.ident) {
        bound.push(ident.ident.clone());
    }
    if let Some((_, pat)) = &mut ident.subpat {
        borrow(pat, bound);
    }
}
