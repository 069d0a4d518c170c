//! What those are given who follow a trace: items, each with its number in their feed.

use penguiflow::host::ParkedStep;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Something that a trace gives to who follows it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Item {
    /// An array of chunks, as they were journalled.
    Chunks(Box<RawValue>),
    /// The message of an output.
    Output(Box<RawValue>),
    /// The steps that wait for values, whenever these are others than before.
    Waits(Vec<ParkedStep>),
    /// The feed has no more: the trace is over, or somebody else follows it.
    End,
}

/// Who asks for an item, which is there as soon as the trace has come to it.
#[derive(Serialize, Deserialize)]
pub(crate) struct ItemRequest {
    pub(crate) feed: String,
    /// Counted from 0.
    pub(crate) number: u64,
    /// Whether it is known that the trace is over: an item that is not there now is the end of the feed.
    pub(crate) is_over: bool,
}

/// Who asks a running trace to give a feed of this name what it comes to from now on.
#[derive(Serialize, Deserialize)]
pub(crate) struct FollowRequest {
    /// The invocation that runs the trace, as the engine calls it.
    pub(crate) invocation: String,
    pub(crate) feed: String,
}
