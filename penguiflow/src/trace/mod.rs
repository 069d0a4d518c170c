//! Functions that the straight code of a trace calls between visits: branches and their joins
//! (`branch`, `join_cell`, `unjoined`), maps (`map_items`), detached branches (`detached`), places
//! where a trace parks (`park`), playbooks (`play`), outputs and their stream (`outputs`,
//! `stream`).
//!
//! Nothing about a trace lives outside the future that runs it: dropping it is cancelling it.

mod branch;
mod detached;
mod first_poll;
mod join_cell;
mod line;
mod map_items;
mod outputs;
mod park;
mod play;
mod span;
mod stream;
mod unjoined;

pub use branch::{
    Branch, BranchResult, BranchTo, FirstResult, Places, PollBranch, boxed, by_slot,
    first_branches, join_all_or_none, join_branches, only, settle,
};
pub use detached::{DetachedBranch, DetachedBranches};
pub use join_cell::{JoinCell, JoinInput, JoinValue, run_to_input};
pub use line::{Line, LinePart, take_input};
pub(crate) use line::{OutputForm, all_outputs, output_in_form, run_line, run_playbook};
pub use map_items::{each_item, first_items, join_items, settle_items};
pub use outputs::Outputs;
pub use play::play;
pub(crate) use span::TraceSpan;
pub use stream::{Trace, TraceItem};
