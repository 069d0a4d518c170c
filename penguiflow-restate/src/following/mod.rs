//! Those who follow a trace: each has a feed, whose items the driver gives and a handler returns.

mod batches;
mod feed;
mod handlers;
mod items;

pub(crate) use feed::Feed;
pub(crate) use handlers::{follow, return_item};
pub(crate) use items::{FollowRequest, Item, ItemRequest};
