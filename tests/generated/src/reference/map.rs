//! Maps: each item goes through the chain, a bounded number of them at a time.

use penguiflow::ErrorKind;

use super::event::{Event, Loss, Time, Token, What};
use super::value::Value;
use super::{Failure, Walk};
use crate::generator::{JoinKind, Map};

impl Walk<'_> {
    pub(super) fn map(&mut self, map: &Map, token: Token) -> Vec<Event> {
        let Value::Many(items) = token.value.clone() else {
            unreachable!("a map is given a list");
        };
        let [_, name] = &map.names;
        let step = token.step.behind().joined(map.number);
        let behind = self.behind(name, token.clone(), step);
        let wanted = match map.kind {
            None | Some(JoinKind::Race) => 1,
            Some(JoinKind::Quorum(wanted)) => wanted,
            Some(JoinKind::Join | JoinKind::Settle) => 0,
        };
        if map.max.is_some_and(|max| items.len() > max) {
            return vec![token.lost(Some(too_many(name)))];
        }
        if items.len() < wanted {
            let failure = map.kind.map(|_| behind.unjoined());
            return vec![token.lost(failure)];
        }
        let branches = match map.kind {
            Some(kind) => self.in_branches(kind, |walk| walk.items(map, items, &token)),
            None => self.items(map, items, &token),
        };
        match map.kind {
            Some(kind) => self.meet(kind, branches, &behind),
            None => branches
                .into_iter()
                .flatten()
                .map(|event| by_itself(event, name))
                .collect(),
        }
    }

    /// What becomes of each item: it begins as soon as one of those before it is over.
    fn items(&mut self, map: &Map, items: Vec<Value>, token: &Token) -> Vec<Vec<Event>> {
        let mut hands = Hands::new(map.at_once, token.time);
        let is_among_others = token.is_among_others || map.at_once > 1;
        let tolerates = map.kind.is_some_and(JoinKind::drops);
        let items = items.into_iter().enumerate().map(|(number, value)| {
            let item = Token {
                value,
                time: hands.take(),
                from: map.names[0].clone(),
                step: token.step.item(number),
                is_among_others,
                ..token.clone()
            };
            let loss = Loss {
                failure: None,
                stamps: item.stamps.clone(),
                rounds: item.rounds,
            };
            let begun = item.time;
            let events = self.chain(&map.chain, item);
            let over = over(&events, begun, tolerates);
            hands.give(over);
            ended(events, over, loss)
        });
        items.collect()
    }
}

fn too_many(map: &str) -> Failure {
    Failure {
        kind: ErrorKind::Invalid,
        node: map.to_owned(),
        attempts: 0,
        again: false,
    }
}

/// When an item is over: when all that happens in it is, or, where losses are tolerated, with the
/// first of them, which drops the rest.
fn over(events: &[Event], begun: Time, tolerates: bool) -> Time {
    let is_loss = |event: &&Event| tolerates && matches!(event.what, What::Lost(_));
    let losses = events.iter().filter(is_loss).map(|event| event.time);
    let ends = events.iter().filter(|event| event.is_end());
    losses
        .reduce(Time::min)
        .unwrap_or_else(|| ends.fold(begun, |over, event| over.max(event.time)))
}

/// An item that is over and has not come is lost, if it was not lost before.
fn ended(mut events: Vec<Event>, over: Time, loss: Loss) -> Vec<Event> {
    let is_told = |event: &Event| matches!(event.what, What::Came(_) | What::Lost(_));
    if !events.iter().any(is_told) {
        events.push(over.of(What::Lost(loss)));
    }
    events
}

/// Goes on without the others.
fn by_itself(event: Event, name: &str) -> Event {
    match event.what {
        What::Came(token) => Token {
            from: name.to_owned(),
            // It went to the map's end, and out of it.
            step: token.step.behind().behind(),
            is_among_others: true,
            ..token
        }
        .came(),
        what => event.time.of(what),
    }
}

/// So many items at a time: when each hand is free, at the soonest and at the latest.
struct Hands {
    first: Vec<u64>,
    last: Vec<u64>,
}

impl Hands {
    fn new(hands: usize, now: Time) -> Self {
        Self {
            first: vec![now.first; hands],
            last: vec![now.last; hands],
        }
    }

    /// When the next hand is free.
    fn take(&mut self) -> Time {
        let first = take_least(&mut self.first);
        let last = take_least(&mut self.last);
        Time { first, last }
    }

    fn give(&mut self, over: Time) {
        self.first.push(over.first);
        self.last.push(over.last);
    }
}

fn take_least(times: &mut Vec<u64>) -> u64 {
    times.sort_unstable();
    times.remove(0)
}
