//! Faults of the original in what it reports: latencies, observers, pictures.

use std::sync::mpsc::channel;
use std::time::Duration;

use penguiflow::Event;
use penguiflow::prelude::*;

use penguiflow_tests::support::{ms, watched};

#[node]
async fn instant(n: u64) -> u64 {
    n
}

#[node]
async fn slow(n: u64) -> u64 {
    tokio::time::sleep(ms(50)).await;
    n
}

/// An instant node with a slow successor was said to take 50 ms.
#[tokio::test(start_paused = true)]
async fn b06_a_latency_is_the_nodes_own() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { instant -> slow });
    let running = flow.capacity(2).start();
    for n in 0..6 {
        running.emit(n).await?;
    }
    running.stop().await;
    let latencies = |node: &str| {
        let events = seen.events().into_iter();
        let ends = events.filter(|event| event.event.as_str() == "node_success");
        let own = ends.filter(|event| event.node_name == Some(node));
        own.map(|event| event.latency_ms).collect::<Vec<_>>()
    };
    assert_eq!(latencies("instant"), [Some(0.0); 6]);
    assert_eq!(latencies("slow"), [Some(50.0); 6]);
    Ok(())
}

/// Five instant messages took 193 ms with an observer of 20 ms. This one does not return
/// before the flow is done: if the flow waited for it, the test would not end.
#[tokio::test]
async fn b23_an_observer_is_off_the_data_path() -> Result<(), FlowError> {
    let (done, is_done) = channel::<()>();
    let flow = flow! { instant -> instant_too }.observe(move |_: &Event| {
        let _ = is_done.recv_timeout(Duration::from_secs(60));
    });
    for n in 0..5 {
        assert_eq!(flow.run(n).await?, n);
    }
    drop(done);
    Ok(())
}

#[node]
async fn instant_too(n: u64) -> u64 {
    n
}

#[node(name = "say \"hi\"")]
async fn greet(n: u64) -> u64 {
    n
}

/// Ten runs printed ten different texts, and quotes broke the DOT.
#[test]
fn c09_pictures_are_the_same_every_time_and_quoted() {
    let print = || {
        let flow = flow! { instant -> slow -> greet; instant -> instant_too -> greet };
        [
            flow.graph().to_mermaid(),
            flow.graph().to_dot(),
            flow.graph().to_json(),
        ]
    };
    let [mermaid, dot, json] = print();
    for _ in 0..10 {
        assert_eq!(print(), [mermaid.clone(), dot.clone(), json.clone()]);
    }
    assert!(dot.contains(r#""say \"hi\"" [shape = box];"#), "{dot}");
    assert!(
        mermaid.contains(r#"say__hi_["say &quot;hi&quot;"]"#),
        "{mermaid}"
    );
    assert!(json.contains(r#""name": "say \"hi\"""#), "{json}");
}

#[node(name = "a b")]
async fn spaced(n: u64) -> u64 {
    n
}

#[node(name = "a_b")]
async fn joined(n: u64) -> u64 {
    n
}

#[node]
#[allow(non_snake_case)]
async fn Rookery(n: u64) -> u64 {
    n
}

#[node]
async fn first((n, _): (u64, u8)) -> u64 {
    n
}

use first as first2;

/// Two nodes of a picture never merge: names that are spelled alike in Mermaid, the ends of a
/// flow, and places that wait for the same type.
#[test]
fn each_node_of_a_picture_is_a_node_of_its_own() {
    let flow = flow! { spaced -> await u8 -> first -> await u8 -> first2 -> joined -> Rookery };
    expect_test::expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            a_b["a b"]
            await_u8("await u8")
            first[first]
            await_u8_2("await u8")
            first2[first2]
            a_b_2[a_b]
            Rookery_2[Rookery]
            Rookery([Rookery])
            OpenSea -->|u64| a_b
            a_b -->|u64| await_u8
            await_u8 -->|"(u64, u8)"| first
            first -->|u64| await_u8_2
            await_u8_2 -->|"(u64, u8)"| first2
            first2 -->|u64| a_b_2
            a_b_2 -->|u64| Rookery_2
            Rookery_2 -->|u64| Rookery
    "#]]
    .assert_eq(&flow.graph().to_mermaid());
    expect_test::expect![[r#"
        digraph "flow" {
            rankdir = TB;
            OpenSea [shape = ellipse];
            "a b" [shape = box];
            "await u8" [shape = box, style = rounded];
            "first" [shape = box];
            "await u8_2" [shape = box, style = rounded, label = "await u8"];
            "first2" [shape = box];
            "a_b" [shape = box];
            "Rookery_2" [shape = box, label = "Rookery"];
            Rookery [shape = ellipse];
            "OpenSea" -> "a b" [label = "u64"];
            "a b" -> "await u8" [label = "u64"];
            "await u8" -> "first" [label = "(u64, u8)"];
            "first" -> "await u8_2" [label = "u64"];
            "await u8_2" -> "first2" [label = "(u64, u8)"];
            "first2" -> "a_b" [label = "u64"];
            "a_b" -> "Rookery_2" [label = "u64"];
            "Rookery_2" -> "Rookery" [label = "u64"];
        }
    "#]]
    .assert_eq(&flow.graph().to_dot());
}
