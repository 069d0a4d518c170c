//! The work: three steps on a record of some 200 bytes.

use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};

/// A record of some 200 bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Record {
    id: u64,
    text: String,
}

impl Record {
    pub(crate) fn new(id: u64) -> Self {
        Self {
            id,
            text: "penguins ".repeat(18),
        }
    }
}

#[node]
pub(crate) async fn parse(mut record: Record) -> Record {
    record.id += 1;
    record
}

#[node]
pub(crate) async fn enrich(mut record: Record) -> Record {
    record.id += 1;
    record
}

#[node]
pub(crate) async fn store(record: Record) -> u64 {
    record.id
}

flow! {
    /// The three steps.
    #[flow(durable)]
    pub(crate) struct Steps(Record) -> u64;

    parse -> enrich -> store;
}
