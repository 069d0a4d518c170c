//! What a piece of code needs of the branch that it stands in: the set of detached branches, and
//! the inputs of joins that it may come to.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::lower::code::{Body, Branch, Code, End, Step};

/// What functions need, and so whoever calls them.
pub(super) struct Needs {
    /// By function.
    inputs: BTreeMap<usize, Inputs>,
}

/// Inputs of joins, by the joins' nodes.
pub(super) type Inputs = BTreeSet<(usize, usize)>;

impl Needs {
    /// Functions call each other, so this goes on until nothing is added.
    pub(super) fn of(code: &Code<'_>) -> Self {
        let functions = code
            .functions
            .iter()
            .map(|function| (function.node, Inputs::new()));
        let mut needs = Self {
            inputs: functions.collect(),
        };
        loop {
            let before: usize = needs.inputs.values().map(BTreeSet::len).sum();
            for function in &code.functions {
                let inputs = needs.inputs(&function.body);
                needs.inputs.insert(function.node, inputs);
            }
            if needs.inputs.values().map(BTreeSet::len).sum::<usize>() == before {
                return needs;
            }
        }
    }

    /// The inputs that a function needs.
    pub(super) fn of_function(&self, node: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.inputs[&node].iter().copied()
    }

    /// The inputs of joins around it that a body may come to.
    pub(super) fn inputs(&self, body: &Body<'_>) -> Inputs {
        let mut inputs = Inputs::new();
        self.add(body, &mut inputs);
        inputs
    }

    /// The same of a branch that comes to this join's input by itself, if it does.
    pub(super) fn branch_inputs(&self, branch: &Branch<'_>, join: Option<usize>) -> Inputs {
        match join {
            Some(join) if branch.is_space => self.inputs_but(&branch.body, join),
            _ => self.inputs(&branch.body),
        }
    }

    /// The same of code that comes to this join by itself.
    pub(super) fn inputs_but(&self, body: &Body<'_>, join: usize) -> Inputs {
        let mut inputs = self.inputs(body);
        inputs.retain(|(other, _)| *other != join);
        inputs
    }

    /// The same of the items of a map, with what those need that go on by themselves.
    pub(super) fn of_items(&self, items: &Body<'_>, end: usize, is_each: bool) -> Inputs {
        let mut inputs = self.inputs_but(items, end);
        if is_each && let Some(behind) = self.inputs.get(&end) {
            inputs.extend(behind);
        }
        inputs
    }

    fn add(&self, body: &Body<'_>, inputs: &mut Inputs) {
        for step in &body.steps {
            match step {
                Step::Visit(_) | Step::Park(_) | Step::Edge(_) => {}
                Step::Map {
                    items,
                    join,
                    is_each,
                    ..
                } => inputs.extend(self.of_items(items, *join, *is_each)),
                Step::Block(_, body) | Step::Loop(_, body) => self.add(body, inputs),
                Step::Fork(fork) => {
                    let branches = fork.branches.iter();
                    branches.for_each(|branch| {
                        inputs.extend(self.branch_inputs(branch, Some(fork.join)));
                    });
                }
            }
        }
        match &body.end {
            End::Feed { join, slot } => drop(inputs.insert((*join, *slot))),
            End::Detach(node) => inputs.extend(self.of_function(*node)),
            End::Choice { arms, .. } => arms.iter().for_each(|(_, body)| self.add(body, inputs)),
            End::Else {
                on, failed: other, ..
            }
            | End::Round {
                on,
                exhausted: other,
                ..
            } => {
                self.add(on, inputs);
                self.add(other, inputs);
            }
            End::Scatter(fork) => {
                let mut inside = Inputs::new();
                fork.branches
                    .iter()
                    .for_each(|branch| self.add(&branch.body, &mut inside));
                fork.joins
                    .iter()
                    .for_each(|(_, body)| self.add(body, &mut inside));
                let own: Vec<_> = fork.joins.iter().map(|(join, _)| *join).collect();
                inputs.extend(inside.into_iter().filter(|(join, _)| !own.contains(join)));
            }
            End::Yield
            | End::Continue(_)
            | End::Again { .. }
            | End::Break(_)
            | End::Output(_)
            | End::Over
            | End::Never => {}
        }
    }
}

/// Whether a body detaches branches.
pub(super) fn detaches(body: &Body<'_>) -> bool {
    let in_step = |step: &Step<'_>| match step {
        Step::Visit(_) | Step::Park(_) | Step::Edge(_) => false,
        Step::Map {
            is_space: true,
            is_each,
            ..
        } => *is_each,
        Step::Map { items: body, .. } | Step::Block(_, body) | Step::Loop(_, body) => {
            detaches(body)
        }
        Step::Fork(fork) => {
            let mut branches = fork.branches.iter();
            branches.any(|branch| !branch.is_space && detaches(&branch.body))
        }
    };
    body.steps.iter().any(in_step)
        || match &body.end {
            End::Detach(_) => true,
            End::Choice { arms, .. } => arms.iter().any(|(_, body)| detaches(body)),
            End::Else {
                on, failed: other, ..
            }
            | End::Round {
                on,
                exhausted: other,
                ..
            } => detaches(on) || detaches(other),
            End::Scatter(fork) => {
                fork.branches.iter().any(|branch| detaches(&branch.body))
                    || fork.joins.iter().any(|(_, body)| detaches(body))
            }
            _ => false,
        }
}

/// Whether a body yields its value from within a block or a loop.
pub(super) fn yields_inside(body: &Body<'_>) -> bool {
    yields(body, false)
}

fn yields(body: &Body<'_>, is_inside: bool) -> bool {
    let in_steps = body.steps.iter().any(|step| match step {
        Step::Block(_, body) | Step::Loop(_, body) => yields(body, true),
        _ => false,
    });
    in_steps
        || match &body.end {
            End::Yield => is_inside,
            End::Choice { arms, .. } => arms.iter().any(|(_, body)| yields(body, is_inside)),
            End::Else {
                on, failed: other, ..
            }
            | End::Round {
                on,
                exhausted: other,
                ..
            } => yields(on, is_inside) || yields(other, is_inside),
            _ => false,
        }
}
