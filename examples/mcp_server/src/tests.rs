//! The flows, and the desk with the server in the same process.

use std::collections::BTreeMap;

use expect_test::expect;
use penguiflow::prelude::*;

use crate::desk::{Desk, McpServer};
use crate::nodes::{Approval, Audit, Audits, Ledger, Order, Orders, Refund};
use crate::serve::server;

fn order() -> Order {
    Order {
        number: 7,
        cents: 300,
    }
}

/// Protects what clients see of the tools.
#[tokio::test]
async fn the_tools_are_listed() -> Result<(), Box<dyn std::error::Error>> {
    let tools = server(None).await?.tools();
    let lines = tools.iter().map(|tool| {
        let output = tool
            .output_schema
            .as_ref()
            .map(|schema| &schema["properties"]);
        let fields = output.and_then(|fields| fields.as_object());
        let fields: Vec<_> = fields
            .into_iter()
            .flat_map(|fields| fields.keys())
            .collect();
        let description = tool.description.as_deref().unwrap_or_default();
        format!("{}: {description} -> {fields:?}\n", tool.name)
    });
    expect![[r#"
        Audit: Looks through orders, one after the other. -> ["result"]
        Ledger: Counts the audits: begun, completed, cancelled. -> ["begun", "cancelled", "completed"]
        Refund: Pays an order back. The user is asked for approval. -> ["cents", "note", "number"]
    "#]]
    .assert_eq(&lines.collect::<String>());
    Ok(())
}

/// Protects the way of a refund, approved or not.
#[tokio::test]
async fn a_refund_is_paid_as_somebody_decides() -> Result<(), Box<dyn std::error::Error>> {
    for (approved, cents) in [(true, 300), (false, 0)] {
        let flow = Refund::flow();
        let mut parkings = flow.parkings();
        let running = flow.start();
        let call = tokio::spawn(running.call(order()));
        let parked = parkings.next().await.expect("the flow is there");
        let note = Some("late".to_owned());
        flow.resume(parked.trace_id, Approval { approved, note })
            .await?;
        assert_eq!(call.await??.cents, cents);
    }
    let free = Order {
        number: 8,
        cents: 0,
    };
    let error = Refund::flow().run(free).await.expect_err("it cost nothing");
    assert!(
        error.to_string().contains("order 8 cost nothing"),
        "{error}"
    );
    Ok(())
}

/// Protects the counts that a client sees after it has abandoned a call.
#[tokio::test(start_paused = true)]
async fn an_audit_that_is_dropped_is_counted() -> Result<(), FlowError> {
    let audits = Audit::flow().start();
    assert_eq!(audits.call(Orders { count: 2 }).await?, 2);
    drop(audits.call(Orders { count: 2 }));
    let ledger = Ledger::flow().with_state(audits);
    let counts = Audits {
        begun: 1,
        completed: 1,
        cancelled: 0,
    };
    assert_eq!(ledger.run(()).await?, counts);
    Ok(())
}

/// Protects the node that calls a tool: its output, its chunks, and its error.
#[tokio::test]
async fn a_node_calls_a_tool_whose_progress_is_its_own() -> Result<(), Box<dyn std::error::Error>> {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    tokio::spawn(server(None).await?.serve_on(theirs));
    let server = McpServer::connect(ours, |question| {
        assert_eq!(question, "Pay 300 cents back for order 7?");
        Ok(true)
    });
    let flow = Desk::flow().with_state(server.await?);
    let mut trace = flow.trace(order());
    let mut seen = BTreeMap::new();
    while let Some(item) = trace.next().await {
        match item? {
            TraceItem::Chunk(chunk) => *seen.entry(chunk.text).or_insert(0) += 1,
            TraceItem::Output(receipt) => assert_eq!(receipt.payload.cents, 300),
            _ => {}
        }
    }
    assert!(seen.contains_key("checking order 7"), "{seen:?}");

    let free = Order {
        number: 8,
        cents: 0,
    };
    let error = flow.run(free).await.expect_err("the tool fails");
    assert!(
        format!("{error:#}").contains("order 8 cost nothing"),
        "{error:#}"
    );
    Ok(())
}
