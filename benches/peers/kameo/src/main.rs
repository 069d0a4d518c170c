//! kameo: an actor per node. Each forwards what it has made to the next one, and the last one
//! answers who has asked the first. A node that waits does so in a task of its own, as an actor
//! handles one message at a time.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::process::ExitCode;

use harness::{
    BRANCHES, Subject, Docs, Figure, Prompt, Question, Sample, Triaged, Walk, Work, nodes,
};
use futures_util::future::try_join_all;
use kameo::prelude::*;
use kameo::reply::{DelegatedReply, ForwardedReply, ReplySender};
use shared::{Line, Retrieve, by_hand, checked};

/// A type of another crate is a reply in a `Result` only.
type Answer = Result<Prompt, Infallible>;

#[derive(Actor)]
struct Triage<R: Retrieve>(ActorRef<Middle<R>>);

impl<R: Retrieve> Message<Question> for Triage<R> {
    type Reply = ForwardedReply<Triaged, DelegatedReply<Answer>>;

    async fn handle(
        &mut self,
        question: Question,
        context: &mut Context<Self, Self::Reply>,
    ) -> Self::Reply {
        let triaged = nodes::triage(question).await;
        context.forward(&self.0, triaged).await
    }
}

#[derive(Actor)]
struct Middle<R: Retrieve>(ActorRef<Pack>, PhantomData<R>);

impl<R: Retrieve> Message<Triaged> for Middle<R> {
    type Reply = DelegatedReply<Answer>;

    async fn handle(
        &mut self,
        triaged: Triaged,
        context: &mut Context<Self, Self::Reply>,
    ) -> Self::Reply {
        let (delegated, answer) = context.reply_sender();
        let pack = self.0.clone();
        let work = async move {
            let docs = R::retrieve(triaged).await;
            pack.tell((docs, answer)).await.expect("no actor ends");
        };
        if R::WAITS {
            tokio::spawn(work);
        } else {
            work.await;
        }
        delegated
    }
}

#[derive(Actor)]
struct Pack;

impl Message<(Docs, Option<ReplySender<Answer>>)> for Pack {
    type Reply = ();

    async fn handle(
        &mut self,
        (docs, answer): (Docs, Option<ReplySender<Answer>>),
        _: &mut Context<Self, ()>,
    ) {
        let prompt = nodes::pack(docs).await;
        if let Some(answer) = answer {
            answer.send(Ok(prompt));
        }
    }
}

struct Actors<R: Retrieve>(ActorRef<Triage<R>>);

impl<R: Retrieve> Line for Actors<R> {
    async fn build() -> Self {
        let pack = Pack::spawn(Pack);
        let retrieve = Middle::<R>::spawn(Middle(pack, PhantomData));
        Self(Triage::spawn(Triage(retrieve)))
    }

    async fn answer(&self, question: Question) -> Prompt {
        self.0.ask(question).await.expect("no actor ends")
    }
}

#[derive(Actor)]
struct Branch;

impl Message<Triaged> for Branch {
    type Reply = u64;

    async fn handle(&mut self, triaged: Triaged, _: &mut Context<Self, u64>) -> u64 {
        nodes::branch(triaged).await
    }
}

#[derive(Actor)]
struct Spread([ActorRef<Branch>; BRANCHES]);

impl Message<Question> for Spread {
    type Reply = u64;

    async fn handle(&mut self, question: Question, _: &mut Context<Self, u64>) -> u64 {
        let triaged = &nodes::triage(question).await;
        let asks = self.0.iter();
        let asks = asks.map(|branch| async move { branch.ask(triaged.clone()).await });
        let results = try_join_all(asks).await.expect("no actor ends");
        let mut branches = [0; BRANCHES];
        branches.copy_from_slice(&results);
        nodes::sum(branches).await
    }
}

async fn broadcast(sample: Sample) -> Figure {
    let branches = [(); BRANCHES].map(|()| Branch::spawn(Branch));
    let spread = &Spread::spawn(Spread(branches));
    let call = |question| async move { spread.ask(question).await.expect("no actor ends") };
    checked(sample, Question::new, call, by_hand::broadcast).await
}

#[derive(Actor)]
struct Hop;

impl Hop {
    async fn go(me: &ActorRef<Self>, walk: Walk, answer: Option<ReplySender<u64>>) {
        match nodes::hop(walk).await {
            ControlFlow::Continue(walk) => me.tell((walk, answer)).await.expect("it runs"),
            ControlFlow::Break(digest) => drop(answer.map(|answer| answer.send(digest))),
        }
    }
}

impl Message<Walk> for Hop {
    type Reply = DelegatedReply<u64>;

    async fn handle(
        &mut self,
        walk: Walk,
        context: &mut Context<Self, Self::Reply>,
    ) -> Self::Reply {
        let (delegated, answer) = context.reply_sender();
        Self::go(context.actor_ref(), walk, answer).await;
        delegated
    }
}

impl Message<(Walk, Option<ReplySender<u64>>)> for Hop {
    type Reply = ();

    async fn handle(
        &mut self,
        (walk, answer): (Walk, Option<ReplySender<u64>>),
        context: &mut Context<Self, ()>,
    ) {
        Self::go(context.actor_ref(), walk, answer).await;
    }
}

async fn rounds(sample: Sample) -> Figure {
    let hop = &Hop::spawn(Hop);
    let call = |walk| async move { hop.ask(walk).await.expect("no actor ends") };
    checked(sample, Walk::new, call, by_hand::rounds).await
}

#[derive(Actor)]
struct Step(Option<ActorRef<Self>>);

impl Step {
    async fn go(&self, number: u64, answer: Option<ReplySender<u64>>) {
        let number = nodes::step(number).await;
        match &self.0 {
            Some(next) => next.tell((number, answer)).await.expect("no actor ends"),
            None => drop(answer.map(|answer| answer.send(number))),
        }
    }
}

impl Message<u64> for Step {
    type Reply = DelegatedReply<u64>;

    async fn handle(
        &mut self,
        number: u64,
        context: &mut Context<Self, Self::Reply>,
    ) -> Self::Reply {
        let (delegated, answer) = context.reply_sender();
        self.go(number, answer).await;
        delegated
    }
}

impl Message<(u64, Option<ReplySender<u64>>)> for Step {
    type Reply = ();

    async fn handle(
        &mut self,
        (number, answer): (u64, Option<ReplySender<u64>>),
        _: &mut Context<Self, ()>,
    ) {
        self.go(number, answer).await;
    }
}

async fn steps(sample: Sample) -> Figure {
    let nodes = sample.work.parts();
    let mut first = Step::spawn(Step(None));
    for _ in 1..nodes {
        first = Step::spawn(Step(Some(first)));
    }
    let first = &first;
    let call = |number| async move { first.ask(number).await.expect("no actor ends") };
    checked(
        sample,
        |id| id,
        call,
        |number: u64| by_hand::steps(nodes, number),
    )
    .await
}

fn main() -> ExitCode {
    let subject = shared::lines!(Subject::new("kameo", "0.22.2"), Actors)
        .note(Work::Waits, "the actor spawns a task per message")
        .note(Work::Memory, "the actor spawns a task per message")
        .cannot(
            Work::MemoryHeld,
            "the work is in the actors, not in a future",
        )
        .cannot(
            Work::Policies,
            "an ask has a timeout, a handler has none, and nothing is retried",
        )
        .can(Work::Broadcast, broadcast)
        .note(Work::Broadcast, "an actor that asks eight others")
        .can(Work::Rounds, rounds)
        .note(Work::Rounds, "an actor that sends messages to itself")
        .cannot(Work::Map, "it has no lists");
    harness::main([shared::steps(subject, steps)])
}
