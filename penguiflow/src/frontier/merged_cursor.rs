//! The cursor after a join, merged from those of its inputs.

use serde::{Deserialize, Serialize};

use super::cursor::Cursor;

/// The cursor of the first of a join's inputs in the order of the flow, with the soonest deadline
/// and the most rounds of all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct MergedCursor {
    first: u32,
    cursor: Cursor,
}

impl MergedCursor {
    pub(super) fn new(input: u32, cursor: Cursor) -> Self {
        let first = input;
        Self { first, cursor }
    }

    pub(super) fn add(&mut self, input: u32, mut other: Cursor) {
        let deadlines = [self.cursor.envelope.deadline(), other.envelope.deadline()];
        let hops = self.cursor.hops.max(other.hops);
        if input <= self.first {
            self.first = input;
            std::mem::swap(&mut self.cursor, &mut other);
        }
        let deadline = deadlines.into_iter().flatten().min();
        self.cursor.envelope.set_deadline(deadline);
        self.cursor.hops = hops;
    }

    pub(super) fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    pub(super) fn into_cursor(self) -> Cursor {
        self.cursor
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::MergedCursor;
    use crate::frontier::cursor::Cursor;
    use crate::message::Message;

    fn cursor(topic: &str, deadline: Option<Instant>, hops: u32) -> Cursor {
        let message = Message::new(()).topic(topic);
        let (_, mut cursor) = Cursor::start(message);
        cursor.envelope.set_deadline(deadline);
        cursor.hops = hops;
        cursor
    }

    #[test]
    fn the_first_input_gives_the_headers_and_all_give_their_limits() {
        let now = Instant::now();
        let soon = now + Duration::from_secs(1);
        let mut merged = MergedCursor::new(1, cursor("one", Some(now), 3));
        merged.add(2, cursor("two", None, 7));
        merged.add(0, cursor("zero", Some(soon), 1));
        let cursor = merged.into_cursor();
        assert_eq!(cursor.envelope.headers().topic.as_deref(), Some("zero"));
        assert_eq!((cursor.envelope.deadline(), cursor.hops), (Some(now), 7));
    }
}
