//! Every form of what a node returns: distinguished by type, not by name.

use std::io;

use penguiflow::prelude::*;

#[node]
async fn plain(n: u32) -> u32 {
    n + 1
}

#[node]
async fn nothing(_: u32) {}

#[node]
async fn fallible(n: u32) -> Result<u32, io::Error> {
    if n == 0 {
        return Err(io::Error::other("zero"));
    }
    Ok(n)
}

#[node]
async fn optional(n: u32) -> Option<u32> {
    (n > 0).then_some(n)
}

#[node]
async fn forking(n: u32) -> ControlFlow<&'static str, u32> {
    match n {
        0 => ControlFlow::Break("zero"),
        n => ControlFlow::Continue(n),
    }
}

#[node]
async fn show(n: u32) -> String {
    format!("on: {n}")
}

#[tokio::test]
async fn a_payload_follows_the_edges() -> Result<(), FlowError> {
    assert_eq!(flow! { plain -> show }.run(1).await?, "on: 2");
    flow! { nothing }.run(1).await
}

#[tokio::test]
async fn a_result_follows_the_edges_or_fails_the_trace() {
    let flow = flow! { fallible -> show };
    assert_eq!(flow.run(3).await.ok().as_deref(), Some("on: 3"));
    let error = flow.run(0).await.expect_err("zero fails");
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::Failed, Some("fallible"))
    );
}

#[tokio::test]
async fn none_ends_the_path() {
    let flow = flow! { optional -> show };
    assert_eq!(flow.run(3).await.ok().as_deref(), Some("on: 3"));
    let error = flow.run(0).await.expect_err("nothing comes out");
    assert_eq!(error.kind(), ErrorKind::Filtered);
}

#[tokio::test]
async fn break_leaves_the_flow() -> Result<(), FlowError> {
    let flow = flow! { forking -> show };
    assert_eq!(flow.run(3).await?, "on: 3");
    assert_eq!(flow.run(0).await?, "zero");
    Ok(())
}

#[node]
async fn relabel(message: Message<u32>) -> Message<String> {
    let topic = format!("{} birds", message.payload);
    message.map(|n| n.to_string()).topic(topic)
}

#[node]
async fn topic(text: String, headers: Headers) -> String {
    format!("{text}: {}", headers.topic.unwrap_or_default())
}

#[tokio::test]
async fn a_message_changes_the_headers() -> Result<(), FlowError> {
    assert_eq!(flow! { relabel -> topic }.run(2).await?, "2: 2 birds");
    Ok(())
}

#[derive(Debug)]
struct Broken<T>(T);

impl<T: std::fmt::Debug> std::fmt::Display for Broken<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "broken by {:?}", self.0)
    }
}

impl<T: std::fmt::Debug> std::error::Error for Broken<T> {}

/// All of them at once, by what is asked for.
#[node]
async fn nested(n: u32) -> Result<ControlFlow<Message<String>, u32>, Broken<u32>> {
    match n {
        0 => Err(Broken(n)),
        1 => Ok(ControlFlow::Break(
            Message::new("left".to_owned()).tenant("acme"),
        )),
        n => Ok(ControlFlow::Continue(n)),
    }
}

#[tokio::test]
async fn a_result_may_hold_a_fork_of_messages() -> Result<(), FlowError> {
    let flow = flow! { nested -> show };
    assert_eq!(flow.run(2).await?, "on: 2");
    let error = flow.run(0).await.expect_err("zero fails");
    assert_eq!(error.to_string(), "node `nested` failed: broken by 0");
    let running = flow.start();
    let trace_id = running.emit(1).await?;
    let left = running.fetch().await.expect("a result")?;
    assert_eq!(
        (left.payload.as_str(), left.headers.tenant.as_str()),
        ("left", "acme")
    );
    assert_eq!(left.trace_id, trace_id);
    Ok(())
}

#[node]
async fn optional_message(message: Message<u32>) -> Result<Option<Message<u32>>, String> {
    match message.payload {
        0 => Err("zero".to_owned()),
        1 => Ok(None),
        _ => Ok(Some(message.tenant("acme"))),
    }
}

#[node]
async fn tenant(_: u32, headers: &Headers) -> String {
    headers.tenant.clone()
}

#[tokio::test]
async fn a_result_may_hold_an_optional_message() {
    let flow = flow! { optional_message -> tenant };
    assert_eq!(flow.run(2).await.ok().as_deref(), Some("acme"));
    assert_eq!(
        flow.run(1).await.map_err(|error| error.kind()),
        Err(ErrorKind::Filtered)
    );
    assert_eq!(
        flow.run(0).await.map_err(|error| error.kind()),
        Err(ErrorKind::Failed)
    );
}

#[node]
async fn continuing_message(n: u32) -> ControlFlow<u32, Message<u32>> {
    ControlFlow::Continue(Message::new(n).tenant("acme"))
}

#[tokio::test]
async fn a_fork_may_continue_with_a_message() -> Result<(), FlowError> {
    let running = flow! { continuing_message -> plain }.start();
    running.emit(1).await?;
    let output = running.fetch().await.expect("a result")?;
    assert_eq!(
        (output.payload, output.headers.tenant.as_str()),
        (2, "acme")
    );
    Ok(())
}

/// Only the outermost `Option` is one: what is in it is a payload.
#[node]
async fn option_in_option(n: u32) -> Option<Option<u32>> {
    (n > 0).then_some(n.checked_sub(2))
}

#[node]
async fn or_zero(n: Option<u32>) -> u32 {
    n.unwrap_or(0)
}

#[tokio::test]
async fn an_inner_option_is_a_payload() {
    let flow = flow! { option_in_option -> or_zero };
    assert_eq!(flow.run(5).await.ok(), Some(3));
    assert_eq!(flow.run(1).await.ok(), Some(0));
    assert_eq!(
        flow.run(0).await.map_err(|error| error.kind()),
        Err(ErrorKind::Filtered)
    );
}

type Outcome<T> = Result<T, io::Error>;
type Found = Option<u32>;

#[node]
async fn aliased(n: u32) -> Outcome<Found> {
    match n {
        0 => Err(io::Error::other("zero")),
        1 => Ok(None),
        n => Ok(Some(n)),
    }
}

#[node]
async fn by_io_result(n: u32) -> io::Result<u32> {
    Err(io::Error::new(io::ErrorKind::NotFound, format!("no {n}")))
}

#[tokio::test]
async fn an_alias_means_what_it_stands_for() {
    let flow = flow! { aliased -> show };
    assert_eq!(flow.run(2).await.ok().as_deref(), Some("on: 2"));
    assert_eq!(
        flow.run(1).await.map_err(|error| error.kind()),
        Err(ErrorKind::Filtered)
    );
    assert_eq!(
        flow.run(0).await.map_err(|error| error.kind()),
        Err(ErrorKind::Failed)
    );
    let error = flow! { by_io_result -> show }
        .run(7)
        .await
        .expect_err("it fails");
    assert_eq!(error.to_string(), "node `by_io_result` failed: no 7");
}

/// A type of that name is not the one from the standard library: it is a payload.
mod look_alike {
    use penguiflow::prelude::node;

    #[derive(Debug, PartialEq)]
    pub(super) struct Option<T>(pub(super) T);

    #[node]
    pub(super) async fn no_option(n: u32) -> Option<u32> {
        Option(n)
    }
}

#[tokio::test]
async fn a_name_alone_means_nothing() -> Result<(), FlowError> {
    let output = flow! { look_alike::no_option }.run(0).await?;
    assert_eq!(output, look_alike::Option(0));
    Ok(())
}

#[node]
async fn with_anyhow(n: u32) -> anyhow::Result<u32> {
    anyhow::ensure!(n > 0, "zero is too little");
    Ok(n)
}

#[node]
async fn with_string(n: u32) -> Result<u32, String> {
    Err(format!("no {n}"))
}

#[node]
async fn with_box(n: u32) -> Result<u32, BoxError> {
    Ok(n.to_string().parse::<u32>()? / 2)
}

#[node]
async fn with_generic(n: u32) -> Result<u32, Broken<Vec<u32>>> {
    Err(Broken(vec![n]))
}

#[tokio::test]
async fn errors_may_be_of_any_type_that_boxes() {
    let error = flow! { with_anyhow }.run(0).await.expect_err("zero fails");
    assert_eq!(
        error.to_string(),
        "node `with_anyhow` failed: zero is too little"
    );
    let error = flow! { with_string }
        .run(1)
        .await
        .expect_err("it always fails");
    assert_eq!(error.to_string(), "node `with_string` failed: no 1");
    assert_eq!(flow! { with_box }.run(8).await.ok(), Some(4));
    let error = flow! { with_generic }
        .run(3)
        .await
        .expect_err("it always fails");
    let source = error.into_source().expect("the node's own error");
    assert_eq!(
        source
            .downcast_ref::<Broken<Vec<u32>>>()
            .map(|broken| &broken.0),
        Some(&vec![3])
    );
}
