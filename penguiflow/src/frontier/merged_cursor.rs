//! The cursor after a join, merged from those of its inputs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use crate::graph::HeaderRule;
use crate::message::{Envelope, Headers};

/// The cursor of the first of a join's inputs in the order of the flow, with the soonest deadline
/// and the most rounds of all, and the headers that others may add to its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct MergedCursor {
    first: u32,
    cursor: Cursor,
    /// The headers of later inputs, as far as they have what the first one lacked.
    #[serde(default)]
    later: BTreeMap<u32, Headers>,
}

impl MergedCursor {
    pub(super) fn new(input: u32, cursor: Cursor) -> Self {
        Self {
            first: input,
            cursor,
            later: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, input: u32, mut other: Cursor, rule: HeaderRule) {
        let deadlines = [self.cursor.envelope.deadline(), other.envelope.deadline()];
        let hops = self.cursor.hops.max(other.hops);
        let mut place = input;
        if input <= self.first {
            place = std::mem::replace(&mut self.first, input);
            std::mem::swap(&mut self.cursor, &mut other);
        }
        // An input that comes again takes the place of itself.
        self.later.remove(&input);
        if place != self.first && rule == HeaderRule::All {
            self.keep_headers(place, &other.envelope);
        }
        let deadline = deadlines.into_iter().flatten().min();
        self.cursor.envelope.set_deadline(deadline);
        self.cursor.hops = hops;
    }

    /// Keeps the headers of a later input, if the first one lacks any of them.
    fn keep_headers(&mut self, input: u32, envelope: &Envelope) {
        if self.cursor.envelope.lacks_headers_of(envelope) {
            self.later.insert(input, envelope.headers().clone());
        }
    }

    pub(super) fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    pub(super) fn cursor_mut(&mut self) -> &mut Cursor {
        &mut self.cursor
    }

    pub(super) fn into_cursor(mut self) -> Cursor {
        for headers in self.later.values() {
            self.cursor.envelope.add_headers(headers);
        }
        self.cursor
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::MergedCursor;
    use crate::frontier::cursor::Cursor;
    use crate::graph::HeaderRule;
    use crate::message::{Headers, Message};

    fn cursor(topic: &str, deadline: Option<Instant>, hops: u32) -> Cursor {
        with(Message::new(()).topic(topic), deadline, hops)
    }

    fn with(message: Message<()>, deadline: Option<Instant>, hops: u32) -> Cursor {
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
        merged.add(2, cursor("two", None, 7), HeaderRule::First);
        merged.add(0, cursor("zero", Some(soon), 1), HeaderRule::First);
        let cursor = merged.into_cursor();
        assert_eq!(cursor.envelope.headers().topic.as_deref(), Some("zero"));
        assert_eq!((cursor.envelope.deadline(), cursor.hops), (Some(now), 7));
    }

    /// What each input has: the last two have the same key.
    fn inputs() -> [Message<()>; 4] {
        let message = || Message::new(());
        [
            message().meta("a", "0"),
            message(),
            message().topic("two").meta("a", "2").meta("b", "2"),
            message().tenant("three").meta("b", "3"),
        ]
    }

    fn merged(order: [u32; 4], rule: HeaderRule) -> Headers {
        let input = |input: u32| with(inputs()[input as usize].clone(), None, 0);
        let [first, later @ ..] = order;
        let mut merged = MergedCursor::new(first, input(first));
        for at in later {
            merged.add(at, input(at), rule);
        }
        merged.into_cursor().envelope.headers().clone()
    }

    const ORDERS: [[u32; 4]; 6] = [
        [0, 1, 2, 3],
        [3, 2, 1, 0],
        [1, 3, 0, 2],
        [2, 3, 1, 0],
        [3, 0, 2, 1],
        [2, 0, 3, 1],
    ];

    #[test]
    fn a_header_is_that_of_the_first_input_that_has_it_whichever_comes_first() {
        let expected = Message::new(()).tenant("three").topic("two");
        let expected = expected.meta("a", "0").meta("b", "2").headers;
        for order in ORDERS {
            assert_eq!(merged(order, HeaderRule::All), expected, "{order:?}");
        }
    }

    #[test]
    fn by_the_rule_first_no_input_adds_anything() {
        for order in ORDERS {
            let expected = Message::new(()).meta("a", "0").headers;
            assert_eq!(merged(order, HeaderRule::First), expected, "{order:?}");
        }
    }

    #[test]
    fn an_input_that_comes_again_counts_once() {
        let rule = HeaderRule::All;
        let input = |message| with(message, None, 0);
        let mut merged = MergedCursor::new(1, input(Message::new(()).topic("gone")));
        merged.add(2, input(Message::new(()).tenant("gone")), rule);
        merged.add(2, input(Message::new(())), rule);
        merged.add(1, input(Message::new(())), rule);
        assert_eq!(*merged.into_cursor().envelope.headers(), Headers::default());
    }
}
