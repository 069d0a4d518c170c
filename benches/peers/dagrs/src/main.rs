//! dagrs: a graph of nodes with channels between them, each run in a task. A graph runs one message
//! through and gives its results at the end, so it is built anew for each message, as in its own
//! benchmark; it could be reset, but that makes its channels anew as well.

use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use harness::{
    BRANCHES, Subject, Docs, Figure, Prompt, Question, Sample, Triaged, Walk, Work, nodes,
};
use dagrs::graph::loop_subgraph::LoopSubgraph;
use dagrs::{
    Action, Content, DagrsResult, DefaultNode, EnvVar, Graph, InChannels, Node, NodeId, NodeTable,
    OutChannels, Output,
};
use shared::{Line, Retrieve, by_hand, checked};

/// What the only node before this one has sent.
async fn received<T: Clone + Send + Sync + 'static>(inputs: &mut InChannels) -> T {
    let (_, content) = inputs
        .recv_any()
        .await
        .expect("a node sends before it ends");
    Arc::unwrap_or_clone(content.into_inner().expect("the nodes agree on the type"))
}

/// Sends it to the nodes after this one, or leaves it as a result where there are none.
async fn passed<T: Send + Sync + 'static>(outputs: &OutChannels, value: T) -> Output {
    if outputs.get_receiver_ids().is_empty() {
        return Output::new(value);
    }
    for sent in outputs.broadcast(Content::new(value)).await {
        sent.expect("a node receives before it ends");
    }
    Output::empty()
}

/// A node that awaits a function, on what it holds or on what it receives.
macro_rules! action {
    ($name:ident $(<$retrieve:ident>)?, |$this:ident, $inputs:ident| $input:expr, $function:expr) => {
        #[async_trait]
        impl $(<$retrieve: Retrieve>)? Action for $name $(<$retrieve>)? {
            async fn run(
                &self,
                $inputs: &mut InChannels,
                outputs: &mut OutChannels,
                _: Arc<EnvVar>,
            ) -> Output {
                let $this = self;
                let input = $input;
                passed(outputs, $function(input).await).await
            }
        }
    };
}

struct Triage(Question);
struct Middle<R>(PhantomData<R>);
struct Pack;
struct Branch;
struct First(u64);
struct Step;

action!(Triage, |this, _inputs| this.0.clone(), nodes::triage);
action!(
    Middle<R>,
    |_this, inputs| received(inputs).await,
    R::retrieve
);
action!(
    Pack,
    |_this, inputs| received::<Docs>(inputs).await,
    nodes::pack
);
action!(
    Branch,
    |_this, inputs| received::<Triaged>(inputs).await,
    nodes::branch
);
action!(First, |this, _inputs| this.0, nodes::step);
action!(Step, |_this, inputs| received(inputs).await, nodes::step);

struct Sum;

#[async_trait]
impl Action for Sum {
    async fn run(
        &self,
        inputs: &mut InChannels,
        outputs: &mut OutChannels,
        _: Arc<EnvVar>,
    ) -> Output {
        let mut branches = [0; BRANCHES];
        for branch in &mut branches {
            *branch = received(inputs).await;
        }
        passed(outputs, nodes::sum(branches).await).await
    }
}

/// A graph in the making.
#[derive(Default)]
struct Plan {
    graph: Graph,
    table: NodeTable,
}

impl Plan {
    fn node(&mut self, name: &str, action: impl Action + 'static, after: &[NodeId]) -> NodeId {
        let node = DefaultNode::with_action(name.to_owned(), action, &mut self.table);
        let id = node.id();
        let added = self.graph.add_node(node);
        added.expect("a node has a name of its own");
        for before in after {
            self.edge(*before, id);
        }
        id
    }

    fn edge(&mut self, from: NodeId, to: NodeId) {
        let added = self.graph.add_edge(from, vec![to]);
        added.expect("the nodes are there");
    }

    async fn run<T: Clone + Send + Sync + 'static>(mut self, last: NodeId) -> DagrsResult<T> {
        self.graph.set_env(EnvVar::new(self.table));
        self.graph.async_start().await?;
        let result = self.graph.get_results().remove(&last).flatten();
        Ok(Arc::unwrap_or_clone(result.expect("the last node has one")))
    }
}

struct Dag<R>(PhantomData<R>);

impl<R: Retrieve> Line for Dag<R> {
    async fn build() -> Self {
        Self(PhantomData)
    }

    async fn answer(&self, question: Question) -> Prompt {
        let mut plan = Plan::default();
        let triage = plan.node("triage", Triage(question), &[]);
        let retrieve = plan.node("retrieve", Middle::<R>(PhantomData), &[triage]);
        let pack = plan.node("pack", Pack, &[retrieve]);
        plan.run(pack).await.expect("no node fails")
    }
}

async fn broadcast(sample: Sample) -> Figure {
    let call = |question| async {
        let mut plan = Plan::default();
        let triage = plan.node("triage", Triage(question), &[]);
        let branches: Vec<_> = (0..BRANCHES)
            .map(|branch| plan.node(&format!("branch {branch}"), Branch, &[triage]))
            .collect();
        let sum = plan.node("sum", Sum, &branches);
        plan.run(sum).await.expect("no node fails")
    };
    checked(sample, Question::new, call, by_hand::broadcast).await
}

/// Sends off a walk.
struct Start(Walk);

action!(Start, |this, _inputs| this.0, std::future::ready);

/// Half of the hops: two nodes send the walk to each other.
struct Hop {
    start: Option<NodeId>,
    other: NodeId,
}

#[async_trait]
impl Action for Hop {
    async fn run(
        &self,
        inputs: &mut InChannels,
        outputs: &mut OutChannels,
        _: Arc<EnvVar>,
    ) -> Output {
        let mut from = self.start.unwrap_or(self.other);
        while let Ok(content) = inputs.recv_from(&from).await {
            from = self.other;
            let walk = content.get().expect("the nodes agree on the type");
            match nodes::hop(*walk).await {
                ControlFlow::Continue(walk) => {
                    let sent = outputs.send_to(&self.other, Content::new(walk)).await;
                    sent.expect("the other node receives");
                }
                ControlFlow::Break(digest) => {
                    outputs.close(&self.other).await;
                    return Output::new(digest);
                }
            }
        }
        Output::empty()
    }
}

async fn walked(walk: Walk) -> DagrsResult<u64> {
    let mut plan = Plan::default();
    let start = plan.node("start", Start(walk), &[]);
    let mut odd = DefaultNode::new("odd".to_owned(), &mut plan.table);
    let mut even = DefaultNode::new("even".to_owned(), &mut plan.table);
    let [odd_id, even_id] = [odd.id(), even.id()];
    odd.set_action(Hop {
        start: Some(start),
        other: even_id,
    });
    even.set_action(Hop {
        start: None,
        other: odd_id,
    });
    let mut hops = LoopSubgraph::new("hops".to_owned(), &mut plan.table);
    hops.add_node(odd)?;
    hops.add_node(even)?;
    plan.graph.add_node(hops)?;
    plan.edge(start, odd_id);
    plan.edge(odd_id, even_id);
    plan.edge(even_id, odd_id);
    plan.run(even_id).await
}

async fn rounds(sample: Sample) -> Figure {
    let call = |walk| async move { walked(walk).await.expect("no node fails") };
    checked(sample, Walk::new, call, by_hand::rounds).await
}

async fn steps(sample: Sample) -> Figure {
    let nodes = sample.work.parts();
    let call = |number| async move {
        let mut plan = Plan::default();
        let mut last = plan.node("step 0", First(number), &[]);
        for step in 1..nodes {
            last = plan.node(&format!("step {step}"), Step, &[last]);
        }
        plan.run(last).await.expect("no node fails")
    };
    checked(
        sample,
        |id| id,
        call,
        |number| by_hand::steps(nodes, number),
    )
    .await
}

fn main() -> ExitCode {
    let subject = shared::lines!(Subject::new("dagrs", "0.9.0"), Dag)
        .cannot(Work::MemoryHeld, "its nodes run in tasks, not in a future")
        .cannot(
            Work::Policies,
            "its nodes can be retried, but have no timeouts",
        )
        .can(Work::Broadcast, broadcast)
        .can(Work::Rounds, rounds)
        .note(
            Work::Rounds,
            "two nodes send the walk to each other, as in its example of a loop",
        )
        .cannot(
            Work::Map,
            "its graphs are fixed before they run, and nothing bounds how many nodes run at a time",
        );
    harness::main([shared::steps(subject, steps)])
}
