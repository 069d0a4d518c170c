//! What the lot does with steps and values, without flows.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::{AwaitInfo, FlowId, Instant, ParkingLot, ParkingSlot, StepId, TraceId, Wait};
use crate::graph::{Given, given_back};

fn id(bits: u128) -> TraceId {
    TraceId::from_u128(bits).expect("it is not zero")
}

fn step(number: u64) -> StepId {
    serde_json::from_value(format!("{number:016x}").into()).expect("an id is 16 digits")
}

fn park(lot: &ParkingLot, trace: u128, number: u64, flow: Option<FlowId>) -> ParkingSlot<'_> {
    static PLACE: AwaitInfo = AwaitInfo::of::<u8>("await u8");
    let wait = Wait {
        trace_id: id(trace),
        step: step(number),
        place: &PLACE,
        since: Instant::now(),
        until: None,
        shown: None,
    };
    lot.park(wait, flow)
}

fn poll(slot: &mut ParkingSlot<'_>) -> Option<u8> {
    let mut cx = Context::from_waker(Waker::noop());
    match pin!(slot).poll(&mut cx) {
        Poll::Ready((given, _)) => Some(given_back(given)),
        Poll::Pending => None,
    }
}

fn steps(lot: &ParkingLot) -> Vec<StepId> {
    lot.parked().iter().map(|parked| parked.step).collect()
}

fn give(lot: &ParkingLot, trace: u128, step: Option<StepId>, value: u8) -> Result<(), u8> {
    lot.give(id(trace), step, Box::new(value))
        .map_err(given_back)
}

#[test]
fn a_value_goes_to_the_first_step_of_its_trace_that_waits_for_it() {
    let lot = ParkingLot::default();
    let [mut other, mut first, mut second] =
        [(1, 1), (2, 2), (2, 3)].map(|(trace, number)| park(&lot, trace, number, None));
    assert_eq!(steps(&lot), [step(1), step(2), step(3)]);
    assert_eq!(give(&lot, 2, None, 7), Ok(()));
    assert_eq!(steps(&lot), [step(1), step(3)], "it waits no more");
    assert_eq!(give(&lot, 2, None, 8), Ok(()));
    assert_eq!(give(&lot, 2, None, 9), Err(9));
    assert_eq!((poll(&mut first), poll(&mut second)), (Some(7), Some(8)));
    assert_eq!(poll(&mut other), None);
}

#[test]
fn a_value_goes_to_the_step_that_is_named() {
    let lot = ParkingLot::default();
    let [mut first, mut second] = [1, 2].map(|number| park(&lot, 1, number, None));
    assert_eq!(give(&lot, 1, Some(step(2)), 7), Ok(()));
    assert_eq!(give(&lot, 1, Some(step(2)), 8), Err(8));
    assert_eq!(give(&lot, 1, Some(step(3)), 9), Err(9));
    assert_eq!((poll(&mut first), poll(&mut second)), (None, Some(7)));
}

#[test]
fn who_waits_for_another_type_is_passed_over() {
    let lot = ParkingLot::default();
    let _slot = park(&lot, 1, 1, None);
    let given: Given = Box::new("seven");
    let back = lot.give(id(1), None, given).expect_err("it waits for a u8");
    assert_eq!(given_back::<&str>(back), "seven");
}

#[test]
fn a_dropped_slot_leaves_nothing_behind() {
    let lot = ParkingLot::default();
    let (waits, given) = (park(&lot, 1, 1, None), park(&lot, 1, 2, None));
    assert_eq!(give(&lot, 1, Some(step(2)), 7), Ok(()));
    drop((waits, given));
    assert_eq!(give(&lot, 1, None, 8), Err(8));
    let slots = lot.slots();
    assert!(slots.taken.is_empty() && slots.waiting.is_empty());
}

/// A flow that was started twice may have the same trace in both.
#[test]
fn a_withdrawn_step_is_given_nothing_and_others_are() {
    let lot = ParkingLot::default();
    let (one, other) = (FlowId::of(&1), FlowId::of(&2));
    let mut slots = [
        park(&lot, 1, 1, Some(one)),
        park(&lot, 1, 2, Some(other)),
        park(&lot, 2, 3, Some(one)),
        park(&lot, 2, 4, None),
    ];
    lot.withdraw(one, Some(id(1)));
    assert_eq!(steps(&lot), [step(2), step(3), step(4)]);
    assert_eq!(give(&lot, 1, None, 7), Ok(()));
    assert_eq!(give(&lot, 1, None, 8), Err(8));
    lot.withdraw(one, None);
    assert_eq!(steps(&lot), [step(4)]);
    let given: Vec<_> = slots.iter_mut().map(poll).collect();
    assert_eq!(given, [None, Some(7), None, None]);
}
