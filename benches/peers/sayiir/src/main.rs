//! sayiir: a durable workflow, here run in process and kept nowhere. It is built once. Between its
//! tasks goes JSON, as its other codec, rkyv, wants derives that the shared messages do not have.
//! `run_once` says that a workflow has completed, and drops what it has made; what is called here
//! is what it calls, which returns it.

use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use harness::{
    BRANCHES, Docs, Figure, HOPS, Prompt, Question, RETRIES, Sample, Subject, TIMEOUT, Triaged,
    Walk, Work, nodes,
};
use sayiir_core::LoopResult;
use sayiir_core::codec::sealed::{DecodeValue, EncodeValue};
use sayiir_core::task::{BranchOutputs, RetryPolicy, TaskMetadata};
use sayiir_runtime::execute_continuation_async;
use sayiir_runtime::prelude::*;
use shared::{Line, Quickly, Retrieve, by_hand, checked};

fn context(name: &str) -> WorkflowContext<JsonCodec, ()> {
    WorkflowContext::new(name, Arc::new(JsonCodec), Arc::new(()))
}

async fn run<I, O>(workflow: &Workflow<JsonCodec, I>, input: I) -> Result<O, BoxError>
where
    JsonCodec: EncodeValue<I> + DecodeValue<O>,
{
    let codec = &workflow.context().codec;
    let output =
        execute_continuation_async(workflow.continuation(), codec.encode(&input)?, codec).await?;
    codec.decode(output)
}

async fn triage(question: Question) -> Result<Triaged, BoxError> {
    Ok(nodes::triage(question).await)
}

async fn retrieve<R: Retrieve>(triaged: Triaged) -> Result<Docs, BoxError> {
    Ok(R::retrieve(triaged).await)
}

async fn pack(docs: Docs) -> Result<Prompt, BoxError> {
    Ok(nodes::pack(docs).await)
}

struct Graph<R> {
    workflow: Workflow<JsonCodec, Question>,
    retrieve: PhantomData<R>,
}

impl<R: Retrieve> Line for Graph<R> {
    async fn build() -> Self {
        let workflow = WorkflowBuilder::new(context("line"))
            .then("triage", triage)
            .then("retrieve", retrieve::<R>)
            .then("pack", pack)
            .build();
        Self {
            workflow: workflow.expect("its tasks have names of their own"),
            retrieve: PhantomData,
        }
    }

    async fn answer(&self, question: Question) -> Prompt {
        let prompt = run(&self.workflow, question).await;
        prompt.expect("no task fails")
    }
}

async fn policies(sample: Sample) -> Figure {
    let policy = || TaskMetadata {
        timeout: Some(TIMEOUT),
        retries: Some(RetryPolicy {
            max_retries: RETRIES,
            initial_delay: Duration::from_millis(100),
            backoff_multiplier: 2.0,
            max_delay: None,
        }),
        ..TaskMetadata::default()
    };
    let workflow = WorkflowBuilder::new(context("policies"))
        .with_registry()
        .then("triage", triage)
        .with_metadata(policy())
        .then("retrieve", retrieve::<Quickly>)
        .with_metadata(policy())
        .then("pack", pack)
        .with_metadata(policy())
        .build();
    let workflow = &workflow.expect("its tasks have names of their own");
    let call = |question| async move {
        let prompt = run(workflow.workflow(), question).await;
        prompt.expect("no task fails")
    };
    checked(sample, Question::new, call, by_hand::line).await
}

async fn sum(outputs: BranchOutputs<JsonCodec>) -> Result<u64, BoxError> {
    let mut branches = [0; BRANCHES];
    for (branch, output) in branches.iter_mut().enumerate() {
        *output = outputs.get_by_id(&name(branch))?;
    }
    Ok(nodes::sum(branches).await)
}

fn name(branch: usize) -> String {
    format!("branch {branch}")
}

async fn broadcast(sample: Sample) -> Figure {
    let workflow = WorkflowBuilder::new(context("broadcast"))
        .then("triage", triage)
        .branches(|branches| {
            for branch in 0..BRANCHES {
                branches.add(&name(branch), |triaged: Triaged| async {
                    Ok(nodes::branch(triaged).await)
                });
            }
        })
        .join("sum", sum)
        .build();
    let workflow = &workflow.expect("its tasks have names of their own");
    let call = |question| async move { run(workflow, question).await.expect("no task fails") };
    checked(sample, Question::new, call, by_hand::broadcast).await
}

/// A loop leaves with what it goes round with.
async fn hop(walk: Walk) -> Result<LoopResult<Walk>, BoxError> {
    Ok(match nodes::hop(walk).await {
        ControlFlow::Continue(walk) => LoopResult::Again(walk),
        ControlFlow::Break(digest) => LoopResult::Done(Walk { left: 0, digest }),
    })
}

async fn rounds(sample: Sample) -> Figure {
    let workflow = WorkflowBuilder::new(context("rounds"))
        .loop_task("hop", hop, HOPS)
        .build();
    let workflow = &workflow.expect("its task has a name of its own");
    let call = |walk| async move {
        let walk: Walk = run(workflow, walk).await.expect("no task fails");
        walk.digest
    };
    checked(sample, Walk::new, call, by_hand::rounds).await
}

fn main() -> ExitCode {
    let subject = shared::lines!(Subject::new("sayiir", "1.0.0"), Graph)
        .can(Work::Policies, policies)
        .can(Work::Broadcast, broadcast)
        .note(Work::Broadcast, "a spawned task per branch")
        .can(Work::Rounds, rounds)
        .cannot(Work::Map, "a fork has a fixed set of branches");
    harness::main([subject])
}
