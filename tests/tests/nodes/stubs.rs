//! Stubs: closures in the place of nodes.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use penguiflow::Event;
use penguiflow::prelude::*;
use penguiflow_tests::by_json::same;
use tokio::time::{Instant, sleep};

#[node]
async fn triage(question: String) -> String {
    question.to_lowercase()
}

/// Would read a file.
#[node]
async fn read(question: String) -> io::Result<String> {
    std::fs::read_to_string(question)
}

/// The same, with a policy, by reference.
#[node(
    timeout = "2s",
    retries = 2,
    backoff = "1s",
    jitter = false,
    concurrency = 1
)]
async fn retrieve(question: &String, headers: &Headers) -> io::Result<String> {
    std::fs::read_to_string(format!("{}{question}", headers.tenant))
}

#[node]
async fn apologize(failed: Failed<String>) -> String {
    format!("sorry: {}", failed.error)
}

#[derive(Clone)]
struct Shout;

#[node]
impl Shout {
    async fn call(&self, text: &str) -> Option<String> {
        Some(text.to_uppercase())
    }
}

flow! {
    #[flow(durable)]
    struct Search(String) -> String;

    triage -> retrieve;
}

fn known(question: &String) -> io::Result<String> {
    Ok(format!("known of {question}"))
}

#[tokio::test]
async fn a_stub_takes_its_nodes_place_in_this_value_and_its_later_clones() -> Result<(), FlowError>
{
    let before = flow! { triage -> read };
    let flow = before
        .clone()
        .stub::<read>(|question: String| async move { known(&question) });
    assert_eq!(flow.run("Krill".to_owned()).await?, "known of krill");
    let clone = flow.clone();
    assert_eq!(clone.run_owned("Krill".to_owned()).await?, "known of krill");
    let error = before.run("Krill".to_owned()).await.expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::Failed);
    let again = flow.stub::<read>(|_: String| async { Ok("the last one holds".to_owned()) });
    assert_eq!(again.run(String::new()).await?, "the last one holds");
    Ok(())
}

#[tokio::test]
async fn a_stub_by_reference_and_one_of_a_struct() -> Result<(), FlowError> {
    let flow = flow! {
        let shout: Shout = Shout;
        triage -> retrieve -> shout
    };
    let flow = flow
        .stub::<retrieve>(|question: &String| std::future::ready(known(question)))
        .stub::<Shout>(|text: &String| {
            let quiet = (!text.is_empty()).then(|| text.clone());
            async move { quiet }
        });
    assert_eq!(flow.run("Krill".to_owned()).await?, "known of krill");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn retries_timeouts_limits_and_fallbacks_apply() -> Result<(), FlowError> {
    let calls = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&calls);
    let flow = flow! { triage -> retrieve else apologize };
    let flow = flow.stub::<retrieve>(move |question: &String| {
        let (call, slow) = (count.fetch_add(1, Ordering::Relaxed), question == "slow");
        async move {
            if slow {
                sleep(Duration::from_secs(60)).await;
            }
            match call {
                0 => Err(io::Error::other("the connection was lost")),
                _ => Ok("found".to_owned()),
            }
        }
    });
    let began = Instant::now();
    assert_eq!(flow.run("fast".to_owned()).await?, "found");
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    assert_eq!(
        flow.run("slow".to_owned()).await?,
        "sorry: node `retrieve` exceeded its timeout of 2s after 3 attempts"
    );
    assert_eq!(calls.load(Ordering::Relaxed), 5);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn only_so_many_stubs_run_at_once() {
    let running = Arc::new(AtomicU32::new(0));
    let (inside, most) = (Arc::clone(&running), Arc::new(AtomicU32::new(0)));
    let seen = Arc::clone(&most);
    let flow = Search::flow().stub::<retrieve>(move |_: &String| {
        let (inside, seen) = (Arc::clone(&inside), Arc::clone(&seen));
        async move {
            seen.fetch_max(
                inside.fetch_add(1, Ordering::Relaxed) + 1,
                Ordering::Relaxed,
            );
            sleep(Duration::from_secs(1)).await;
            inside.fetch_sub(1, Ordering::Relaxed);
            Ok(String::new())
        }
    });
    let running = flow.start();
    for _ in 0..4 {
        running.emit(String::new()).await.expect("it succeeds");
    }
    assert_eq!(running.stop().await.completed, 4);
    assert_eq!(most.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn events_are_those_of_the_node() -> Result<(), FlowError> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let events = Arc::clone(&seen);
    let flow = flow! { triage -> read }
        .observe(move |event: &Event| {
            let node = event.node_name.unwrap_or_default();
            events
                .lock()
                .expect("it succeeds")
                .push((event.event, node));
        })
        .stub::<read>(|_: String| async { Ok(String::new()) });
    flow.run(String::new()).await?;
    flow.flush().await;
    let seen = seen.lock().expect("it succeeds");
    for kind in [EventKind::NodeStart, EventKind::NodeSuccess] {
        assert!(seen.contains(&(kind, "read")), "{seen:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_panic_of_the_closure_is_one_of_the_node() {
    let flow = flow! { triage -> read };
    let flow = flow.stub::<read>(|question: String| {
        assert!(!question.is_empty(), "nothing was asked");
        async { Ok(question) }
    });
    let error = flow.run(String::new()).await.expect_err("it fails");
    assert_eq!(error.to_string(), "node `read` panicked: nothing was asked");
}

#[node]
async fn ask(question: String, ctx: Ctx) -> Result<String, FlowError> {
    let flow =
        Search::flow().stub::<retrieve>(|question: &String| std::future::ready(known(question)));
    ctx.call(&flow, question).await
}

#[tokio::test]
async fn playbooks_have_the_stubs_and_called_flows_their_own() -> Result<(), FlowError> {
    let flow = flow! { triage -> Search }
        .stub::<retrieve>(|question: &String| std::future::ready(Ok(format!("{question}!"))));
    assert_eq!(flow.run("A".to_owned()).await?, "a!");
    let flow = flow! { ask -> Search }
        .stub::<retrieve>(|question: &String| std::future::ready(Ok(format!("{question}!"))));
    assert_eq!(flow.run("A".to_owned()).await?, "known of a!");
    Ok(())
}

#[node]
async fn sender(text: String, headers: Headers) -> String {
    format!("{text} of {}", headers.tenant)
}

#[tokio::test]
async fn a_playbook_has_a_stub_as_a_whole_which_keeps_the_headers() -> Result<(), FlowError> {
    let flow = flow! { Search -> sender };
    let stubbed = flow.clone().stub::<Search>(|question: String| async move {
        match question.as_str() {
            "" => Search::flow().run("no such file".to_owned()).await,
            _ => Ok(question),
        }
    });
    let message = Message::new("krill".to_owned()).tenant("acme");
    assert_eq!(stubbed.run(message).await?, "krill of acme");
    let error = stubbed.run(String::new()).await.expect_err("it fails");
    assert!(
        error.to_string().starts_with("node `Search` failed: "),
        "{error}"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn durable_steps_and_streams_run_the_stub() -> Result<(), FlowError> {
    let flow =
        Search::flow().stub::<retrieve>(|question: &String| std::future::ready(known(question)));
    assert_eq!(same!(flow, "Krill".to_owned())?, ["known of krill"]);
    let flow = flow! { #[flow(durable)] triage -> read };
    let flow = flow.stub::<read>(|question: String| async move { known(&question) });
    assert_eq!(same!(flow, "Krill".to_owned())?, ["known of krill"]);
    Ok(())
}

#[test]
#[should_panic = "no node of `Search` is called `read`: its nodes are `triage`, `retrieve`"]
fn a_stub_of_a_node_that_the_flow_does_not_have_is_a_mistake() {
    let _ = Search::flow().stub::<read>(|_: String| async { Ok(String::new()) });
}
