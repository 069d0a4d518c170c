//! Flows that nodes call: an idempotency key belongs to one call, whatever the order in which calls
//! happen to arrive.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::try_join_all;
use futures_util::stream::{FuturesUnordered, TryStreamExt};
use penguiflow::prelude::*;

use penguiflow_tests::support::{ms, secs};

type Customer = &'static str;

/// The customers that each idempotency key was used for, and how often.
#[derive(Clone, Default)]
struct Charged(Arc<Mutex<BTreeMap<String, Vec<Customer>>>>);

impl Charged {
    fn charge(&self, key: String, customer: Customer) {
        let mut charged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        charged.entry(key).or_default().push(customer);
    }

    /// Each customer has a key, and each key one customer, who was charged so often.
    fn is_sound(&self, times: usize) -> bool {
        let charged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let customers: BTreeSet<_> = charged.values().flatten().collect();
        let are_alike = |of_key: &Vec<Customer>| of_key.iter().all(|other| *other == of_key[0]);
        charged.len() == customers.len()
            && charged.values().all(are_alike)
            && charged.values().all(|of_key| of_key.len() == times)
    }
}

#[node]
async fn pay(customer: Customer, State(charged): State<Charged>, ctx: Ctx) {
    charged.charge(ctx.idempotency_key(), customer);
}

flow! {
    struct Charge(Customer) -> ();

    pay;
}

/// A customer that is neither hashed nor shown.
struct Opaque(Customer);

#[node]
async fn pay_slowly(customer: Opaque, State(charged): State<Charged>, ctx: Ctx) {
    charged.charge(ctx.idempotency_key(), customer.0);
    tokio::time::sleep(secs(1)).await;
}

flow! {
    struct ChargeOpaque(Opaque) -> ();

    pay_slowly;
}

const CUSTOMERS: [Customer; 2] = ["ann", "bob"];

/// The work before a call: longer for another customer in each attempt.
fn work(place: usize, ctx: &Ctx) -> Duration {
    match place as u32 == ctx.attempt() % 2 {
        true => ms(10),
        false => ms(20),
    }
}

/// The first two attempts fail when all is done.
fn third_time_lucky(ctx: &Ctx) -> Result<(), BoxError> {
    match ctx.attempt() {
        2 => Ok(()),
        _ => Err("not yet".into()),
    }
}

#[node(retries = 2, backoff = "1ms")]
async fn bill(_: (), State(charged): State<Charged>, ctx: Ctx) -> Result<(), BoxError> {
    let charge = Charge::flow().with_state(charged);
    let calls = CUSTOMERS.iter().enumerate().map(async |(place, customer)| {
        tokio::time::sleep(work(place, &ctx)).await;
        ctx.call(&charge, *customer).await
    });
    try_join_all(calls).await?;
    third_time_lucky(&ctx)
}

#[node(retries = 2, backoff = "1ms")]
async fn bill_keyed(_: (), State(charged): State<Charged>, ctx: Ctx) -> Result<(), BoxError> {
    let charge = ChargeOpaque::flow().with_state(charged);
    let calls = CUSTOMERS.iter().enumerate().map(async |(place, customer)| {
        tokio::time::sleep(work(place, &ctx)).await;
        ctx.call_keyed(customer, &charge, Opaque(customer)).await
    });
    try_join_all(calls).await?;
    third_time_lucky(&ctx)
}

/// A key that was one customer's belonged to another one after a retry.
#[tokio::test(start_paused = true)]
async fn a_key_never_serves_two_customers() -> Result<(), FlowError> {
    let charged = Charged::default();
    flow! { bill }.with_state(charged.clone()).run(()).await?;
    assert!(charged.is_sound(3), "{:?}", charged.0);

    let charged = Charged::default();
    flow! { bill_keyed }
        .with_state(charged.clone())
        .run(())
        .await?;
    assert!(charged.is_sound(3), "{:?}", charged.0);
    Ok(())
}

/// The first attempt charges one customer, and fails before it comes to the other.
#[node(retries = 1, backoff = "1ms")]
async fn bill_in_part(_: (), State(charged): State<Charged>, ctx: Ctx) -> Result<(), BoxError> {
    let charge = Charge::flow().with_state(charged);
    if ctx.attempt() == 0 {
        ctx.call(&charge, "bob").await?;
        return Err("not yet".into());
    }
    ctx.call(&charge, "ann").await?;
    Ok(ctx.call(&charge, "bob").await?)
}

#[tokio::test(start_paused = true)]
async fn a_key_waits_for_its_customer() -> Result<(), FlowError> {
    let charged = Charged::default();
    flow! { bill_in_part }
        .with_state(charged.clone())
        .run(())
        .await?;
    let charged = charged.0.lock().unwrap_or_else(PoisonError::into_inner);
    let by_key: BTreeSet<_> = charged.values().cloned().collect();
    assert_eq!(by_key, BTreeSet::from([vec!["ann"], vec!["bob", "bob"]]));
    Ok(())
}

#[node(retries = 2, backoff = "1ms")]
async fn bill_opaque(_: (), State(charged): State<Charged>, ctx: Ctx) -> Result<(), FlowError> {
    let charge = ChargeOpaque::flow().with_state(charged);
    let calls = CUSTOMERS.iter().enumerate().map(async |(place, customer)| {
        tokio::time::sleep(work(place, &ctx)).await;
        ctx.call(&charge, Opaque(customer)).await
    });
    try_join_all(calls).await.map(drop)
}

/// In the order of the code, whatever runs first: all calls are made before one of them runs.
#[node(retries = 2, backoff = "1ms")]
async fn bill_in_order(_: (), State(charged): State<Charged>, ctx: Ctx) -> Result<(), BoxError> {
    let charge = ChargeOpaque::flow().with_state(charged);
    let calls = CUSTOMERS.map(|customer| ctx.call(&charge, Opaque(customer)));
    let mut calls: FuturesUnordered<_> = calls.into_iter().collect();
    while calls.try_next().await?.is_some() {}
    third_time_lucky(&ctx)
}

/// One at a time, so that the second call begins while the first runs no more; the third begins
/// while the second runs, since `map_concurrent` takes items in their order.
#[node(retries = 2, backoff = "1ms")]
async fn bill_by_map(_: (), State(charged): State<Charged>, ctx: Ctx) -> Result<(), BoxError> {
    let charge = ChargeOpaque::flow().with_state(charged);
    let customers = ["ann", "bob", "cid", "dan"];
    map_concurrent(customers, |customer| ctx.call(&charge, Opaque(customer)), 2).await?;
    third_time_lucky(&ctx)
}

#[tokio::test(start_paused = true)]
async fn calls_that_nothing_tells_apart_are_refused() -> Result<(), FlowError> {
    let charged = Charged::default();
    let flow = flow! { bill_opaque }.with_state(charged.clone());
    let error = flow.run(()).await.expect_err("who is who?");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Failed, 1));
    assert!(
        error
            .to_string()
            .contains("`ctx.call_keyed(key, &flow, input)`")
    );

    for charged in [charged, Charged::default()] {
        assert!(charged.is_sound(1));
    }
    let charged = Charged::default();
    flow! { bill_in_order }
        .with_state(charged.clone())
        .run(())
        .await?;
    assert!(charged.is_sound(3), "{:?}", charged.0);
    let charged = Charged::default();
    flow! { bill_by_map }
        .with_state(charged.clone())
        .run(())
        .await?;
    assert!(charged.is_sound(3), "{:?}", charged.0);
    Ok(())
}

/// Some at once, as they come.
#[node]
async fn bill_as_they_come(
    _: (),
    State(charged): State<Charged>,
    ctx: Ctx,
) -> Result<(), FlowError> {
    let charge = ChargeOpaque::flow().with_state(charged);
    let call = |customer| ctx.call(&charge, Opaque(customer));
    let mut calls: FuturesUnordered<_> = ["ann", "bob"].into_iter().map(call).collect();
    calls.try_next().await?;
    calls.push(call("cid"));
    while calls.try_next().await?.is_some() {}
    Ok(())
}

flow! {
    #[flow(retries = 1, backoff = "1ms")]
    struct Bill(()) -> ();

    bill_as_they_come;
}

/// A visit that is never run again may do as it likes. One that is run again as another visit, by a
/// host or since the flow around it is tried again, cannot find its calls again.
#[tokio::test(start_paused = true)]
async fn a_visit_that_may_be_run_again_calls_in_order_or_by_key() -> Result<(), FlowError> {
    let state = Charged::default();
    let plain = flow! { bill_as_they_come }.with_state(state.clone());
    plain.run(()).await?;

    let tried_again = flow! { Bill }.with_state(state.clone());
    let error = tried_again.run(()).await.expect_err("who is who?");
    assert!(error.to_string().contains("call_keyed"), "{error}");

    let kept = flow! { #[flow(durable)] bill_as_they_come }.with_state(state);
    let mut frontier = kept.begin(());
    let step = frontier.next_step().expect("a step");
    let error = kept.advance(step).await.map(drop).expect_err("who is who?");
    assert!(error.to_string().contains("call_keyed"), "{error}");
    Ok(())
}

#[node]
async fn key(_: u32, ctx: Ctx) -> String {
    ctx.idempotency_key()
}

flow! {
    struct Key(u32) -> String;

    key;
}

flow! {
    struct OtherKey(u32) -> String;

    key;
}

#[node]
async fn keys(n: u32, ctx: Ctx) -> Result<Vec<String>, FlowError> {
    let key = Key::flow();
    let other = OtherKey::flow();
    let mut keys = vec![
        ctx.call_keyed("a", &key, n).await?,
        ctx.call_keyed("b", &key, n).await?,
        ctx.call_keyed("a", &other, n).await?,
        ctx.call_keyed(7, &key, n).await?,
        ctx.call(&key, n).await?,
        ctx.call(&key, n).await?,
        ctx.idempotency_key(),
    ];
    assert_eq!(ctx.call_keyed("a".to_owned(), &key, n).await?, keys[0]);
    keys.sort();
    Ok(keys)
}

/// A key is the call's, on every machine: it is part of what other services have stored.
#[tokio::test]
async fn keyed_calls_are_known_by_key_and_flow() -> Result<(), Box<dyn std::error::Error>> {
    let trace_id: TraceId = "4bf92f3577b34da6a3ce929d0e0e4736".parse()?;
    let keys = flow! { keys }
        .run(Message::new(1).trace_id(trace_id))
        .await?;
    let different: BTreeSet<_> = keys.iter().collect();
    assert_eq!(different.len(), keys.len());
    let steps = keys.iter().filter_map(|key| key.split_once('-'));
    let steps: Vec<_> = steps.map(|(_, step)| step).collect();
    expect_test::expect![[r#"
        0f7268dde0ea75b2
        68a51b73a1eada4f
        706ede5cfcdc9a1c
        9a992b1e1c944187
        9e3779b97f4a7c15
        c051d9eb6c8fad4e
        f2b764e6e1e2c17a"#]]
    .assert_eq(&steps.join("\n"));
    Ok(())
}

/// What an extractor makes of the context shares the calls of the parameter `Ctx`.
struct Caller(Ctx);

impl<S: Sync> Extract<S> for Caller {
    type Rejection = std::convert::Infallible;

    async fn extract(visit: &penguiflow::VisitParts<'_, S>) -> Result<Self, Self::Rejection> {
        Ok(Self(visit.ctx()))
    }
}

#[node]
async fn two_contexts(n: u32, caller: Caller, ctx: Ctx) -> Result<bool, FlowError> {
    let flow = Key::flow();
    Ok(caller.0.call(&flow, n).await? != ctx.call(&flow, n).await?)
}

#[tokio::test]
async fn calls_by_two_contexts_of_a_visit_are_two_calls() -> Result<(), FlowError> {
    assert!(flow! { two_contexts }.run(1).await?);
    Ok(())
}
