//! The flow, with and without the table that lies in the example's folder.

use std::path::PathBuf;

use expect_test::expect;

use super::*;

/// Where messages go by a table; `None` is nowhere.
async fn routed(table: Table, lines: &[&str]) -> Result<Vec<Option<String>>, FlowError> {
    let flow = Desk::flow().with_state(Arc::new(table));
    let mut routed = Vec::new();
    for line in lines {
        routed.push(match flow.run(message(line)).await {
            Err(error) if error.kind() == ErrorKind::Filtered => None,
            result => Some(result?),
        });
    }
    Ok(routed)
}

fn somewhere(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Protects the original's golden output.
#[tokio::test]
async fn without_a_table_the_words_decide() -> Result<(), FlowError> {
    let routed = routed(Table::default(), &["metric-usage", "ad-spend"]).await?;
    assert_eq!(
        routed,
        [
            somewhere("[metrics] metric-usage"),
            somewhere("[general] ad-spend")
        ]
    );
    Ok(())
}

/// Protects the routing policy: it may take precedence over the words, either way, and it may veto.
#[tokio::test]
async fn the_table_overrules_the_words_of_its_tenants() -> Result<(), Box<dyn Error>> {
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("routes.toml");
    let lines = [
        "initech: metric-usage",
        "globex: ad-spend",
        "hooli: metric-usage",
        "acme: metric-usage",
    ];
    assert_eq!(
        routed(Table::read(&sample)?, &lines).await?,
        [
            somewhere("[general] metric-usage"),
            somewhere("[metrics] ad-spend"),
            None,
            somewhere("[metrics] metric-usage"),
        ]
    );
    Ok(())
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            consult[consult]
            metrics[metrics]
            general[general]
            Rookery([Rookery])
            OpenSea -->|String| consult
            consult -->|"Letter { ruled: Some(Route::Metrics), text }"| metrics
            consult -->|"Letter { ruled: None, text } if text.starts_with(&quot;metric&quot;)"| metrics
            consult -->|"Letter { text, .. }"| general
            metrics -->|String| Rookery
            general -->|String| Rookery
    "#]].assert_eq(&Desk::flow().graph().to_mermaid());
}
