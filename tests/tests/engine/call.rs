//! `Running::call` and `Running::trace`: an answer for its caller, under the started flow's books.

use std::future::pending;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use penguiflow::prelude::*;
use penguiflow_tests::support::Notebook;
use tokio::time::{sleep, timeout};

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

/// Waits for ever on 0, and a little longer on less.
#[node]
async fn wait(n: u32, State(notes): State<Notebook>) -> u32 {
    let _dropped = notes.on_drop(&format!("gone {n}"));
    notes.write(format!("begun {n}"));
    match n {
        0 => pending().await,
        n => sleep(Duration::from_millis(u64::from(100 - n))).await,
    }
    n
}

flow! {
    struct Wait(u32) -> u32;

    wait;
}

#[tokio::test]
async fn a_call_has_its_own_answer_and_nothing_is_fetched() {
    let running = flow! { double }.start();
    running.emit(1).await.unwrap();
    assert_eq!(running.call(21).await.unwrap(), 42);
    assert_eq!(running.fetch().await.unwrap().unwrap().payload, 2);
    assert!(running.try_fetch().is_none());
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (2, 2));
    assert!(running.fetch().await.is_none());
}

#[tokio::test]
async fn what_ends_in_none_is_an_error_of_its_call() {
    #[node]
    async fn even(n: u32) -> Option<u32> {
        n.is_multiple_of(2).then_some(n)
    }

    let running = flow! { even }.start();
    let error = running.call(3).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Filtered);
    assert_eq!(running.ledger().filtered, 1);
}

#[tokio::test]
async fn a_failure_and_a_panic_are_errors_of_their_calls() {
    #[node]
    async fn check(n: u32) -> Result<u32, &'static str> {
        assert!(n < 10, "too large");
        Err("no such user")
    }

    let running = flow! { check }.start();
    let failed = running.call(3).await.unwrap_err();
    assert_eq!(failed.to_string(), "node `check` failed: no such user");
    let panicked = running.call(30).await.unwrap_err();
    assert_eq!(panicked.kind(), ErrorKind::Panicked);
    assert_eq!(running.ledger().failed, 2);
}

#[tokio::test(start_paused = true)]
async fn calls_wait_for_places_of_the_capacity() {
    let notes = Notebook::new();
    let running = Wait::flow().with_state(notes.clone()).capacity(2).start();
    let calls = (1..=4).map(|n| running.call(n));
    assert_eq!(
        join_all(calls)
            .await
            .into_iter()
            .flatten()
            .collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    let begun = notes.lines();
    assert_eq!(begun[..2], ["begun 1", "begun 2"]);
    assert_eq!(begun[2], "gone 2", "{begun:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_call_is_cancelled_and_frees_its_place() {
    let notes = Notebook::new();
    let running = Wait::flow().with_state(notes.clone()).capacity(1).start();
    let cut = timeout(Duration::from_secs(1), running.call(0)).await;
    assert!(cut.is_err());
    assert_eq!(notes.lines(), ["begun 0", "gone 0"]);
    assert_eq!(running.call(7).await.unwrap(), 7);
    let ledger = running.stop().await;
    assert_eq!((ledger.cancelled, ledger.completed), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waits_for_a_place_is_dropped_without_a_trace() {
    let running = Wait::flow().with_state(Notebook::new()).capacity(1).start();
    let first = tokio::spawn(running.call(1));
    tokio::task::yield_now().await;
    assert!(
        timeout(Duration::from_millis(1), running.call(2))
            .await
            .is_err()
    );
    assert_eq!(running.ledger().emitted, 1);
    assert_eq!(first.await.unwrap().unwrap(), 1);
    assert_eq!(running.call(3).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_is_cancelled_by_its_id() {
    let notes = Notebook::new();
    let running = Wait::flow().with_state(notes.clone()).start();
    let message = Message::new(0);
    let trace_id = message.trace_id;
    let call = tokio::spawn(running.call(message));
    tokio::task::yield_now().await;
    assert!(running.cancel(trace_id));
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(error.trace_id(), trace_id);
    assert_eq!(notes.lines(), ["begun 0", "gone 0"]);
    assert!(!running.cancel(trace_id));
    assert_eq!(running.ledger().cancelled, 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_moved_to_another_task_is_woken_there() {
    let running = Wait::flow().with_state(Notebook::new()).start();
    let message = Message::new(0);
    let trace_id = message.trace_id;
    let mut call = Box::pin(running.call(message));
    assert!(call.as_mut().now_or_never().is_none());
    let call = tokio::spawn(call);
    tokio::task::yield_now().await;
    running.cancel(trace_id);
    assert_eq!(
        call.await.unwrap().unwrap_err().kind(),
        ErrorKind::Cancelled
    );
}

#[tokio::test(start_paused = true)]
async fn stop_waits_for_calls_and_takes_no_more() {
    let running = Wait::flow().with_state(Notebook::new()).start();
    let call = tokio::spawn(running.call(50));
    tokio::task::yield_now().await;
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.in_flight), (1, 0));
    assert_eq!(call.await.unwrap().unwrap(), 50);
    let error = running.call(1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Closed);
}

/// Its caller may be who aborts.
#[tokio::test(start_paused = true)]
async fn an_abort_does_not_wait_for_who_holds_a_call() {
    let running = Wait::flow().with_state(Notebook::new()).start();
    let mut call = Box::pin(running.call(0));
    assert!(call.as_mut().now_or_never().is_none());
    let ledger = running.abort().await;
    assert_eq!((ledger.cancelled, ledger.in_flight), (1, 0));
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_call_outlives_the_handle_that_it_was_made_by() {
    let running = Wait::flow().with_state(Notebook::new()).start();
    let call = running.call(50);
    drop(running);
    assert_eq!(call.await.unwrap(), 50);
}

#[tokio::test(start_paused = true)]
async fn results_in_the_order_of_the_emits_do_not_wait_for_calls() {
    let running = Wait::flow().with_state(Notebook::new()).ordered().start();
    running.emit(1).await.unwrap();
    let call = tokio::spawn(running.call(0));
    tokio::task::yield_now().await;
    running.emit(90).await.unwrap();
    for expected in [1, 90] {
        assert_eq!(running.fetch().await.unwrap().unwrap().payload, expected);
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.cancelled), (2, 1));
}

#[tokio::test]
async fn a_visit_that_calls_its_own_full_flow_is_refused() {
    use std::sync::{Arc, OnceLock};

    #[derive(Clone, Default)]
    struct Own(Arc<OnceLock<OpenSea<Again, Own>>>);

    #[node]
    async fn again(n: u32, State(own): State<Own>) -> Result<u32, FlowError> {
        match own.0.get() {
            Some(sea) if n > 0 => sea.call(n - 1).await,
            _ => Ok(n),
        }
    }

    flow! {
        struct Again(u32) -> u32;

        again;
    }

    let own = Own::default();
    let running = Again::flow().with_state(own.clone()).capacity(1).start();
    assert!(own.0.set(running.split().0).is_ok());
    let called = tokio::spawn(running.call(1)).await.unwrap();
    let error = called.unwrap_err();
    assert!(
        format!("{error:#}").contains("would wait for itself"),
        "{error:#}"
    );
    assert_eq!(running.call(0).await.unwrap(), 0);
}

#[tokio::test]
async fn a_call_is_streamed() {
    #[node]
    async fn spell(word: String, ctx: Ctx) -> usize {
        for letter in word.chars() {
            ctx.chunk(letter).await;
        }
        word.len()
    }

    let running = flow! { spell }.start();
    let mut items = running.trace("penguins are many");
    let mut said = String::new();
    let mut outputs = Vec::new();
    while let Some(item) = items.next().await {
        match item.unwrap() {
            TraceItem::Chunk(chunk) => said += &chunk.text,
            TraceItem::Output(output) => outputs.push(output.payload),
            _ => {}
        }
    }
    assert_eq!((said.as_str(), outputs), ("penguins are many", vec![17]));
    assert_eq!(running.ledger().completed, 1);

    let mut left = running.trace("penguins are many");
    assert!(left.next().await.is_some());
    drop(left);
    assert_eq!(running.stop().await.cancelled, 1);
    let mut late = running.trace("too late");
    assert_eq!(
        late.next().await.unwrap().unwrap_err().kind(),
        ErrorKind::Closed
    );
    assert!(late.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_parked_call_holds_no_place_and_is_cancelled() {
    #[node]
    async fn grant((n, by): (u32, u8)) -> u32 {
        n + u32::from(by)
    }

    #[node]
    async fn ask(n: u32) -> u32 {
        n
    }

    flow! {
        struct Grant(u32) -> u32;

        ask -> await u8 -> grant;
    }

    let flow = Grant::flow().capacity(1);
    let running = flow.start();
    let messages = [1, 2].map(Message::new);
    let ids = [messages[0].trace_id, messages[1].trace_id];
    let calls = messages.map(|message| tokio::spawn(running.call(message)));
    while flow.parked().len() < 2 {
        tokio::task::yield_now().await;
    }
    assert!(running.cancel(ids[0]));
    assert!(flow.resume(ids[0], 1_u8).await.is_err());
    flow.resume(ids[1], 40_u8).await.unwrap();
    let [first, second] = calls;
    assert_eq!(
        first.await.unwrap().unwrap_err().kind(),
        ErrorKind::Cancelled
    );
    assert_eq!(second.await.unwrap().unwrap(), 42);
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.cancelled), (1, 1));
}

#[tokio::test]
async fn a_call_takes_json() {
    let running = flow! { double }.start();
    assert_eq!(running.call_json("21").await.unwrap(), 42);
    let error = running.call_json("\"many\"").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(running.ledger().emitted, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_have_their_own_answers_and_the_ledger_adds_up() {
    #[node]
    async fn work(n: u32) -> Result<u32, String> {
        for _ in 0..n % 7 {
            tokio::task::yield_now().await;
        }
        if n % 5 == 0 {
            Err(n.to_string())
        } else {
            Ok(n)
        }
    }

    let running = flow! { work }.capacity(64).start();
    let calls = (0..500_u32).map(|n| {
        let call = running.call(n);
        tokio::spawn(async move {
            match n % 11 {
                0 => drop(call),
                _ if n % 5 == 0 => assert_eq!(
                    call.await.unwrap_err().to_string(),
                    format!("node `work` failed: {n}")
                ),
                _ => assert_eq!(call.await.unwrap(), n),
            }
        })
    });
    for called in join_all(calls).await {
        called.unwrap();
    }
    let ledger = running.stop().await;
    let unpolled = (0..500).filter(|n| n % 11 == 0).count() as u64;
    assert_eq!(ledger.emitted, 500 - unpolled);
    assert_eq!(ledger.emitted, ledger.completed + ledger.failed);
}

#[tokio::test]
async fn an_owned_run_and_an_owned_stream_can_be_spawned() {
    let flow = flow! { double };
    let task = tokio::spawn(flow.clone().run_owned(21));
    assert_eq!(task.await.unwrap().unwrap(), 42);
    let mut items = flow.trace_owned(4);
    let first = tokio::spawn(async move { items.next().await.unwrap().unwrap() });
    assert!(matches!(
        first.await.unwrap(),
        TraceItem::Output(message) if message.payload == 8
    ));
}

#[tokio::test(start_paused = true)]
async fn a_full_flow_refuses_a_call_that_does_not_wait() {
    let running = Wait::flow().with_state(Notebook::new()).capacity(1).start();
    let call = running.try_call(1).unwrap();
    let refused = running.try_call(2).expect_err("it is full");
    assert!(matches!(refused, TryEmitError::Full(message) if message.payload == 2));
    assert!(running.try_trace(3).is_err());
    assert_eq!(call.await.unwrap(), 1);

    // A place that was taken is given back, also if nothing ever ran.
    drop(running.try_call(4).unwrap());
    drop(running.try_trace(5).unwrap());
    assert_eq!(running.call(6).await.unwrap(), 6);
    let ledger = running.stop().await;
    assert_eq!((ledger.completed, ledger.cancelled), (2, 2));
    assert!(matches!(running.try_call(7), Err(TryEmitError::Closed(_))));
}

#[tokio::test(start_paused = true)]
async fn a_call_waits_for_its_place_until_its_deadline() {
    let running = Wait::flow().with_state(Notebook::new()).capacity(1).start();
    let _first = tokio::spawn(running.call(0));
    tokio::task::yield_now().await;
    let began = tokio::time::Instant::now();
    let message = Message::new(1).deadline_in(Duration::from_secs(2));
    let error = running.call(message).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    assert_eq!(running.ledger().emitted, 1);
}
