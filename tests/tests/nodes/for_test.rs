//! `Ctx::for_test`: a node called as the function that it is.

use std::time::Duration;

use penguiflow::prelude::*;

#[node]
async fn think(question: String, ctx: Ctx) -> usize {
    ctx.chunk("think").stream("thought").await;
    ctx.spend_tokens(30);
    question.len()
}

flow! {
    struct Think(String) -> usize;

    think;
}

#[node(retries = 2)]
async fn answer(question: &str, ctx: Ctx) -> Result<usize, FlowError> {
    ctx.chunk("answer").await;
    ctx.spend_tokens(12);
    ctx.call(&Think::flow(), question.to_owned()).await
}

#[tokio::test]
async fn what_a_node_sends_and_spends_is_recorded_that_of_flows_it_calls_too() {
    let test = Ctx::for_test().tokens(100);
    assert_eq!(answer("why?", test.build()).await.expect("it succeeds"), 4);
    let chunks = test.chunks();
    let sent: Vec<_> = chunks
        .iter()
        .map(|chunk| (&*chunk.node, &*chunk.stream, &*chunk.text))
        .collect();
    assert_eq!(
        sent,
        [
            ("test", "", "answer"),
            ("test/Think/think", "thought", "think"),
            ("test/Think/think", "thought", ""),
        ]
    );
    assert_eq!(test.spent_tokens(), 42);
    assert_eq!(test.build().tokens_left(), Some(58));
}

#[tokio::test]
async fn more_chunks_than_a_trace_lets_wait_are_recorded_too() {
    let test = Ctx::for_test();
    let ctx = test.build();
    for number in 0..100 {
        ctx.chunk(number.to_string()).await;
    }
    assert_eq!(test.chunks().len(), 100);
    assert_eq!(test.chunks()[99].seq, 99);
}

#[tokio::test(start_paused = true)]
async fn a_context_is_as_it_was_built() {
    let trace_id = Message::new(()).trace_id;
    let test = Ctx::for_test()
        .headers(Headers::new("acme"))
        .trace_id(trace_id)
        .deadline_in(Duration::from_secs(3));
    let first = test.build();
    assert_eq!(first.headers().tenant, "acme");
    assert_eq!((first.trace_id(), first.attempt()), (trace_id, 0));
    assert_eq!(first.remaining(), Some(Duration::from_secs(3)));
    assert_eq!(first.tokens_left(), None);
    let second = test.attempt(1).build();
    assert_eq!(second.attempt(), 1);
    assert_eq!(second.idempotency_key(), first.idempotency_key());
}

#[tokio::test]
async fn a_test_cancels_the_contexts_that_it_built() {
    let test = Ctx::for_test();
    let ctx = test.build();
    assert!(!ctx.is_cancelled());
    test.cancel();
    assert!(ctx.is_cancelled());
}

#[tokio::test]
async fn a_fallback_is_given_a_failure_that_a_test_made() {
    #[node]
    async fn apologize(failed: Failed<u32>) -> String {
        let node = failed.error.node.as_deref().unwrap_or("some node");
        format!("{node} failed at {}: {}", failed.input, failed.error)
    }

    let mut error = NodeError::new(ErrorKind::TimedOut, "it took longer than 2 s");
    assert_eq!((error.kind, error.attempts), (ErrorKind::TimedOut, 1));
    error.node = Some("gpt".to_owned());
    let sorry = apologize(Failed::new(7, error)).await;
    assert_eq!(sorry, "gpt failed at 7: it took longer than 2 s");
}
