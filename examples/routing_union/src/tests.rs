//! The flow without the command line.

use expect_test::expect;

use super::*;

/// Protects the original's golden output.
#[tokio::test]
async fn each_variant_goes_to_its_node() -> Result<(), FlowError> {
    let [penguins, metrics] = TASKS.map(str::to_owned);
    let flow = Work::flow();
    assert_eq!(flow.run(penguins).await?, "web::penguins");
    assert_eq!(flow.run(metrics).await?, "sql::metrics");
    Ok(())
}

/// Protects fault b14 of the original: its union router lost the envelope.
#[tokio::test]
async fn the_envelope_travels_along() -> Result<(), FlowError> {
    let running = Work::flow().start();
    let task = Message::new(TASKS[0].to_owned()).tenant("acme");
    let id = running.emit(task).await?;
    let output = running.fetch().await.expect("one result per task")?;
    assert_eq!((output.trace_id, &*output.headers.tenant), (id, "acme"));
    Ok(())
}

/// Protects the caller: the original dropped such a message, and its caller hung.
#[tokio::test]
async fn a_task_of_no_kind_is_an_error() {
    let task = r#"{"kind": "fax", "number": 1}"#.to_owned();
    let error = Work::flow().run(task).await.expect_err("there is no fax");
    expect![
        "node `read` failed: unknown variant `fax`, expected `web` or `sql` at line 1 column 14"
    ]
    .assert_eq(&error.to_string());
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            read[read]
            web[web]
            sql[sql]
            Rookery([Rookery])
            OpenSea -->|String| read
            read -->|"Task::Web { query }"| web
            read -->|"Task::Sql { table }"| sql
            web -->|String| Rookery
            sql -->|String| Rookery
    "#]]
    .assert_eq(&Work::flow().graph().to_mermaid());
}
