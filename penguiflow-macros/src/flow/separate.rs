//! Takes parts in parentheses out of a flow's tree. Each becomes a flow of its own, with the `let`s
//! of its nodes; a part inside of another one comes before that.

use std::collections::HashSet;

use syn::Path;

use super::ast::{Chain, Flow, Head, Parens, Stage, Statement};

/// The parts of a flow, each at its number.
pub(super) fn separate(tree: &mut Flow) -> Vec<Flow> {
    let mut parts = Vec::new();
    for statement in &mut tree.statements {
        if let Statement::Chain(chain) = statement {
            take_parts(chain, &mut parts);
        }
    }
    if parts.is_empty() {
        return parts;
    }
    let places = 0..;
    for (place, binding) in places.zip(tree.bindings_mut()) {
        binding.place = place;
    }
    for part in &mut parts {
        part.options = tree.options().of_part();
        if let Some(head) = &mut part.head {
            head.within = tree.header.as_ref().map(|header| header.name.clone());
        }
        move_bindings(tree, part);
    }
    parts
}

fn take_parts(chain: &mut Chain, parts: &mut Vec<Flow>) {
    for stage in &mut chain.stages {
        take_from(stage, parts);
    }
}

fn take_from(stage: &mut Stage, parts: &mut Vec<Flow>) {
    match stage {
        Stage::Parens(parens) => take(parens, parts),
        Stage::Else(fallback) => {
            let others = fallback.others.iter_mut();
            std::iter::once(&mut *fallback.first)
                .chain(others)
                .for_each(|stage| take_from(stage, parts));
        }
        stage => stage
            .chains_mut()
            .for_each(|chain| take_parts(chain, parts)),
    }
}

fn take(parens: &mut Parens, parts: &mut Vec<Flow>) {
    let mut chain = std::mem::take(&mut parens.chain);
    take_parts(&mut chain, parts);
    parens.number = parts.len();
    parts.push(Flow {
        head: Some(Head {
            within: None,
            number: parens.number,
            label: parens.label.clone(),
            span: parens.paren.span.join(),
        }),
        statements: vec![Statement::Chain(chain)],
        ..Flow::default()
    });
}

/// Moves the `let`s of a part's nodes to the part.
fn move_bindings(from: &mut Flow, part: &mut Flow) {
    let named: HashSet<_> = names(part).filter_map(Path::get_ident).cloned().collect();
    let is_named = |statement: &mut Statement| match statement {
        Statement::Let(binding) => named.contains(&binding.name),
        Statement::Chain(_) => false,
    };
    let moved: Vec<_> = from.statements.extract_if(.., is_named).collect();
    part.statements.splice(..0, moved);
}

/// All that a flow names in its chains, in the order of the text.
pub(super) fn names(flow: &Flow) -> impl Iterator<Item = &Path> {
    let mut names = Vec::new();
    for chain in flow.chains() {
        names_in(chain, &mut names);
    }
    names.into_iter()
}

fn names_in<'f>(chain: &'f Chain, names: &mut Vec<&'f Path>) {
    for stage in &chain.stages {
        match stage {
            Stage::Node(path) => names.push(path),
            Stage::Else(fallback) => {
                let stages = std::iter::once(&*fallback.first).chain(&fallback.others);
                names.extend(stages.filter_map(|stage| match stage {
                    Stage::Node(path) => Some(path),
                    _ => None,
                }));
            }
            stage => stage.chains().for_each(|chain| names_in(chain, names)),
        }
    }
}
