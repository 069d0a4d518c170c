//! A flow is started in a later version, over traces of an earlier one.

use penguiflow::prelude::*;
use penguiflow_sqlite::{Error, Running, Start};
use serde_json::{Value, json};

use crate::{Place, error, payload};
use start as start2;

#[node]
async fn start(n: u32) -> u32 {
    n + 1
}

/// Fails until the later version, so that its traces are dead letters.
#[node]
async fn fail(n: u32) -> std::io::Result<u32> {
    Err(std::io::Error::other(format!("{n} is refused")))
}

#[node]
async fn approved((n, yes): (u32, bool)) -> String {
    format!("{n}: {yes}")
}

#[node(alias = "approved")]
async fn published((n, yes): (u32, bool)) -> String {
    format!("{n} is published: {yes}")
}

#[node(name = "approved")]
async fn approved_by((n, yes): (u32, bool)) -> String {
    format!("{n} by {yes}")
}

#[node]
async fn show(n: u32) -> String {
    n.to_string()
}

#[node]
async fn spell(n: u32) -> String {
    format!("number {n}")
}

#[node(name = "spell")]
async fn spell_texts(text: String) -> String {
    format!("text {text}")
}

/// Two versions of a flow have one name.
macro_rules! version {
    ($module:ident: $($flow:tt)*) => {
        mod $module {
            use super::*;
            flow! {
                #[flow(durable)]
                pub(super) struct Numbers(u32) -> String;
                $($flow)*
            }
        }
    };
}

version!(parked: start -> await bool -> approved;);
version!(longer: start -> start2 -> await bool -> published;);
version!(chosen: start -> await bool -> approved_by;);
version!(without_await: start -> show;);
version!(failing: start -> fail -> spell;);
version!(without_fail: start -> spell;);
version!(with_texts: start -> show -> spell_texts;);

/// Starts the first version, and leaves `count` traces that wait in the store.
async fn leave_parked(place: &Place, count: u32) {
    let store = place.open().await;
    let running = store
        .start(parked::Numbers::flow())
        .await
        .expect("it starts");
    for n in 0..count {
        running.emit(n).await.expect("it is stored");
    }
    while running.parked(10).await.expect("the store works").len() < count as usize {
        tokio::task::yield_now().await;
    }
    running.stop().await;
    drop(running);
    store.close().await;
}

async fn refused<In, Out>(start: Start<In, Out>) -> String
where
    In: Send + 'static,
    Out: serde::de::DeserializeOwned + Send + 'static,
{
    match start.await {
        Err(error @ Error::Changed { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_added_node_and_a_renamed_one_with_an_alias_go_on() {
    let place = Place::new();
    leave_parked(&place, 1).await;
    let store = place.open().await;
    let running = store.start(longer::Numbers::flow()).await;
    let running = running.expect("nothing that it relies on has changed");
    let parked = running.parked(10).await.expect("the store works");
    running
        .resume(parked[0].trace_id, true)
        .await
        .expect("it waits");
    assert_eq!(payload(&running).await, "1 is published: true");
}

#[tokio::test]
async fn a_flow_that_cannot_go_on_with_its_traces_does_not_start() {
    let place = Place::new();
    leave_parked(&place, 2).await;
    let store = place.open().await;
    for _ in 0..2 {
        assert_eq!(
            refused(store.start(without_await::Numbers::flow())).await,
            "`Numbers` has changed, and the store has traces that it cannot go on with: there is no node \
             `await bool` (2 traces). Give renamed nodes an `alias`, or start it by `migrate` or \
             `bury_unknown`"
        );
    }
    // The earlier version is still the one that the store knows.
    let running = store
        .start(parked::Numbers::flow())
        .await
        .expect("it starts");
    for trace in running.parked(10).await.expect("the store works") {
        running
            .resume(trace.trace_id, true)
            .await
            .expect("it waits");
    }
    let outputs = [payload(&running).await, payload(&running).await];
    assert!(outputs.contains(&"1: true".to_owned()), "{outputs:?}");
    running.stop().await;
    drop(running);
    // Without such traces, the later one starts.
    let running = store.start(without_await::Numbers::flow()).await;
    running.expect("no trace waits").stop().await;
}

#[tokio::test]
async fn traces_that_cannot_go_on_become_dead_letters_where_that_is_asked_for() {
    let place = Place::new();
    leave_parked(&place, 1).await;
    let store = place.open().await;
    let start = store.start(without_await::Numbers::flow()).bury_unknown();
    let running = start.await.expect("it starts");
    running.emit(7).await.expect("it is stored");
    let reason = "the flow has changed: there is no node `await bool`";
    let said = error(&running).await.to_string();
    assert!(said.contains(reason), "{said}");
    assert_eq!(payload(&running).await, "8");
    let dead = running.dead(0, 10).await.expect("the store works");
    assert_eq!(dead.len(), 1);
    running.stop().await;
    drop(running);

    // The earlier version goes on with it.
    let running = store
        .start(parked::Numbers::flow())
        .await
        .expect("it starts");
    retry(&running, &dead[0]).await;
    while running
        .parked(10)
        .await
        .expect("the store works")
        .is_empty()
    {
        tokio::task::yield_now().await;
    }
    running
        .resume(dead[0].trace_id, false)
        .await
        .expect("it waits");
    assert_eq!(payload(&running).await, "1: false");
}

async fn retry<In, Out>(running: &Running<In, Out>, dead: &penguiflow_sqlite::DeadLetter)
where
    In: Send + 'static,
    Out: serde::de::DeserializeOwned + Send + 'static,
{
    running.retry(dead.trace_id).await.expect("it is dead");
}

/// Leaves a dead letter at `fail`.
async fn leave_dead(place: &Place) {
    let store = place.open().await;
    let running = store
        .start(failing::Numbers::flow())
        .await
        .expect("it starts");
    running.emit(1).await.expect("it is stored");
    error(&running).await;
    running.stop().await;
    drop(running);
    store.close().await;
}

#[tokio::test]
async fn a_dead_letter_is_looked_at_and_migrated() {
    let place = Place::new();
    leave_dead(&place).await;
    let store = place.open().await;
    let list = refused(store.start(without_fail::Numbers::flow())).await;
    assert!(list.contains("there is no node `fail` (1 trace)"), "{list}");

    let rename = |mut stored: Value| {
        for step in stored["steps"].as_array_mut().into_iter().flatten() {
            let input = step["step"]["fail"].take();
            step["step"] = json!({ "spell": input });
        }
        Ok(stored)
    };
    let start = store.start(without_fail::Numbers::flow()).migrate(rename);
    let running = start.await.expect("it was migrated");
    let dead = running.dead(0, 10).await.expect("the store works");
    assert_eq!(dead.len(), 1, "it is dead as before");
    retry(&running, &dead[0]).await;
    assert_eq!(payload(&running).await, "number 2");
}

#[tokio::test]
async fn a_node_that_takes_something_else_is_migrated_with_its_input() {
    let place = Place::new();
    leave_dead(&place).await;
    let store = place.open().await;
    let refuse = |_: Value| Err("the owner was asked".to_owned());
    let list = refused(store.start(with_texts::Numbers::flow()).migrate(refuse)).await;
    assert!(list.contains("the owner was asked (1 trace)"), "{list}");

    // What the migration returns must fit.
    let wrong = |stored: Value| Ok(stored);
    let list = refused(store.start(with_texts::Numbers::flow()).migrate(wrong)).await;
    assert!(list.contains("`fail`"), "{list}");

    let convert = |mut stored: Value| {
        let input = stored["steps"][0]["step"]["fail"].to_string();
        stored["steps"][0]["step"] = json!({ "spell": input });
        Ok(stored)
    };
    let start = store.start(with_texts::Numbers::flow()).migrate(convert);
    let running = start.await.expect("it was migrated");
    let dead = running.dead(0, 10).await.expect("the store works");
    retry(&running, &dead[0]).await;
    assert_eq!(payload(&running).await, "text 2");
}

#[tokio::test]
async fn a_name_that_a_node_has_chosen_is_the_stored_one() {
    let place = Place::new();
    leave_parked(&place, 1).await;
    let store = place.open().await;
    let running = store
        .start(chosen::Numbers::flow())
        .await
        .expect("it starts");
    let parked = running.parked(10).await.expect("the store works");
    running
        .resume(parked[0].trace_id, true)
        .await
        .expect("it waits");
    assert_eq!(payload(&running).await, "1 by true");
}

mod of_texts {
    use super::*;

    flow! {
        #[flow(durable)]
        pub(super) struct Numbers(String) -> String;
        spell_texts;
    }
}

#[tokio::test]
async fn a_schedule_whose_input_does_not_fit_refuses_the_start_and_can_be_replaced() {
    let place = Place::new();
    let store = place.open().await;
    let running = store.start(parked::Numbers::flow()).await;
    let running = running.expect("it starts");
    for name in ["a yearly one", "b hourly"] {
        let put = running.schedule(name, "0 0 1 1 *", &7).await;
        put.expect("it is stored");
    }
    running.stop().await;

    let text = refused(store.start(of_texts::Numbers::flow())).await;
    for name in [
        "the schedule `a yearly one`: ",
        "; the schedule `b hourly`: ",
    ] {
        assert!(text.contains(name), "{text}");
    }
    assert!(text.contains("invalid type: integer `7`"), "{text}");

    let running = store.start(of_texts::Numbers::flow()).bury_unknown().await;
    let running = running.expect("it starts nothing by them");
    for name in ["a yearly one", "b hourly"] {
        let text = "seven".to_owned();
        let put = running.schedule(name, "* * * * * *", &text).await;
        put.expect("it is stored");
    }
    assert_eq!(payload(&running).await, "text seven");
    running.stop().await;
    let running = store.start(of_texts::Numbers::flow()).await;
    running.expect("it fits now").stop().await;
}
