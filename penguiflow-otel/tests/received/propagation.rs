//! `traceparent` and `tracestate`, in and out.

use std::collections::HashMap;

use http::HeaderMap;
use penguiflow::prelude::*;
use penguiflow_otel::gen_ai::GenAi;
use penguiflow_otel::{Caller, CtxExt, MessageExt};
use tracing::{Instrument, info_span};

use crate::{Done, Subject};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

fn headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    let parent = format!("00-{TRACE}-{SPAN}-01");
    headers.insert("traceparent", parent.parse().expect("a value"));
    headers.insert("tracestate", "vendor=value".parse().expect("a value"));
    headers
}

/// Calls another service: gives the headers that it is sent.
#[node]
async fn call(_: String, ctx: Ctx) -> HeaderMap {
    let mut headers = HeaderMap::new();
    ctx.inject(&mut headers);
    headers
}

#[node]
async fn carry(_: String, ctx: Ctx) -> HashMap<String, String> {
    let mut carrier = HashMap::new();
    ctx.inject_into(&mut carrier);
    carrier
}

flow! { struct Calls(String) -> HeaderMap; call; }
flow! { struct Carries(String) -> HashMap<String, String>; carry; }

/// A service that takes requests, in a span for each.
async fn serve(headers: &HeaderMap) -> Result<HeaderMap, FlowError> {
    let caller = Caller::of(headers);
    let span = info_span!("request");
    caller.set_parent_of(&span);
    let message = caller.message("why?".to_owned()).in_trace_of(&span);
    let flow = Calls::flow();
    async { flow.run(message).await }.instrument(span).await
}

#[tokio::test]
async fn a_clients_trace_goes_on() -> Done {
    let subject = Subject::start(GenAi::Off)?;
    serve(&headers()).await?;
    let spans = subject.received()?;
    assert_eq!(spans.len(), 3);
    for span in &spans {
        assert_eq!(
            (&*span.trace_id, &*span.trace_state),
            (TRACE, "vendor=value")
        );
    }
    let [attempt, flow, request] = &spans[..] else {
        panic!("{spans:?}")
    };
    assert_eq!((&*request.name, &*request.parent), ("request", SPAN));
    assert_eq!((&*flow.parent, &*attempt.parent), (&*request.id, &*flow.id));
    assert_eq!(flow.get("trace_id"), TRACE);
    Ok(())
}

/// The second service is called with what the first one's node wrote.
#[tokio::test]
async fn from_one_service_to_the_next() -> Done {
    let subject = Subject::start(GenAi::Off)?;
    let written = serve(&headers()).await?;
    let first = subject.received()?;
    assert_eq!(written["tracestate"], "vendor=value");
    serve(&written).await?;
    let second = subject.received()?;
    let [call, ..] = &first[..] else {
        panic!("{first:?}")
    };
    let [.., request] = &second[..] else {
        panic!("{second:?}")
    };
    assert_eq!((&*call.name, &*request.name), ("call", "request"));
    assert_eq!(
        (&request.trace_id, &request.parent),
        (&call.trace_id, &call.id)
    );
    Ok(())
}

/// Without a client's trace, the request's is the flow's.
#[tokio::test]
async fn a_trace_that_begins_at_the_request() -> Done {
    let subject = Subject::start(GenAi::Off)?;
    serve(&HeaderMap::new()).await?;
    let spans = subject.received()?;
    let [attempt, flow, request] = &spans[..] else {
        panic!("{spans:?}")
    };
    assert_eq!(request.parent, "");
    assert_eq!(flow.get("trace_id"), request.trace_id);
    assert_eq!(attempt.trace_id, request.trace_id);
    Ok(())
}

/// The trace runs in a worker, in the span in which the message was emitted.
#[tokio::test]
async fn through_a_started_flow() -> Done {
    let subject = Subject::start(GenAi::Off)?;
    let caller = Caller::of(&headers());
    let span = info_span!("request");
    caller.set_parent_of(&span);
    let running = Calls::flow().start();
    let message = caller.message("why?".to_owned());
    span.in_scope(|| running.emit(message)).await?;
    drop(span);
    running.fetch().await.expect("an output")?;
    running.stop().await;
    let spans = subject.received()?;
    assert!(spans.iter().all(|span| span.trace_id == TRACE));
    let find = |name| spans.iter().find(|span| span.name == name);
    let (request, flow) = (find("request"), find("Calls"));
    assert_eq!(request.map(|span| &*span.parent), Some(SPAN));
    assert_eq!(flow.map(|span| &span.parent), request.map(|span| &span.id));
    Ok(())
}

/// A message from a queue, without a span of its own.
#[tokio::test]
async fn without_a_span_for_the_request() -> Done {
    use opentelemetry::trace::FutureExt;
    let subject = Subject::start(GenAi::Off)?;
    let carrier = HashMap::from([("traceparent".to_owned(), format!("00-{TRACE}-{SPAN}-01"))]);
    let caller = Caller::extract(&carrier);
    let flow = Carries::flow();
    let run = flow.run(caller.message("why?".to_owned()));
    let written = run.with_context(caller.context().clone()).await?;
    let spans = subject.received()?;
    let [attempt, flow] = &spans[..] else {
        panic!("{spans:?}")
    };
    assert_eq!((&*flow.trace_id, &*flow.parent), (TRACE, SPAN));
    assert_eq!(
        written["traceparent"],
        format!("00-{TRACE}-{}-01", attempt.id)
    );
    Ok(())
}

/// A client that is not sampled wants no spans; its trace goes on to others all the same.
#[tokio::test]
async fn a_client_that_is_not_sampled() -> Done {
    let subject = Subject::start(GenAi::Off)?;
    let mut headers = HeaderMap::new();
    let parent = format!("00-{TRACE}-{SPAN}-00");
    headers.insert("traceparent", parent.parse().expect("a value"));
    let written = serve(&headers).await?;
    let written = written["traceparent"].to_str()?;
    assert!(written.starts_with(&format!("00-{TRACE}-")), "{written}");
    assert!(written.ends_with("-00"), "{written}");
    assert!(subject.received()?.is_empty());
    Ok(())
}

/// Nothing is connected, and nothing fails.
#[tokio::test]
async fn without_a_collector() -> Done {
    let headers = headers();
    assert_eq!(Caller::of(&headers).message(1).trace_id.to_string(), TRACE);
    assert!(serve(&headers).await?.is_empty());
    Ok(())
}

#[test]
fn headers_that_are_no_trace() {
    for parent in [
        "",
        "00-zz-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", parent.parse().expect("a value"));
        assert_eq!(Caller::of(&headers).trace_id(), None, "{parent}");
    }
}
