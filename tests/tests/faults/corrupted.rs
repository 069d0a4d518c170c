//! Frontiers that were changed where they were stored: each is refused with the place of the fault,
//! or runs to some end. None panics, hangs, or asks for more memory than its text is long.

use penguiflow::host::{Advance, Frontier};
use penguiflow::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[node]
async fn list(n: u8) -> Vec<u8> {
    (0..n).collect()
}

#[node]
async fn start(n: u8) -> u8 {
    n
}

#[node]
async fn one(n: u8) -> u8 {
    n.wrapping_add(1)
}

#[node]
async fn two(n: u8) -> u8 {
    n.wrapping_mul(2)
}

#[node]
async fn pair((one, two): (u8, u8)) -> u8 {
    one.wrapping_add(two)
}

#[node]
async fn pair_of((n, given): (u8, u8)) -> u8 {
    n.wrapping_add(given)
}

#[node]
async fn count(list: Vec<u8>) -> u8 {
    u8::try_from(list.len()).unwrap_or(u8::MAX)
}

#[node]
async fn settled((one, two): (Result<u8, NodeError>, Result<u8, NodeError>)) -> u8 {
    one.unwrap_or_default()
        .wrapping_add(two.unwrap_or_default())
}

/// The texts of a trace's frontier, after each of its steps.
async fn stored<F>(flow: &Flow<F>, input: F::In) -> Vec<Value>
where
    F: Advance<(), Out = u8, Step: Clone + Serialize + DeserializeOwned>,
{
    let mut frontier = flow.begin(Message::new(input));
    let mut texts = Vec::new();
    loop {
        texts.push(serde_json::to_value(&frontier).expect("plain data"));
        let Some((step, _)) = frontier.steps().next() else {
            return texts;
        };
        let step = frontier.take_step(step).expect("a step to run");
        frontier.absorb(flow.advance(step).await.expect("no node fails"));
    }
}

/// Each change of one place in a text.
fn changed(text: &Value) -> Vec<Value> {
    let mut changed = Vec::new();
    let mut places = vec![String::new()];
    while let Some(place) = places.pop() {
        let at = text.pointer(&place).expect("a place in it");
        let instead: Vec<Value> = match at {
            Value::Number(_) => [0, 1, 2, 9, u64::from(u32::MAX), u64::MAX]
                .map(Value::from)
                .to_vec(),
            Value::Bool(is) => vec![json!(!is)],
            Value::Array(list) if !list.is_empty() => {
                let mut twice = list.clone();
                twice.push(list[0].clone());
                let fewer = list[1..].to_vec();
                vec![json!([]), json!(fewer), json!(twice)]
            }
            Value::Object(_) if !place.is_empty() => vec![Value::Null],
            _ => Vec::new(),
        };
        for value in instead {
            let mut other = text.clone();
            *other.pointer_mut(&place).expect("the same place") = value;
            changed.push(other);
        }
        match at {
            Value::Array(list) => places.extend((0..list.len()).map(|n| format!("{place}/{n}"))),
            Value::Object(fields) => {
                places.extend(fields.keys().map(|key| format!("{place}/{key}")))
            }
            _ => {}
        }
    }
    changed
}

/// Reads all that a stored trace can be changed into, and runs what is read to its end.
async fn try_all<F>(flow: &Flow<F>, input: F::In) -> (usize, usize)
where
    F: Advance<(), Out = u8, Step: Clone + Serialize + DeserializeOwned>,
{
    let (mut refused, mut read) = (0, 0);
    for text in stored(flow, input).await {
        for changed in changed(&text) {
            let Ok(mut frontier) = serde_json::from_value::<Frontier<F::Step, u8>>(changed) else {
                refused += 1;
                continue;
            };
            read += 1;
            let mut steps = 0;
            while let Some(step) = frontier.next_step() {
                steps += 1;
                assert!(steps < 1_000, "it ends");
                match flow.advance(step).await {
                    Ok(emits) => drop(frontier.absorb(emits)),
                    Err(_) => break,
                }
                let again = serde_json::to_value(&frontier).expect("plain data");
                let again = serde_json::from_value::<Frontier<F::Step, u8>>(again);
                again.expect("what was accepted goes on as what is accepted");
            }
            let _ = frontier.resume(None, 7u8);
            if let Some(at) = frontier.next_expiry() {
                frontier.expire(at);
            }
            let _ = frontier.finish();
        }
    }
    (refused, read)
}

#[tokio::test(start_paused = true)]
async fn what_was_changed_is_refused_or_runs_to_an_end() {
    let join = flow! { #[flow(durable)] start -> [one, two] -> join -> pair };
    let race = flow! { #[flow(durable)] start -> [one, two] -> race -> start_again };
    let settle = flow! { #[flow(durable)] start -> [one, two] -> settle -> settled };
    let map = flow! { #[flow(durable)] list -> [one; 2] -> join -> count };
    let each = flow! { #[flow(durable)] list -> [one; 2] -> start };
    let parked = flow! {
        #[flow(durable)]
        start -> [one, two -> await u8 within "1s" -> pair_of] -> join -> pair
    };
    let nested =
        flow! { #[flow(durable)] list -> [[one, two] -> race -> start; 2] -> join -> count };
    let tried = [
        try_all(&join, 3).await,
        try_all(&race, 3).await,
        try_all(&settle, 3).await,
        try_all(&map, 3).await,
        try_all(&each, 3).await,
        try_all(&parked, 3).await,
        try_all(&nested, 2).await,
    ];
    for (refused, read) in tried {
        assert!(refused > 0 && read > 0, "{tried:?}");
    }
}
use start as start_again;

/// An id that comes again only as the trace goes on ends it, with an error that says why.
#[tokio::test]
async fn what_shows_as_the_trace_goes_on_ends_it() {
    let flow = flow! { #[flow(durable)] list -> [[one, two] -> race -> start; 2] -> join -> count };
    let mut texts = stored(&flow, 3).await;
    let mut text = texts.swap_remove(1);
    // The branches of this item have the ids of other items then.
    let map = text["joins"][0]["key"]["since"].clone();
    text["steps"][1]["cursor"]["id"] = map;
    let mut frontier = flow.begin(3);
    read_into(&mut frontier, text).expect("each of its places is one of the flow's");
    while let Some(step) = frontier.next_step() {
        frontier.absorb(flow.advance(step).await.expect("no node fails"));
    }
    let error = frontier.finish().expect_err("its steps share ids");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let text = error.to_string();
    assert!(text.contains("was changed where it was stored"), "{text}");
}

/// The error of a stored map after its first item, in which this place holds something else.
async fn refusal(place: &str, value: Value) -> String {
    let flow = flow! { #[flow(durable)] list -> [one; 2] -> join -> count };
    let mut texts = stored(&flow, 3).await;
    let mut text = texts.swap_remove(2);
    *text.pointer_mut(place).expect(place) = value;
    let mut frontier = flow.begin(3);
    let error = read_into(&mut frontier, text).expect_err("it was changed");
    error.to_string()
}

fn read_into<T: DeserializeOwned>(into: &mut T, text: Value) -> serde_json::Result<()> {
    *into = serde_json::from_value(text)?;
    Ok(())
}

#[tokio::test]
async fn a_refusal_names_the_place_and_what_is_there() {
    let join = refusal("/joins/0/key/join", json!(9)).await;
    assert_eq!(
        join,
        "joins[0].key.join: there is no join 9: the flow has 1"
    );
    let item = refusal("/steps/0/cursor/scopes/0/input", json!(u32::MAX)).await;
    assert_eq!(
        item,
        "steps[0].cursor.scopes[0].input: `join` has no input 4294967295: it has 3"
    );
    let total = refusal("/joins/0/items/total", json!(u64::MAX)).await;
    assert_eq!(
        total,
        "joins[0].items.total: a map of 18446744073709551615 has 0 items left"
    );
    let many = refusal("/joins/0/items/total", json!(u32::MAX)).await;
    assert_eq!(many, "joins[0].items.total: there are not 4294967295 items");
    let input = refusal("/joins/0/inputs/0/0", json!(8)).await;
    assert_eq!(input, "joins[0].inputs[0]: `join` has no input 8: it has 3");
    let since = refusal(
        "/joins/0/merged/cursor/scopes/0/since",
        json!("0000000000000008"),
    )
    .await;
    assert_eq!(
        since,
        "joins[0].merged.cursor.scopes: it came to another `join`"
    );
    let scope = json!({"join": 0, "since": "0000000000000008", "input": 0});
    let twice = json!([scope, scope]);
    let scopes = refusal("/steps/0/cursor/scopes", twice).await;
    assert_eq!(
        scopes,
        "steps[0].cursor.scopes[0]: `join` is not open there"
    );
}
