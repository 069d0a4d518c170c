//! The envelope goes along every route: the original's typed router took bare payloads only,
//! and lost the trace id and the deadline (fault b14).

use penguiflow::prelude::*;

use super::{Topic, any, chat, sql, triage};
use penguiflow_tests::support::{Notebook, ms, secs};

flow! {
    #[flow(durable)]
    struct Answer(String) -> String;

    triage -> match {
        Topic::Sql(query) => sql(query),
        Topic::Doc { title, .. } => about(title) -> [chat, sql],
        Topic::Chat(_) => any,
    } -> label;
}

/// Changes the headers after an arm.
#[node]
async fn about(title: Message<String>) -> Message<String> {
    let topic = title.payload.clone();
    title.topic(topic)
}

#[node]
async fn label(text: String, headers: Headers, ctx: Ctx) -> String {
    let Headers {
        tenant,
        topic,
        priority,
        ..
    } = headers;
    format!("{text} {tenant} {topic:?} {priority} {:?}", ctx.remaining())
}

fn message(text: &str) -> Message<String> {
    let message = Message::new(text.to_owned()).tenant("acme").topic("t");
    message.priority(2).meta("k", "v").deadline_in(secs(20))
}

#[tokio::test(start_paused = true)]
async fn nodes_behind_an_arm_see_the_headers_and_the_deadline() -> Result<(), FlowError> {
    let flow = Answer::flow();
    assert_eq!(
        flow.run_all(message("select 1")).await?,
        [r#"sql<select 1> acme Some("t") 2 Some(20s)"#]
    );
    assert_eq!(
        flow.run_all(message("read Tao 9")).await?,
        [
            r#"chat<Tao> acme Some("Tao") 2 Some(20s)"#,
            r#"sql<Tao> acme Some("Tao") 2 Some(20s)"#
        ]
    );
    Ok(())
}

#[tokio::test]
async fn b14_a_routed_output_is_in_its_own_envelope() -> Result<(), FlowError> {
    let running = Answer::flow().start();
    for text in ["select 1", "hi"] {
        let message = message(text);
        let sent = message.clone();
        assert_eq!(
            running.emit(message).await.expect("it is running"),
            sent.trace_id
        );
        let got = running.fetch().await.expect("a result for each message")?;
        let mut got = got.with(());
        // Reported by the result alone.
        got.elapsed = std::time::Duration::ZERO;
        assert_eq!(got, sent.with(()));
    }
    Ok(())
}

#[node]
async fn waits(query: String, State(notes): State<Notebook>) -> String {
    notes.write("begins");
    tokio::time::sleep(secs(60)).await;
    query
}

/// The deadline cuts a node after an arm as it cuts any other.
#[tokio::test(start_paused = true)]
async fn the_deadline_cuts_a_routed_node() {
    let notes = Notebook::new();
    let flow = flow! {
        #[flow(durable)]
        triage -> match { Topic::Sql(query) => waits(query), _ => any }
    };
    let flow = flow.with_state(notes.clone());
    let message = Message::new("select 1".to_owned()).deadline_in(ms(30));
    let error = flow.run(message).await.expect_err("it takes too long");
    assert_eq!(
        (error.node(), error.kind()),
        (Some("waits"), ErrorKind::DeadlineExceeded)
    );
    assert_eq!(notes.timed(), [(0, "begins".to_owned())]);
}

/// An error after an arm says whose message it was.
#[tokio::test]
async fn an_error_behind_an_arm_has_the_envelope() {
    let flow =
        flow! { #[flow(durable)] triage -> match { Topic::Sql(query) => fails(query), _ => any } };
    let message = message("select 1");
    let id = message.trace_id;
    let error = flow.run(message).await.expect_err("it fails");
    assert_eq!(
        (error.trace_id(), error.headers().tenant.as_str()),
        (id, "acme")
    );
}

#[node]
async fn fails(query: String) -> Result<String, String> {
    Err(query)
}
