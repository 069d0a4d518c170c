//! graph-flow: a graph that is built once, and a session per message, whose context holds what the
//! tasks make as JSON. Its runner does one step at a time and saves the session after each; for
//! many steps at once its documentation has `execute_session` and `ContinueAndExecute`, as here,
//! and nothing is saved.

use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use graph_flow::fanout::FanOutTask;
use graph_flow::{
    Context, ExecutionStatus, Graph, GraphBuilder, GraphError, NextAction, Result, Session, Task,
    TaskResult,
};
use harness::{BRANCHES, Figure, Prompt, Question, Sample, Subject, Triaged, Walk, Work, nodes};
use serde::de::DeserializeOwned;
use shared::{Line, Retrieve, by_hand, checked};

fn get<T: DeserializeOwned>(context: &Context, key: &str) -> Result<T> {
    let value = context.get(key);
    value.ok_or_else(|| GraphError::ContextError(format!("there is no {key}")))
}

fn next(last: bool) -> TaskResult {
    match last {
        true => TaskResult::new(None, NextAction::End),
        false => TaskResult::move_to_next_direct(),
    }
}

struct Triage;

#[async_trait]
impl Task for Triage {
    fn id(&self) -> &str {
        "triage"
    }

    async fn run(&self, context: Context) -> Result<TaskResult> {
        let triaged = nodes::triage(get(&context, "question")?).await;
        context.set("triaged", triaged)?;
        Ok(next(false))
    }
}

struct Middle<R>(PhantomData<R>);

#[async_trait]
impl<R: Retrieve> Task for Middle<R> {
    fn id(&self) -> &str {
        "retrieve"
    }

    async fn run(&self, context: Context) -> Result<TaskResult> {
        let docs = R::retrieve(get(&context, "triaged")?).await;
        context.set("docs", docs)?;
        Ok(next(false))
    }
}

struct Pack;

#[async_trait]
impl Task for Pack {
    fn id(&self) -> &str {
        "pack"
    }

    async fn run(&self, context: Context) -> Result<TaskResult> {
        let prompt = nodes::pack(get(&context, "docs")?).await;
        context.set("prompt", prompt)?;
        Ok(next(true))
    }
}

/// Runs a session from the task `start` to the end, with `input` in its context under `key`.
async fn run<I: serde::Serialize, O: DeserializeOwned>(
    graph: &Graph,
    start: &str,
    (key, input): (&str, I),
    output: &str,
) -> Result<O> {
    let mut session = Session::new_from_task("session".to_owned(), start);
    session.context.set(key, input)?;
    let result = graph.execute_session(&mut session).await?;
    assert!(matches!(result.status, ExecutionStatus::Completed));
    get(&session.context, output)
}

struct Graph3<R> {
    graph: Graph,
    retrieve: PhantomData<R>,
}

impl<R: Retrieve> Line for Graph3<R> {
    async fn build() -> Self {
        let graph = GraphBuilder::new("line")
            .add_task(Arc::new(Triage))
            .add_task(Arc::new(Middle::<R>(PhantomData)))
            .add_task(Arc::new(Pack))
            .add_edge("triage", "retrieve")
            .add_edge("retrieve", "pack")
            .build();
        Self {
            graph: graph.expect("the graph is whole"),
            retrieve: PhantomData,
        }
    }

    async fn answer(&self, question: Question) -> Prompt {
        let prompt = run(&self.graph, "triage", ("question", question), "prompt").await;
        prompt.expect("no task fails")
    }
}

/// A branch, which writes its result under a key of its own.
struct Branch(String);

#[async_trait]
impl Task for Branch {
    fn id(&self) -> &str {
        &self.0
    }

    async fn run(&self, context: Context) -> Result<TaskResult> {
        let triaged: Triaged = get(&context, "triaged")?;
        context.set(self.0.clone(), nodes::branch(triaged).await)?;
        Ok(next(true))
    }
}

struct Sum([String; BRANCHES]);

#[async_trait]
impl Task for Sum {
    fn id(&self) -> &str {
        "sum"
    }

    async fn run(&self, context: Context) -> Result<TaskResult> {
        let mut branches = [0; BRANCHES];
        for (branch, key) in branches.iter_mut().zip(&self.0) {
            *branch = get(&context, key)?;
        }
        context.set("total", nodes::sum(branches).await)?;
        Ok(next(true))
    }
}

fn spread() -> Result<Graph> {
    let keys: [String; BRANCHES] = std::array::from_fn(|branch| format!("branch {branch}"));
    let branches = keys.iter().cloned();
    let branches = branches.map(|key| Arc::new(Branch(key)) as Arc<dyn Task>);
    let branches = FanOutTask::new("branches", branches.collect())
        .with_next_action(NextAction::ContinueAndExecute);
    GraphBuilder::new("broadcast")
        .add_task(Arc::new(Triage))
        .add_task(branches)
        .add_task(Arc::new(Sum(keys)))
        .add_edge("triage", "branches")
        .add_edge("branches", "sum")
        .build()
}

async fn broadcast(sample: Sample) -> Figure {
    let graph = &spread().expect("the graph is whole");
    let call = |question| async move {
        let sum = run(graph, "triage", ("question", question), "total").await;
        sum.expect("no task fails")
    };
    checked(sample, Question::new, call, by_hand::broadcast).await
}

struct Hop;

#[async_trait]
impl Task for Hop {
    fn id(&self) -> &str {
        "hop"
    }

    async fn run(&self, context: Context) -> Result<TaskResult> {
        match nodes::hop(get(&context, "walk")?).await {
            ControlFlow::Continue(walk) => {
                context.set("walk", walk)?;
                Ok(next(false))
            }
            ControlFlow::Break(digest) => {
                context.set("digest", digest)?;
                Ok(next(true))
            }
        }
    }
}

async fn rounds(sample: Sample) -> Figure {
    let graph = GraphBuilder::new("rounds")
        .add_task(Arc::new(Hop))
        .add_edge("hop", "hop")
        .build();
    let graph = &graph.expect("the graph is whole");
    let call = |walk| async move {
        let digest = run(graph, "hop", ("walk", walk), "digest").await;
        digest.expect("no task fails")
    };
    checked(sample, Walk::new, call, by_hand::rounds).await
}

fn main() -> ExitCode {
    let subject = shared::lines!(Subject::new("graph-flow", "0.8.1"), Graph3)
        .cannot(
            Work::Policies,
            "it has one timeout for all tasks, which is always on, and no retries",
        )
        .can(Work::Broadcast, broadcast)
        .note(Work::Broadcast, "a `FanOutTask`, a spawned task per branch")
        .can(Work::Rounds, rounds)
        .cannot(
            Work::Map,
            "a `FanOutTask` has a fixed set of children, and no bound on how many run at a time",
        );
    harness::main([subject])
}
