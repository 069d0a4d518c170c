//! Patterns of arms that pass the whole value on: what they bind is borrowed, for the guard,
//! so that the value stays whole.

use syn::{FieldPat, Ident, Pat, PatIdent};

/// The pattern with its bindings by reference, and the names that it binds.
pub(super) fn whole(pat: &Pat) -> (Pat, Vec<Ident>) {
    let mut pat = pat.clone();
    let mut bound = Vec::new();
    borrow(&mut pat, &mut bound);
    (pat, bound)
}

fn borrow(pat: &mut Pat, bound: &mut Vec<Ident>) {
    match pat {
        Pat::Ident(ident) => borrow_ident(ident, bound),
        Pat::Or(or) => or.cases.iter_mut().for_each(|pat| borrow(pat, bound)),
        Pat::Paren(paren) => borrow(&mut paren.pat, bound),
        Pat::Reference(reference) => borrow(&mut reference.pat, bound),
        Pat::Slice(slice) => slice.elems.iter_mut().for_each(|pat| borrow(pat, bound)),
        Pat::Tuple(tuple) => tuple.elems.iter_mut().for_each(|pat| borrow(pat, bound)),
        Pat::TupleStruct(tuple) => tuple.elems.iter_mut().for_each(|pat| borrow(pat, bound)),
        Pat::Struct(fields) => fields
            .fields
            .iter_mut()
            .for_each(|field| borrow_field(field, bound)),
        _ => {}
    }
}

fn borrow_ident(ident: &mut PatIdent, bound: &mut Vec<Ident>) {
    let name = ident.ident.to_string();
    // A lone word that begins with a capital is a constant or a unit variant.
    let is_constant = ident.subpat.is_none() && name.starts_with(char::is_uppercase);
    if is_constant {
        return;
    }
    ident.by_ref = Some(Default::default());
    ident.mutability = None;
    if !name.starts_with('_') && !bound.contains(&ident.ident) {
        bound.push(ident.ident.clone());
    }
    if let Some((_, pat)) = &mut ident.subpat {
        borrow(pat, bound);
    }
}

/// `Doc { long }` and `Doc { long: true }`.
fn borrow_field(field: &mut FieldPat, bound: &mut Vec<Ident>) {
    borrow(&mut field.pat, bound);
}
