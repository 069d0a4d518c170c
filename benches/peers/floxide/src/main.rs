//! floxide: a workflow that is written as a macro and built once. It clones each node and each
//! input, and each work item has a UUID. A workflow runs one work item after the other.

use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Duration;

use async_trait::async_trait;
use harness::{
    AT_ONCE, BRANCHES, Subject, Docs, Figure, Prompt, Question, RETRIES, Sample, TIMEOUT,
    Triaged, Walk, Work, nodes,
};
use floxide::context::Context;
use floxide::{
    BackoffStrategy, BatchNode, FloxideError, Node, RetryError, RetryPolicy, SharedState,
    Transition, Workflow, WorkflowCtx, workflow,
};
use serde::{Deserialize, Serialize};
use shared::{Computing, Line, Never, Quickly, Retrieve, Slowly, by_hand, checked, memory_held};

/// A node that awaits a function.
macro_rules! node {
    ($name:ident $(<$retrieve:ident>)?, $input:ty => $output:ty, $function:expr) => {
        #[async_trait]
        impl<C: Context $(, $retrieve: Retrieve)?> Node<C> for $name $(<$retrieve>)? {
            type Input = $input;
            type Output = $output;

            async fn process(
                &self,
                _: &C,
                input: $input,
            ) -> Result<Transition<$output>, FloxideError> {
                Ok(Transition::Next($function(input).await))
            }
        }
    };
}

#[derive(Clone, Debug, Default)]
struct Triage;
#[derive(Clone, Debug, Default)]
struct Middle<R>(R);
#[derive(Clone, Debug, Default)]
struct Pack;
#[derive(Clone, Debug, Default)]
struct Branch;
#[derive(Clone, Debug)]
struct Hop;
#[derive(Clone, Debug)]
struct Done;
#[derive(Clone, Debug)]
struct List;
#[derive(Clone, Debug)]
struct Item;

node!(Triage, Question => Triaged, nodes::triage);
node!(Middle<R>, Triaged => Docs, R::retrieve);
node!(Pack, Docs => Prompt, nodes::pack);
node!(Branch, Triaged => u64, nodes::branch);
node!(Hop, Walk => ControlFlow<u64, Walk>, nodes::hop);
node!(Done, u64 => u64, std::future::ready);
node!(List, u64 => Vec<u64>, nodes::list);
node!(Item, u64 => u64, nodes::item);

/// The workflow that has this node in the middle: the macro takes no generics.
trait Chosen {
    type Workflow: Workflow<(), Input = Question, Output = Prompt> + 'static;

    fn workflow() -> Self::Workflow;
}

macro_rules! line {
    ($($module:ident $retrieve:ident)*) => { $(
        mod $module {
            use super::*;

            workflow! {
                pub(crate) struct Line {
                    triage: Triage,
                    retrieve: Middle<$retrieve>,
                    pack: Pack,
                }
                start = triage;
                context = ();
                edges {
                    triage => { [retrieve] };
                    retrieve => { [pack] };
                    pack => {};
                }
            }
        }

        impl Chosen for $retrieve {
            type Workflow = $module::Line;

            fn workflow() -> $module::Line {
                $module::Line {
                    triage: Triage,
                    retrieve: Middle($retrieve),
                    pack: Pack,
                }
            }
        }
    )* };
}

// A module for each, as the macro makes names of those of the nodes.
line! {
    quick Quickly
    slow Slowly
    endless Never
    computing Computing
}

type Graph<R> = Run<<R as Chosen>::Workflow, R>;

struct Run<W, R> {
    workflow: W,
    context: WorkflowCtx<()>,
    retrieve: PhantomData<R>,
}

impl<W, R: Chosen<Workflow = W> + Retrieve> Line for Run<W, R>
where
    W: Workflow<(), Input = Question, Output = Prompt> + 'static,
{
    async fn build() -> Self {
        Self {
            workflow: R::workflow(),
            context: WorkflowCtx::new(()),
            retrieve: PhantomData,
        }
    }

    async fn answer(&self, question: Question) -> Prompt {
        let prompt = self.workflow.run(&self.context, question).await;
        prompt.expect("no node fails")
    }
}

mod reliable {
    use super::*;

    workflow! {
        pub(crate) struct Policies {
            #[retry = policy]
            triage: Triage,
            #[retry = policy]
            retrieve: Middle<Quickly>,
            #[retry = policy]
            pack: Pack,
            policy: RetryPolicy,
        }
        start = triage;
        context = ();
        edges {
            triage => { [retrieve] };
            retrieve => { [pack] };
            pack => {};
        }
    }
}

async fn policies(sample: Sample) -> Figure {
    let workflow = &reliable::Policies {
        triage: Triage,
        retrieve: Middle(Quickly),
        pack: Pack,
        policy: RetryPolicy::new(
            RETRIES as usize + 1,
            Duration::from_millis(100),
            Duration::from_secs(2),
            BackoffStrategy::Exponential,
            RetryError::All,
        ),
    };
    let mut context = WorkflowCtx::new(());
    context.set_timeout(TIMEOUT);
    let context = &context;
    let call = |question| async move {
        let prompt = workflow.run(context, question).await;
        prompt.expect("no node fails")
    };
    checked(sample, Question::new, call, by_hand::line).await
}

/// What the branches of one run have made so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Branches {
    results: SharedState<Vec<u64>>,
}

/// Holds until all branches are there.
#[derive(Clone, Debug)]
struct Sum;

#[async_trait]
impl Node<Branches> for Sum {
    type Input = u64;
    type Output = u64;

    async fn process(
        &self,
        branches: &Branches,
        result: u64,
    ) -> Result<Transition<u64>, FloxideError> {
        let mut results = branches.results.get().await;
        results.push(result);
        match results[..].try_into() {
            Ok(all) => Ok(Transition::Next(nodes::sum(all).await)),
            Err(_) => Ok(Transition::Hold),
        }
    }
}

workflow! {
    struct Spread {
        triage: Triage,
        a: Branch,
        b: Branch,
        c: Branch,
        d: Branch,
        e: Branch,
        f: Branch,
        g: Branch,
        h: Branch,
        sum: Sum,
    }
    start = triage;
    context = Branches;
    edges {
        triage => { [a, b, c, d, e, f, g, h] };
        a => { [sum] };
        b => { [sum] };
        c => { [sum] };
        d => { [sum] };
        e => { [sum] };
        f => { [sum] };
        g => { [sum] };
        h => { [sum] };
        sum => {};
    }
}

async fn broadcast(sample: Sample) -> Figure {
    let [a, b, c, d, e, f, g, h] = [(); BRANCHES].map(|()| Branch);
    let triage = Triage;
    let sum = Sum;
    let workflow = &Spread {
        triage,
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        sum,
    };
    let call = |question| async move {
        let context = WorkflowCtx::new(Branches::default());
        let sum = workflow.run(&context, question).await;
        sum.expect("no node fails")
    };
    checked(sample, Question::new, call, by_hand::broadcast).await
}

workflow! {
    struct Rounds {
        hop: Hop,
        done: Done,
    }
    start = hop;
    context = ();
    edges {
        hop => {
            ControlFlow::Continue(walk) => [hop];
            ControlFlow::Break(digest) => [done];
        };
        done => {};
    }
}

async fn rounds(sample: Sample) -> Figure {
    let workflow = &Rounds {
        hop: Hop,
        done: Done,
    };
    let context = &WorkflowCtx::new(());
    let call = |walk| async move {
        let digest = workflow.run(context, walk).await;
        digest.expect("no node fails")
    };
    checked(sample, Walk::new, call, by_hand::rounds).await
}

workflow! {
    struct Map {
        list: List,
        map: BatchNode<(), Item>,
    }
    start = list;
    context = ();
    edges {
        list => { [map] };
        map => {};
    }
}

async fn map(sample: Sample) -> Figure {
    let workflow = &Map {
        list: List,
        map: BatchNode::new(Item, AT_ONCE),
    };
    let context = &WorkflowCtx::new(());
    let call = |first| async move {
        let results = workflow.run(context, first).await;
        results.expect("no node fails")
    };
    checked(sample, |id| id, call, by_hand::map).await
}

fn main() -> ExitCode {
    let subject = shared::lines!(Subject::new("floxide", "3.2.2"), Graph)
        .can(Work::MemoryHeld, memory_held::<Graph<Never>>)
        .can(Work::Policies, policies)
        .note(
            Work::Policies,
            "the timeout is for all attempts of a node together",
        )
        .can(Work::Broadcast, broadcast)
        .note(
            Work::Broadcast,
            "one branch after the other; a node holds until all are there",
        )
        .can(Work::Rounds, rounds)
        .can(Work::Map, map)
        .note(
            Work::Map,
            "a `BatchNode`, which runs each item in a blocking thread",
        );
    let subject = shared::no_steps(
        subject,
        "a workflow is written node by node, in a macro, and cannot be built in a loop",
    );
    harness::main([subject])
}
