//! The line, each node with a policy that never has to act.

use harness::{Prompt, Question};
use penguiflow::prelude::*;

use crate::nodes::persistent::{pack, retrieve, triage};

flow! {
    pub(crate) struct Persistent(Question) -> Prompt;

    triage -> retrieve -> pack;
}
