//! The flow without the command line.

use expect_test::expect;

use super::*;

/// Protects the original's golden output.
#[tokio::test]
async fn the_workers_results_are_joined() -> Result<(), FlowError> {
    assert_eq!(
        Work::flow().run("task".to_owned()).await?,
        "task::A,task::B"
    );
    Ok(())
}

#[tokio::test]
async fn what_fails_before_the_workers_reaches_the_caller() {
    let error = Work::flow().run(" ".to_owned()).await;
    let error = error.expect_err("nothing to do");
    expect!["node `check` failed: the task is empty"].assert_eq(&error.to_string());
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            check[check]
            a[a]
            b[b]
            join{{join}}
            merge[merge]
            Rookery([Rookery])
            OpenSea -->|String| check
            check -->|String| a
            check -->|String| b
            a -->|String| join
            b -->|String| join
            join -->|"(String, String)"| merge
            merge -->|String| Rookery
    "#]]
    .assert_eq(&Work::flow().graph().to_mermaid());
}
