//! The errors of joins that are left waiting.

use crate::error::{ErrorKind, FlowError};
use crate::graph::JoinInfo;
use crate::visit::Cursor;

/// How many missing inputs an error names.
const LISTED: usize = 5;

impl Cursor<'_> {
    /// The error of a join to which nothing came from some of its inputs.
    #[cold]
    pub fn unjoined(&self, join: &JoinInfo, have_come: &[bool]) -> FlowError {
        let inputs = have_come.iter().enumerate();
        let missing = inputs.filter(|(_, has_come)| !**has_come);
        let mut missing: Vec<_> = missing.map(|(slot, _)| join.input_name(slot)).collect();
        if let Some(more) = missing.len().checked_sub(LISTED + 1) {
            missing.truncate(LISTED);
            missing.push(format!("{} more", more + 1));
        }
        let missing = missing.join(", ");
        self.left_waiting(
            join,
            format!("was left waiting: nothing came from {missing}"),
        )
    }

    /// The error of a join that takes more items than there are.
    #[cold]
    pub(super) fn too_few(&self, join: &JoinInfo, wanted: usize, items: usize) -> FlowError {
        let reason =
            format!("was left waiting: it takes {wanted} of the items, and there are {items}");
        self.left_waiting(join, reason)
    }

    /// The error of a map that is given more items than it takes.
    #[cold]
    pub(super) fn too_many(&self, join: &JoinInfo, max: usize, items: usize) -> FlowError {
        let reason = format!("was given {items} items, and its map takes {max} at most");
        self.fails(self.error(ErrorKind::Invalid, reason).at(join.name, 0))
    }

    fn left_waiting(&self, join: &JoinInfo, reason: String) -> FlowError {
        self.fails(self.error(ErrorKind::Unjoined, reason).at(join.name, 0))
    }
}
