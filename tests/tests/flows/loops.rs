//! Loops: how they are entered, how they end, and how often they may go round.

use penguiflow::prelude::*;

use penguiflow_tests::support::Notebook;

/// What an agent keeps while it works.
#[derive(Debug, Clone, Default, PartialEq)]
struct Memory {
    facts: Vec<u32>,
    wanted: usize,
}

fn wanting(wanted: usize) -> Memory {
    Memory {
        facts: Vec::new(),
        wanted,
    }
}

#[node]
async fn control(mut memory: Memory) -> ControlFlow<Vec<u32>, Memory> {
    if memory.facts.len() == memory.wanted {
        return ControlFlow::Break(memory.facts);
    }
    memory.facts.push(memory.facts.len() as u32);
    ControlFlow::Continue(memory)
}

#[tokio::test]
async fn a_node_may_loop_on_itself() -> Result<(), FlowError> {
    let flow = flow! { control -> control };
    assert_eq!(flow.run(wanting(3)).await?, [0, 1, 2]);
    assert_eq!(flow.run(wanting(0)).await?, [0; 0]);
    Ok(())
}

#[node]
async fn plan(memory: Memory) -> ControlFlow<Vec<u32>, Memory> {
    if memory.facts.len() >= memory.wanted {
        return ControlFlow::Break(memory.facts);
    }
    ControlFlow::Continue(memory)
}

#[node]
async fn act(mut memory: Memory) -> Memory {
    memory.facts.push(7);
    memory
}

#[node]
async fn judge(memory: Memory) -> Memory {
    memory
}

flow! {
    /// A longer loop, with nodes before it.
    struct Agent(usize) -> Vec<u32>;

    begin -> plan -> act -> judge -> plan;
}

#[node]
async fn begin(wanted: usize) -> Memory {
    wanting(wanted)
}

#[tokio::test]
async fn a_loop_may_have_several_nodes() -> Result<(), FlowError> {
    let flow = Agent::flow();
    assert_eq!(flow.run(4).await?, [7, 7, 7, 7]);
    let graph = flow.graph();
    let hops: Vec<_> = graph.edges.iter().map(|edge| edge.is_hop).collect();
    assert_eq!(hops, [false, false, false, true]);
    assert_eq!(graph.entries, [0]);
    assert!(graph.exits.is_empty(), "it is left by `Break` alone");
    Ok(())
}

/// Nothing leads to it but its own edge: it is entered where it is named first.
#[tokio::test]
async fn a_loop_alone_is_entered_at_its_first_node() -> Result<(), FlowError> {
    let flow = flow! { act -> plan -> act };
    assert_eq!(flow.run(wanting(1)).await?, [7]);
    let flow = flow! { plan -> act -> plan };
    assert_eq!(flow.run(wanting(0)).await?, [0; 0]);
    Ok(())
}

#[node]
async fn until_full(memory: Memory, notes: State<Notebook>) -> Option<Memory> {
    notes.0.write("round");
    (memory.facts.len() < memory.wanted).then_some(memory)
}

#[tokio::test]
async fn an_option_ends_a_loop_too() {
    let notes = Notebook::new();
    let flow = flow! { until_full -> act -> until_full }.with_state(notes.clone());
    let error = flow.run(wanting(2)).await.expect_err("nothing comes out");
    assert_eq!(error.kind(), ErrorKind::Filtered);
    assert_eq!(notes.lines().len(), 3);
}

#[node]
async fn report(memory: Memory) -> usize {
    memory.facts.len()
}

/// Every round also outputs what there is so far.
#[tokio::test]
async fn a_loop_may_broadcast() -> Result<(), FlowError> {
    let flow = flow! {
        act -> bounded -> act;
        act -> report;
    };
    let mut outputs = flow.run_all(wanting(3)).await?;
    outputs.sort();
    assert_eq!(outputs, [1, 2, 3, 99]);
    Ok(())
}

#[node]
async fn bounded(memory: Memory) -> ControlFlow<usize, Memory> {
    if memory.facts.len() == memory.wanted {
        return ControlFlow::Break(99);
    }
    ControlFlow::Continue(memory)
}

/// Two ways round, through the same nodes, are two loops.
#[tokio::test]
async fn loops_may_share_nodes() -> Result<(), FlowError> {
    let flow = flow! {
        bounded -> act -> bounded;
        act -> judge -> bounded;
    };
    assert_eq!(flow.run_all(wanting(2)).await?, [99; 4]);
    let hops: Vec<_> = flow.graph().edges.iter().map(|edge| edge.is_hop).collect();
    assert_eq!(hops, [false, true, false, true]);
    Ok(())
}
