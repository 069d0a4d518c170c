//! swiftide-tasks: a task is a graph with the state of one run, so concurrent runs need a copy
//! each; its own benchmark clones a blueprint per run. Here what has ended is run again, and only
//! what runs at the same time is cloned. A node borrows its input, so what goes into the shared
//! functions is cloned.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use harness::{
    BRANCHES, Docs, Figure, Prompt, Question, Sample, Subject, Triaged, Walk, Work, nodes,
};
use shared::{Line, Retrieve, by_hand, checked};
use swiftide_tasks::{
    DynNodeId, JoinInput, NodeArg, Task, TaskError, TaskNode, TaskRunOutcome, Transition,
};

/// A node that clones its input and awaits a function on it.
macro_rules! node {
    ($name:ident, $input:ty => $output:ty, $function:expr) => {
        #[derive(Clone)]
        struct $name;

        #[async_trait]
        impl TaskNode for $name {
            type Input = $input;
            type Output = $output;
            type Error = Infallible;

            async fn evaluate(
                &self,
                _: &DynNodeId<Self>,
                input: &$input,
            ) -> Result<$output, Infallible> {
                Ok($function(input.clone()).await)
            }
        }
    };
}

node!(Triage, Question => Triaged, nodes::triage);
node!(Pack, Docs => Prompt, nodes::pack);
node!(Branch, Triaged => u64, nodes::branch);
node!(Hop, Walk => ControlFlow<u64, Walk>, nodes::hop);

#[derive(Clone)]
struct Middle<R>(PhantomData<R>);

#[async_trait]
impl<R: Retrieve> TaskNode for Middle<R> {
    type Input = Triaged;
    type Output = Docs;
    type Error = Infallible;

    async fn evaluate(&self, _: &DynNodeId<Self>, triaged: &Triaged) -> Result<Docs, Infallible> {
        Ok(R::retrieve(triaged.clone()).await)
    }
}

#[derive(Clone)]
struct Sum;

#[async_trait]
impl TaskNode for Sum {
    type Input = JoinInput<u64>;
    type Output = u64;
    type Error = Infallible;

    async fn evaluate(
        &self,
        _: &DynNodeId<Self>,
        input: &JoinInput<u64>,
    ) -> Result<u64, Infallible> {
        let mut branches = [0; BRANCHES];
        for (branch, result) in branches.iter_mut().zip(input.iter()) {
            *branch = *result;
        }
        Ok(nodes::sum(branches).await)
    }
}

/// A blueprint and its copies that have ended.
struct Pool<I: NodeArg, O: NodeArg> {
    blueprint: Task<I, O>,
    idle: Mutex<Vec<Task<I, O>>>,
}

impl<I: NodeArg + Clone, O: NodeArg + Clone> Pool<I, O> {
    fn new(blueprint: Result<Task<I, O>, TaskError>) -> Self {
        Self {
            blueprint: blueprint.expect("the nodes are registered"),
            idle: Mutex::default(),
        }
    }

    async fn run(&self, input: I) -> O {
        let idle = self.idle().pop();
        let mut task = idle.unwrap_or_else(|| self.blueprint.clone());
        let outcome = task.run(input).await;
        self.idle().push(task);
        match outcome {
            Ok(TaskRunOutcome::Completed(output)) => output,
            other => panic!("the task ends, not {}", other.is_ok()),
        }
    }

    fn idle(&self) -> impl std::ops::DerefMut<Target = Vec<Task<I, O>>> + '_ {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn line<R: Retrieve>() -> Result<Task<Question, Prompt>, TaskError> {
    let mut task = Task::new();
    let triage = task.register_node(Triage);
    let retrieve = task.register_node(Middle::<R>(PhantomData));
    let pack = task.register_node(Pack);
    task.starts_with(triage);
    task.register_transition(triage, move |triaged| retrieve.transitions_with(triaged))?;
    task.register_transition(retrieve, move |docs| pack.transitions_with(docs))?;
    task.register_transition(pack, task.transitions_to_finish())?;
    Ok(task)
}

struct Graph<R> {
    tasks: Pool<Question, Prompt>,
    retrieve: PhantomData<R>,
}

impl<R: Retrieve> Line for Graph<R> {
    async fn build() -> Self {
        Self {
            tasks: Pool::new(line::<R>()),
            retrieve: PhantomData,
        }
    }

    async fn answer(&self, question: Question) -> Prompt {
        self.tasks.run(question).await
    }
}

fn spread() -> Result<Task<Question, u64>, TaskError> {
    let mut task = Task::new();
    let triage = task.register_node(Triage);
    let branches = [(); BRANCHES].map(|()| task.register_node(Branch));
    let sum = task.register_node(Sum);
    task.starts_with(triage);
    task.register_transition(triage, move |triaged: Triaged| {
        let [first, others @ ..] = &branches;
        let fan_out = others.iter().fold(
            Transition::fan_out(first, triaged.clone()),
            |fan_out, branch| fan_out.and(branch, triaged.clone()),
        );
        fan_out.join_with(sum.join())
    })?;
    for branch in branches {
        task.register_transition(branch, sum.join())?;
    }
    task.register_transition(sum, task.transitions_to_finish())?;
    Ok(task)
}

async fn broadcast(sample: Sample) -> Figure {
    let tasks = &Pool::new(spread());
    let call = |question| tasks.run(question);
    checked(sample, Question::new, call, by_hand::broadcast).await
}

fn walk() -> Result<Task<Walk, u64>, TaskError> {
    let mut task = Task::new();
    let hop = task.register_node(Hop);
    let finish = task.transitions_to_finish();
    task.starts_with(hop);
    task.register_transition(hop, move |next| match next {
        ControlFlow::Continue(walk) => Transition::next(&hop, walk).into(),
        ControlFlow::Break(digest) => finish(digest),
    })?;
    Ok(task)
}

async fn rounds(sample: Sample) -> Figure {
    let tasks = &Pool::new(walk());
    let call = |walk| tasks.run(walk);
    checked(sample, Walk::new, call, by_hand::rounds).await
}

fn main() -> ExitCode {
    let subject = shared::lines!(Subject::new("swiftide-tasks", "0.33.0"), Graph)
        .cannot(Work::Policies, "it has no timeouts and no retries")
        .can(Work::Broadcast, broadcast)
        .note(
            Work::Broadcast,
            "one branch after the other, which is its default",
        )
        .can(Work::Rounds, rounds)
        .cannot(
            Work::Map,
            "nothing bounds how many branches of a fan-out run at a time",
        );
    harness::main([subject])
}
