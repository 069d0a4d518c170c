//! Every form of a node's first parameter.

use penguiflow::prelude::*;

use penguiflow_tests::support::secs;

/// A payload that cannot be cloned.
#[derive(Debug, PartialEq)]
struct Text(&'static str);

#[node]
async fn by_value(text: Text) -> usize {
    text.0.len()
}

#[node]
async fn by_reference(text: &Text) -> usize {
    text.0.len()
}

#[node]
async fn whole_message(message: Message<Text>) -> String {
    format!("{} {}", message.headers.tenant, message.payload.0)
}

#[node]
async fn lent_message(message: &Message<Text>) -> String {
    format!("{} {}", message.headers.tenant, message.payload.0)
}

#[node]
async fn str_slice(text: &str) -> usize {
    text.len()
}

#[node]
async fn slice(numbers: &[u32]) -> u32 {
    numbers.iter().sum()
}

#[node]
async fn static_str(text: &'static str) -> &'static str {
    text
}

#[tokio::test]
async fn a_payload_is_taken_by_value_or_by_reference() -> Result<(), FlowError> {
    assert_eq!(flow! { by_value }.run(Text("krill")).await?, 5);
    assert_eq!(flow! { by_reference }.run(Text("krill")).await?, 5);
    Ok(())
}

#[tokio::test]
async fn a_message_is_taken_by_value_or_by_reference() -> Result<(), FlowError> {
    let message = || Message::new(Text("krill")).tenant("acme");
    assert_eq!(flow! { whole_message }.run(message()).await?, "acme krill");
    assert_eq!(flow! { lent_message }.run(message()).await?, "acme krill");
    Ok(())
}

#[tokio::test]
async fn str_and_slices_take_string_and_vec() -> Result<(), FlowError> {
    assert_eq!(flow! { str_slice }.run("krill".to_owned()).await?, 5);
    assert_eq!(flow! { slice }.run(vec![1, 2, 3]).await?, 6);
    assert_eq!(flow! { static_str }.run("krill").await?, "krill");
    Ok(())
}

#[node]
async fn envelope(message: Message<()>) -> (TraceId, Option<tokio::time::Instant>, Headers) {
    (message.trace_id, message.deadline, message.headers)
}

#[tokio::test(start_paused = true)]
async fn a_message_brings_its_whole_envelope() -> Result<(), FlowError> {
    let sent = Message::new(())
        .topic("birds")
        .priority(-3)
        .meta("locale", "nb")
        .deadline_in(secs(5));
    let (trace_id, deadline, headers) = flow! { envelope }.run(sent.clone()).await?;
    assert_eq!(trace_id, sent.trace_id);
    assert_eq!(deadline, sent.deadline);
    assert_eq!(headers, sent.headers);
    assert_eq!(headers.meta["locale"], "nb");
    Ok(())
}

struct Order {
    item: &'static str,
    count: u32,
}

#[node]
async fn fields(Order { item, count }: Order) -> String {
    format!("{count} {item}")
}

#[node]
async fn tuple((left, right): (u32, u32)) -> u32 {
    left - right
}

#[node]
async fn mutable(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.push(4);
    numbers
}

#[node]
async fn ignored(_: Order) {}

#[tokio::test]
async fn a_parameter_may_be_a_pattern() -> Result<(), FlowError> {
    let order = || Order {
        item: "herring",
        count: 3,
    };
    assert_eq!(flow! { fields }.run(order()).await?, "3 herring");
    assert_eq!(flow! { tuple }.run((7, 2)).await?, 5);
    assert_eq!(flow! { mutable }.run(vec![3]).await?, [3, 4]);
    flow! { ignored }.run(order()).await
}

#[node]
async fn maybe(name: Option<String>) -> String {
    name.unwrap_or_else(|| "nobody".to_owned())
}

#[node]
async fn either(result: Result<u32, String>) -> u32 {
    result.unwrap_or_default()
}

/// An `Option` and a `Result` mean something only where they are returned.
#[tokio::test]
async fn an_option_or_a_result_may_be_a_payload() -> Result<(), FlowError> {
    assert_eq!(flow! { maybe }.run(None).await?, "nobody");
    assert_eq!(flow! { either }.run(Err("no".to_owned())).await?, 0);
    Ok(())
}

#[node(retries = 2, backoff = "1ms")]
async fn lent_thrice(text: &Text, ctx: Ctx) -> Result<String, String> {
    match ctx.attempt() {
        2 => Ok(format!("{} at last", text.0)),
        attempt => Err(format!("attempt {attempt}")),
    }
}

#[node(retries = 2, backoff = "1ms")]
async fn copied(mut numbers: Vec<u32>, ctx: Ctx) -> Result<Vec<u32>, String> {
    numbers.push(ctx.attempt());
    match ctx.attempt() {
        2 => Ok(numbers),
        attempt => Err(format!("attempt {attempt}")),
    }
}

/// `Text` is not `Clone`: a lent payload is lent again.
#[tokio::test(start_paused = true)]
async fn a_retried_node_may_take_its_payload_by_reference() -> Result<(), FlowError> {
    let output = flow! { lent_thrice }.run(Text("krill")).await?;
    assert_eq!(output, "krill at last");
    Ok(())
}

/// What one attempt does to its copy, the next one does not see.
#[tokio::test(start_paused = true)]
async fn each_attempt_is_given_the_payload_afresh() -> Result<(), FlowError> {
    assert_eq!(flow! { copied }.run(vec![9]).await?, [9, 2]);
    Ok(())
}

#[node]
async fn boxed(step: Box<dyn Fn(u32) -> u32 + Send + Sync>) -> u32 {
    step(20)
}

#[tokio::test]
async fn a_payload_may_be_a_trait_object() -> Result<(), FlowError> {
    let double: Box<dyn Fn(u32) -> u32 + Send + Sync> = Box::new(|n| n * 2);
    assert_eq!(flow! { boxed }.run(double).await?, 40);
    Ok(())
}
