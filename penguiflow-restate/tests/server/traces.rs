//! The list of a flow's traces, and calls that nobody waits for.

use penguiflow::host::{HostedState, TraceFilter};
use penguiflow::prelude::*;
use penguiflow_restate::{Error, endpoint};

use crate::support::{registered, server};
use crate::{Approval, Press, Refusing, resumed};

/// Protects who looks at a flow: each trace is listed by what it is at.
#[tokio::test]
async fn the_traces_of_a_flow_are_listed_by_what_they_are_at() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let flows = endpoint().flow(Press::flow()).flow(Refusing::flow());
    let _worker = registered(&client, flows).await;
    let press = client.flow(Press::flow());
    let mut ids = Vec::new();
    for n in 1..=3 {
        ids.push(press.emit(n).await.expect("emitted"));
    }
    resumed(&press, ids[0], &Approval(true)).await;
    press.outputs(ids[0]).await.expect("outputs");
    press.cancel(ids[1]).await.expect("cancelled");
    press.outputs(ids[1]).await.expect_err("it was cancelled");
    let refusing = client.flow(Refusing::flow());
    let failed = refusing.emit(7).await.expect("emitted");
    refusing.outputs(failed).await.expect_err("it fails");

    let listed = |filter: TraceFilter| async {
        let listed = press.traces(filter).await.expect("a list");
        let listed = listed.into_iter().map(|trace| (trace.id, trace.state));
        listed.collect::<Vec<_>>()
    };
    let all = [
        HostedState::Completed,
        HostedState::Cancelled,
        HostedState::Parked,
    ];
    loop {
        let mut now = listed(TraceFilter::default()).await;
        now.sort_by_key(|(id, _)| ids.iter().position(|known| known == id));
        let wanted: Vec<_> = ids.iter().copied().zip(all).collect();
        if now == wanted {
            break;
        }
    }
    for (id, state) in ids.iter().copied().zip(all) {
        let states = vec![state, HostedState::Failed];
        let filter = TraceFilter {
            states,
            ..TraceFilter::default()
        };
        assert_eq!(listed(filter).await, [(id, state)]);
    }
    let searched = async |text: &str| {
        let search = Some(text.to_owned());
        let filter = TraceFilter {
            search,
            ..TraceFilter::default()
        };
        listed(filter).await
    };
    let begin = &ids[2].to_string()[..12];
    assert_eq!(searched(begin).await, [(ids[2], HostedState::Parked)]);
    assert_eq!(searched("it's nowhere").await, []);

    let detail = press.trace_detail(ids[0]).await.expect("a trace");
    assert_eq!(detail.outputs, [serde_json::json!("2: true")]);
    let detail = press.trace_detail(ids[2]).await.expect("a trace");
    assert_eq!(detail.waits[0].node, "await Approval");
    let summary = refusing
        .trace_detail(failed)
        .await
        .expect("a trace")
        .summary;
    let error = summary.error.expect("an error");
    assert_eq!(
        (summary.state, error.node.as_deref()),
        (HostedState::Failed, Some("refuse"))
    );
    assert!(error.message.contains("7 is no penguin"), "{error:?}");
    let nobody = press.trace_detail(TraceId::random()).await;
    assert!(matches!(nobody, Err(Error::NotThere(_))), "{nobody:?}");
}

/// Protects the engine from work that nobody wants: a call that is dropped cancels its trace.
#[tokio::test]
async fn a_call_that_is_dropped_cancels_its_trace() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Press::flow())).await;
    let press = client.flow(Press::flow());
    let message = Message::new(7);
    let id = message.trace_id;
    let call = tokio::spawn({
        let press = press.clone();
        async move { press.call(message).await }
    });
    // A server that has just started may answer no query yet.
    let is_parked = async || press.parked(1).await.is_ok_and(|parked| !parked.is_empty());
    while !is_parked().await {
        tokio::task::yield_now().await;
    }
    call.abort();
    loop {
        let detail = press.trace_detail(id).await.expect("a trace");
        if detail.summary.state == HostedState::Cancelled {
            break;
        }
    }
}
