//! Faults of the original's loops: copies, floods, deadlocks, loops that nobody enters.

use penguiflow::prelude::*;
use tokio::time::timeout;

use penguiflow_tests::support::{Notebook, drain, ms, secs};

/// Working memory that a controller hands to itself.
#[derive(Debug, Clone)]
struct Memory {
    name: &'static str,
    rounds: u32,
}

fn memory(name: &'static str) -> Memory {
    Memory { name, rounds: 2 }
}

#[node]
async fn controller(mut memory: Memory, notes: State<Notebook>) -> ControlFlow<String, Memory> {
    notes.0.write(memory.name);
    tokio::task::yield_now().await;
    if memory.rounds == 0 {
        return ControlFlow::Break(format!("answer {}", memory.name));
    }
    memory.rounds -= 1;
    ControlFlow::Continue(memory)
}

/// The original ran the node 65 times more and gave the first answer 200 times.
#[tokio::test(start_paused = true)]
async fn b01_an_answer_leaves_once_and_the_next_request_runs() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let running = flow! { controller -> controller }
        .with_state(notes.clone())
        .start();
    running.emit(memory("A")).await?;
    tokio::time::sleep(secs(1)).await;
    assert_eq!(
        notes.lines(),
        ["A"; 3],
        "three rounds, before anybody fetches"
    );
    running.emit(memory("B")).await?;
    running.stop().await;
    let answers: Result<Vec<_>, _> = drain(&running).await.into_iter().collect();
    assert_eq!(answers?, ["answer A", "answer B"]);
    assert_eq!(notes.lines(), ["A", "A", "A", "B", "B", "B"]);
    Ok(())
}

/// Without bounds, the original made 22,000 copies a second and blocked for good.
#[tokio::test(start_paused = true)]
async fn b01b_a_flow_without_bounds_makes_no_copies() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { controller -> controller }.with_state(notes.clone());
    let running = flow.capacity(usize::MAX).backlog(usize::MAX).start();
    running.emit(memory("A")).await?;
    assert!(timeout(secs(5), running.fetch()).await.is_ok());
    assert!(
        timeout(secs(5), running.fetch()).await.is_err(),
        "there is one answer"
    );
    assert_eq!(notes.lines().len(), 3);
    Ok(())
}

#[node]
async fn after(memory: Memory) -> String {
    format!("after {}", memory.name)
}

/// The original lost an answer from a node with successors.
#[tokio::test]
async fn b02_a_node_with_successors_can_answer() -> Result<(), FlowError> {
    let flow = flow! { controller -> after }.with_state(Notebook::new());
    let done = Memory {
        rounds: 0,
        ..memory("A")
    };
    assert_eq!(flow.run(done).await?, "answer A");
    assert_eq!(flow.run(memory("B")).await?, "after B");
    Ok(())
}

#[node]
async fn prepare(message: Message<Memory>) -> Message<Memory> {
    message.topic("prepared")
}

#[node]
async fn read(message: &Message<Memory>) -> String {
    format!(
        "{} {}",
        message.payload.name,
        message.headers.topic.as_deref().unwrap_or("?")
    )
}

/// The original sent a message with working memory back to the node that it came from.
#[tokio::test]
async fn b03_working_memory_follows_the_edges() -> Result<(), FlowError> {
    assert_eq!(
        flow! { prepare -> read }.run(memory("A")).await?,
        "A prepared"
    );
    Ok(())
}

/// The original's 200 loops blocked each other on full queues after 129 hops.
#[tokio::test(start_paused = true)]
async fn b16_more_loops_than_capacity_do_not_deadlock() -> Result<(), FlowError> {
    for capacity in [1, 64, 200] {
        let flow = flow! { controller -> controller }.with_state(Notebook::new());
        let running = flow.capacity(capacity).start();
        let emits = async {
            for _ in 0..200 {
                running.emit(memory("A")).await?;
            }
            Ok::<_, FlowError>(running.stop().await)
        };
        let ledger = timeout(secs(60), emits).await.expect("nothing is stuck")?;
        assert_eq!(ledger.completed, 200);
    }
    Ok(())
}

#[node]
async fn plan(memory: Memory, notes: State<Notebook>) -> Memory {
    notes.0.write("plan");
    memory
}

/// The original threw away what was emitted into a cycle that nothing leads to.
#[tokio::test]
async fn b17_a_cycle_without_a_way_in_is_entered_at_its_first_node() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { plan -> controller -> plan }.with_state(notes.clone());
    assert_eq!(flow.run(memory("A")).await?, "answer A");
    assert_eq!(notes.lines(), ["plan", "A", "plan", "A", "plan", "A"]);
    Ok(())
}

/// The same for a node that leads to itself.
#[tokio::test(start_paused = true)]
async fn b35_a_node_that_leads_to_itself_is_entered() -> Result<(), FlowError> {
    let running = flow! { controller -> controller }
        .with_state(Notebook::new())
        .start();
    running.emit(memory("A")).await?;
    let answer = timeout(ms(100), running.fetch())
        .await
        .expect("it was taken in");
    assert_eq!(answer.expect("an answer")?.payload, "answer A");
    Ok(())
}

#[node]
async fn say(n: u32) -> ControlFlow<&'static str, u32> {
    if n == 3 {
        ControlFlow::Break("three")
    } else {
        ControlFlow::Continue(n + 1)
    }
}

/// The original flooded itself and Rookery with whatever was no working memory.
#[tokio::test(start_paused = true)]
async fn b38_a_loop_over_plain_values_gives_one_result() -> Result<(), FlowError> {
    let running = flow! { say -> say }.start();
    running.emit(0).await?;
    tokio::time::sleep(secs(10)).await;
    let ledger = running.stop().await;
    assert_eq!((ledger.emitted, ledger.completed), (1, 1));
    let results: Result<Vec<_>, _> = drain(&running).await.into_iter().collect();
    assert_eq!(results?, ["three"]);
    Ok(())
}

#[node]
async fn count(message: Message<u32>) -> ControlFlow<Message<u32>, u32> {
    match message.payload {
        n if n % 4 == 3 => ControlFlow::Break(message.map(|n| n + 1)),
        n => ControlFlow::Continue(n + 1),
    }
}

/// The original swallowed a message that had the hops that it had last seen.
#[tokio::test(start_paused = true)]
async fn c11_a_result_can_be_emitted_again() -> Result<(), FlowError> {
    let running = flow! { count -> count }.hops(4).start();
    let mut message = Message::new(0);
    let trace_id = message.trace_id;
    for round in 1..=5 {
        running.emit(message).await?;
        message = running.fetch().await.expect("an answer")?;
        assert_eq!((message.payload, message.trace_id), (4 * round, trace_id));
    }
    Ok(())
}
