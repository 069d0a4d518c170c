//! The headers that nodes set: each stamps its number into the topic, and into one of two entries of
//! the meta data, so that branches set the same and different ones.

use std::collections::BTreeMap;

use penguiflow::{Headers, Message};

/// The entries that nodes stamp.
const ENTRIES: [&str; 2] = ["even", "odd"];

/// What nodes have stamped on a message: the topic under `topic`, and the entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamps(BTreeMap<&'static str, String>);

fn entry(node: u16) -> &'static str {
    ENTRIES[usize::from(node % 2)]
}

/// The message as a node leaves it.
pub(crate) fn stamped<T>(message: Message<T>, node: u16) -> Message<T> {
    message
        .topic(node.to_string())
        .meta(entry(node), node.to_string())
}

/// Takes all stamps off.
pub fn take_off(headers: &mut Headers) {
    headers.topic = None;
    for entry in ENTRIES {
        headers.meta.remove(entry);
    }
}

impl Stamps {
    /// Those of a message that left the flow.
    pub fn of(headers: &Headers) -> Self {
        let topic = headers.topic.iter().map(|topic| ("topic", topic));
        let entries = ENTRIES.into_iter();
        let entries = entries.filter_map(|entry| Some((entry, headers.meta.get(entry)?)));
        let all = topic.chain(entries);
        Self(all.map(|(entry, node)| (entry, node.clone())).collect())
    }

    /// A node sets them.
    pub(crate) fn set(&mut self, node: u16) {
        for entry in ["topic", entry(node)] {
            self.0.insert(entry, node.to_string());
        }
    }

    /// Adds what is there in others and not here.
    pub(crate) fn add(&mut self, others: &Self) {
        for (entry, node) in &others.0 {
            self.0.entry(entry).or_insert_with(|| node.clone());
        }
    }
}
