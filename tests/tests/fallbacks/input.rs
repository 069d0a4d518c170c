//! What a fallback is given: the input of the node that failed, copied only where it must be.

use std::sync::atomic::Ordering;

use penguiflow::prelude::*;
use penguiflow_tests::support::Counted;

#[node]
async fn by_value(_: Counted) -> Result<Counted, String> {
    Err("used up".to_owned())
}

#[node]
async fn by_reference(_: &Counted) -> Result<Counted, String> {
    Err("looked at".to_owned())
}

#[node(retries = 2, backoff = "1ms")]
async fn by_value_three_times(_: Counted) -> Result<Counted, String> {
    Err("used up".to_owned())
}

#[node(retries = 2, backoff = "1ms")]
async fn by_reference_three_times(_: &Counted) -> Result<Counted, String> {
    Err("looked at".to_owned())
}

#[node]
async fn same(counted: Counted) -> Counted {
    counted
}

async fn clones(flow: impl AnyFlow<In = Counted, Out = Counted>) -> Result<usize, FlowError> {
    let counted = flow.run(Counted::default()).await?;
    Ok(counted.0.load(Ordering::Relaxed))
}

/// By value it is cloned once for the fallback, and once for each retry; by reference never.
#[tokio::test(start_paused = true)]
async fn the_input_is_cloned_only_where_a_node_takes_it_by_value() -> Result<(), FlowError> {
    assert_eq!(clones(flow! { by_value else same }).await?, 1);
    assert_eq!(clones(flow! { by_value_three_times else same }).await?, 3);
    assert_eq!(clones(flow! { by_reference else same }).await?, 0);
    assert_eq!(
        clones(flow! { by_reference_three_times else same }).await?,
        0
    );
    assert_eq!(
        clones(flow! { by_reference else by_value else same }).await?,
        1
    );
    Ok(())
}

/// A type that is not `Clone`.
#[derive(Debug)]
struct Precious(String);

#[node(retries = 1, backoff = "1ms")]
async fn polish(precious: &Precious) -> Result<String, String> {
    Err(format!("no polish for {}", precious.0))
}

#[node]
async fn polish_message(precious: &Message<Precious>) -> Result<String, String> {
    Err(format!("no polish for {}", precious.payload.0))
}

#[node]
async fn keep(failed: Failed<Precious>) -> String {
    format!("{}: {}", failed.input.0, failed.error)
}

#[node]
async fn keep_message(failed: Message<Failed<Precious>>) -> Message<String> {
    let tenant = failed.headers.tenant.clone();
    failed.map(|failed| format!("{tenant} keeps {}", failed.input.0))
}

#[node]
async fn look(failed: &Failed<Precious>) -> String {
    format!("{:?}", failed.error.kind)
}

/// What is taken by reference need not be `Clone`.
#[tokio::test(start_paused = true)]
async fn by_reference_it_need_not_be_clone() -> Result<(), FlowError> {
    let ring = || Precious("the ring".to_owned());
    let told = "the ring: node `polish` failed after 2 attempts: no polish for the ring";
    assert_eq!(flow! { polish else keep }.run(ring()).await?, told);
    let told = "the ring: node `polish_message` failed: no polish for the ring";
    assert_eq!(flow! { polish_message else keep }.run(ring()).await?, told);
    assert_eq!(flow! { polish else look }.run(ring()).await?, "Failed");
    let message = Message::new(ring()).tenant("acme");
    let kept = flow! { polish else polish_message else keep_message }
        .run(message)
        .await?;
    assert_eq!(kept, "acme keeps the ring");
    Ok(())
}

#[node]
async fn take_message(message: Message<String>) -> Result<String, String> {
    Err(format!("not {}", message.tenant("another").payload))
}

/// A node that takes a message of its own changes nothing of what the fallback is given.
#[tokio::test(start_paused = true)]
async fn a_failed_nodes_headers_are_its_own() -> Result<(), FlowError> {
    #[node]
    async fn tenant(text: String, headers: Headers) -> String {
        format!("{text} of {}", headers.tenant)
    }
    let message = Message::new("fish".to_owned()).tenant("acme");
    assert_eq!(
        flow! { take_message else tenant }.run(message).await?,
        "fish of acme"
    );
    Ok(())
}
