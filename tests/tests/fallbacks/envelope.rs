//! A fallback in the message's course: its headers, its trace, a key of its own.

use penguiflow::prelude::*;

use super::why;

/// The tenant, both keys, the attempt and the trace.
type Seen = (String, String, u32, TraceId);

#[node]
async fn fails_with_key(_: &String, ctx: Ctx) -> Result<Seen, String> {
    Err(ctx.idempotency_key().to_string())
}

#[node]
async fn seen(failed: Failed<String>, ctx: Ctx) -> Seen {
    let tenant = ctx.headers().tenant.clone();
    let keys = format!("{} {}", failed.error.message, ctx.idempotency_key());
    (tenant, keys, ctx.attempt(), ctx.trace_id())
}

#[node]
async fn first(text: String) -> String {
    text
}

#[tokio::test]
async fn a_fallback_is_in_the_same_trace_with_a_key_of_its_own() -> Result<(), FlowError> {
    let message = Message::new(why()).tenant("acme");
    let id = message.trace_id;
    let again = Message::new(why()).trace_id(id);
    let flow = flow! { first -> fails_with_key else seen };
    let (tenant, keys, attempt, trace_id) = flow.run(message).await?;
    assert_eq!((tenant.as_str(), attempt, trace_id), ("acme", 0, id));
    let (theirs, own) = keys.rsplit_once(' ').expect("two keys");
    assert!(!theirs.ends_with(own), "{keys}");
    assert_eq!(flow.run(again).await?.1, keys);
    Ok(())
}
