//! What a piece of code captures from the code around it: the set of detached branches, and the
//! inputs of joins that it may fill.

use std::collections::BTreeMap;

use crate::flow::join_kind::JoinKind;
use crate::flow::lower::{Body, Branch, Code, End, Join, MapItems, Node, Step};

/// What each function captures, and so its callers.
pub(super) struct Captures<'f> {
    /// By function.
    inputs: BTreeMap<usize, Inputs<'f>>,
}

/// Inputs of joins, by the join's number and the slot.
pub(super) type Inputs<'f> = BTreeMap<(usize, usize), &'f Join>;

impl<'f> Captures<'f> {
    /// Functions call each other, so this repeats until nothing is added.
    pub(super) fn of(code: &Code<'f>) -> Self {
        let functions = code.functions.iter();
        let functions = functions.map(|function| (function.node.index, Inputs::new()));
        let mut captures = Self {
            inputs: functions.collect(),
        };
        loop {
            let before: usize = captures.inputs.values().map(Inputs::len).sum();
            for function in &code.functions {
                let inputs = captures.inputs(&function.body);
                captures.inputs.insert(function.node.index, inputs);
            }
            if captures.inputs.values().map(Inputs::len).sum::<usize>() == before {
                return captures;
            }
        }
    }

    /// The inputs that a function captures.
    pub(super) fn of_function(&self, node: &Node) -> impl Iterator<Item = (&'f Join, usize)> + '_ {
        let inputs = self.inputs[&node.index].iter();
        inputs.map(|((_, slot), join)| (*join, *slot))
    }

    /// The inputs of joins around a body that it may fill.
    pub(super) fn inputs(&self, body: &Body<'f>) -> Inputs<'f> {
        let mut inputs = Inputs::new();
        self.add(body, &mut inputs);
        inputs
    }

    /// The same for a branch; a scoped one fills its own input of this join itself.
    pub(super) fn branch_inputs(&self, branch: &Branch<'f>, join: Option<&Join>) -> Inputs<'f> {
        match join {
            Some(join) if branch.is_scoped => self.inputs_but(&branch.body, join),
            _ => self.inputs(&branch.body),
        }
    }

    /// The same without the inputs of this join.
    pub(super) fn inputs_but(&self, body: &Body<'f>, join: &Join) -> Inputs<'f> {
        let mut inputs = self.inputs(body);
        inputs.retain(|(number, _), _| *number != join.number);
        inputs
    }

    /// The same for the items of a map; items that go on by themselves capture what the code after
    /// the map does.
    pub(super) fn of_items(&self, map: &MapItems<'f>) -> Inputs<'f> {
        let mut inputs = self.inputs_but(&map.items, map.join);
        if map.join.kind == JoinKind::Each
            && let Some(after) = self.inputs.get(&map.end.index)
        {
            inputs.extend(after);
        }
        inputs
    }

    fn add(&self, body: &Body<'f>, inputs: &mut Inputs<'f>) {
        for step in &body.steps {
            match step {
                Step::Visit(_) | Step::Park(_) | Step::Enter(..) | Step::Edge(_) => {}
                Step::Map(map) => inputs.extend(self.of_items(map)),
                Step::Block(_, body) | Step::Loop(_, body) => self.add(body, inputs),
                Step::Fork(fork) => {
                    for branch in &fork.branches {
                        inputs.extend(self.branch_inputs(branch, Some(fork.join)));
                    }
                }
            }
        }
        self.add_end(&body.end, inputs);
    }

    fn add_end(&self, end: &End<'f>, inputs: &mut Inputs<'f>) {
        match end {
            End::Fill { join, slot } => drop(inputs.insert((join.number, *slot), join)),
            End::Detach(node) => inputs.extend(&self.inputs[&node.index]),
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
            End::Fork(fork) => {
                let mut inside = Inputs::new();
                for branch in &fork.branches {
                    self.add(&branch.body, &mut inside);
                }
                for (_, body) in &fork.joins {
                    self.add(body, &mut inside);
                }
                for (join, _) in &fork.joins {
                    inside.retain(|(number, _), _| *number != join.number);
                }
                inputs.extend(inside);
            }
            End::Yield
            | End::Continue(_)
            | End::Again { .. }
            | End::Break(_)
            | End::Output(_)
            | End::Nothing
            | End::Never => {}
        }
    }
}

/// Whether a body detaches branches.
pub(super) fn detaches(body: &Body<'_>) -> bool {
    let in_step = |step: &Step<'_>| match step {
        Step::Visit(_) | Step::Park(_) | Step::Enter(..) | Step::Edge(_) => false,
        Step::Map(map) if map.is_scoped => map.join.kind == JoinKind::Each,
        Step::Map(map) => detaches(&map.items),
        Step::Block(_, body) | Step::Loop(_, body) => detaches(body),
        Step::Fork(fork) => {
            let mut branches = fork.branches.iter();
            branches.any(|branch| !branch.is_scoped && detaches(&branch.body))
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
            End::Fork(fork) => {
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
