//! A line of three nodes.

use harness::{Prompt, Question};
use penguiflow::prelude::*;

use crate::nodes::{pack, retrieve, retrieve_computing, retrieve_slowly, triage};

flow! {
    pub(crate) struct Line(Question) -> Prompt;

    triage -> retrieve -> pack;
}

flow! {
    pub(crate) struct Slow(Question) -> Prompt;

    triage -> retrieve_slowly -> pack;
}

flow! {
    pub(crate) struct Computing(Question) -> Prompt;

    triage -> retrieve_computing -> pack;
}
