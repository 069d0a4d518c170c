//! The accounts, without tasks.

use super::{Accounts, Answer, Ending, Envelope, MessageKey, Settings};
use crate::message::Message;
use crate::small_list::SmallList;

fn accounts(settings: Settings) -> Accounts<u8, u8> {
    Accounts::new(settings, 1)
}

/// Emits a message and takes it out of the inbox.
fn begin(accounts: &mut Accounts<u8, u8>, input: u8) -> MessageKey {
    assert!(accounts.places.try_take(), "there is capacity");
    accounts.emit(input, Envelope::of(Message::new(())).1);
    let (key, _, _) = accounts.next().expect("it was emitted");
    key
}

fn output(value: u8) -> Ending<u8> {
    Ok(SmallList::from((value, Envelope::of(Message::new(())).1)))
}

fn value(answer: Option<Answer<u8>>) -> Option<u8> {
    answer?.ok().map(|(value, _)| value)
}

#[test]
fn a_cancelled_message_is_settled_once() {
    let mut accounts = accounts(Settings::default());
    let key = begin(&mut accounts, 1);
    assert_eq!(accounts.cancel(None), (1, false));
    assert!(accounts.settle(key, output(1)).is_ok());
    let ledger = accounts.ledger;
    assert_eq!(
        (ledger.emitted, ledger.cancelled, ledger.completed),
        (1, 1, 0)
    );
    let afterwards = accounts.afterwards.take().expect("an output to drop");
    assert_eq!(afterwards.answers.len(), 1);
}

#[test]
fn what_was_cancelled_in_the_inbox_is_passed_over() {
    let mut accounts = accounts(Settings::default());
    accounts.emit(1, Envelope::of(Message::new(())).1);
    accounts.cancel(None);
    accounts.emit(2, Envelope::of(Message::new(())).1);
    assert_eq!(accounts.next().map(|(_, input, _)| input), Some(2));
    let afterwards = accounts.afterwards.take().expect("an input to drop");
    assert_eq!(afterwards.inputs, [1]);
}

#[test]
fn an_ending_waits_for_room_and_is_woken_by_a_fetch() {
    let mut accounts = accounts(Settings {
        backlog: 1,
        ..Settings::default()
    });
    let (first, second) = (begin(&mut accounts, 1), begin(&mut accounts, 2));
    assert!(accounts.settle(first, output(1)).is_ok());
    let ending = accounts.settle(second, output(2)).expect_err("it is full");
    let waker = std::task::Waker::noop();
    assert!(accounts.waits_for_room(second, &ending, waker));
    assert_eq!(accounts.ledger.in_flight, 1);
    assert_eq!(value(accounts.take()), Some(1));
    assert!(accounts.afterwards.take().is_some(), "it is woken");
    assert!(!accounts.waits_for_room(second, &ending, waker));
    assert!(accounts.settle(second, ending).is_ok());
    assert_eq!(value(accounts.take()), Some(2));
}

#[test]
fn ordered_answers_keep_the_order_of_the_emits() {
    let mut accounts = accounts(Settings {
        ordered: true,
        ..Settings::default()
    });
    let keys: Vec<_> = (0..4).map(|n| begin(&mut accounts, n)).collect();
    for place in [3, 1, 0, 2] {
        let number = u8::try_from(place).expect("a few");
        assert!(accounts.settle(keys[place], output(number)).is_ok());
    }
    let values: Vec<_> = std::iter::from_fn(|| value(accounts.take())).collect();
    assert_eq!(values, [0, 1, 2, 3]);
}

#[test]
fn a_parked_message_frees_its_place() {
    let mut accounts = accounts(Settings {
        capacity: 1,
        ..Settings::default()
    });
    let parked = begin(&mut accounts, 1);
    accounts.park(parked);
    let other = begin(&mut accounts, 2);
    accounts.resume(parked);
    assert!(accounts.settle(parked, output(1)).is_ok());
    assert!(!accounts.places.try_take(), "the other one holds it");
    assert!(accounts.settle(other, output(2)).is_ok());
    assert!(accounts.places.try_take());
}

#[test]
fn a_call_gives_no_answer_and_keeps_no_order() {
    let mut accounts = accounts(Settings {
        ordered: true,
        capacity: 3,
        ..Settings::default()
    });
    let first = begin(&mut accounts, 1);
    assert!(accounts.places.try_take());
    let call = accounts.begin_call(Envelope::of(Message::new(())).1);
    let second = begin(&mut accounts, 2);
    for (key, number) in [(first, 1), (second, 2)] {
        assert!(accounts.settle(key, output(number)).is_ok());
        assert_eq!(value(accounts.take()), Some(number));
    }
    accounts.close();
    assert!(!accounts.is_idle() && !accounts.is_over());
    assert!(accounts.settle_call(call, Ok(())).is_some());
    assert!(accounts.is_idle() && accounts.is_over());
    assert!(accounts.settle_call(call, Ok(())).is_none());
    assert_eq!(accounts.ledger.completed, 3);
    assert!(accounts.take().is_none());
}

#[test]
fn a_cancelled_call_is_over() {
    let mut accounts = accounts(Settings::default());
    assert!(accounts.places.try_take());
    let call = accounts.begin_call(Envelope::of(Message::new(())).1);
    assert_eq!(accounts.cancel(None), (1, false));
    assert!(accounts.is_idle());
    assert!(accounts.settle_call(call, Ok(())).is_none());
    assert_eq!(
        (accounts.ledger.cancelled, accounts.ledger.completed),
        (1, 0)
    );
}
