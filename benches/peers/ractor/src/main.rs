//! ractor: an actor per node. Each hands what it has made on to the next one, together with the
//! port that the last one answers through. A node that waits does so in a task of its own, as an
//! actor handles one message at a time.

use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::process::ExitCode;

use futures_util::future::try_join_all;
use harness::{
    BRANCHES, Docs, Figure, Prompt, Question, Sample, Subject, Triaged, Walk, Work, nodes,
};
use ractor::{Actor, ActorProcessingErr, ActorRef, Message, RpcReplyPort, call, cast};
use shared::{Line, Retrieve, by_hand, checked};

/// What an actor gets, and whom it or one after it answers.
type Asked<I, O> = (I, RpcReplyPort<O>);

async fn spawned<A: Actor<Arguments = ()>>(actor: A) -> ActorRef<A::Msg> {
    let (actor, _) = Actor::spawn(None, actor, ()).await.expect("it starts");
    actor
}

async fn asked<I: Message, O: Message>(actor: &ActorRef<Asked<I, O>>, input: I) -> O {
    let answer = call!(actor, |port| (input, port));
    answer.expect("no actor ends")
}

/// An actor without state.
macro_rules! actor {
    ($(@$retrieve:ident)? $actor:ty, $message:ty, |$this:ident, $me:ident, $pattern:pat_param| $body:expr) => {
        impl $(<$retrieve: Retrieve>)? Actor for $actor {
            type Msg = $message;
            type State = ();
            type Arguments = ();

            async fn pre_start(&self, _: ActorRef<$message>, (): ()) -> Result<(), ActorProcessingErr> {
                Ok(())
            }

            async fn handle(
                &self,
                $me: ActorRef<$message>,
                $pattern: $message,
                (): &mut (),
            ) -> Result<(), ActorProcessingErr> {
                let $this = self;
                $body;
                Ok(())
            }
        }
    };
}

struct Triage(ActorRef<Asked<Triaged, Prompt>>);

actor!(Triage, Asked<Question, Prompt>, |this, _me, (question, port)| {
    cast!(this.0, (nodes::triage(question).await, port))?
});

struct Middle<R>(ActorRef<Asked<Docs, Prompt>>, PhantomData<R>);

actor!(@R Middle<R>, Asked<Triaged, Prompt>, |this, _me, (triaged, port)| {
    if R::WAITS {
        let pack = this.0.clone();
        tokio::spawn(async move { cast!(pack, (R::retrieve(triaged).await, port)) });
    } else {
        cast!(this.0, (R::retrieve(triaged).await, port))?;
    }
});

struct Pack;

actor!(Pack, Asked<Docs, Prompt>, |_this, _me, (docs, port)| {
    port.send(nodes::pack(docs).await)?
});

struct Actors<R> {
    triage: ActorRef<Asked<Question, Prompt>>,
    retrieve: PhantomData<R>,
}

impl<R: Retrieve> Line for Actors<R> {
    async fn build() -> Self {
        let pack = spawned(Pack).await;
        let retrieve = spawned(Middle::<R>(pack, PhantomData)).await;
        Self {
            triage: spawned(Triage(retrieve)).await,
            retrieve: PhantomData,
        }
    }

    async fn answer(&self, question: Question) -> Prompt {
        asked(&self.triage, question).await
    }
}

struct Branch;

actor!(Branch, Asked<Triaged, u64>, |_this, _me, (triaged, port)| {
    port.send(nodes::branch(triaged).await)?
});

struct Spread([ActorRef<Asked<Triaged, u64>>; BRANCHES]);

actor!(Spread, Asked<Question, u64>, |this, _me, (question, port)| {
    let triaged = &nodes::triage(question).await;
    let asks = this.0.iter().map(|branch| async move {
        call!(branch, |port| (triaged.clone(), port))
    });
    let results = try_join_all(asks).await?;
    let mut branches = [0; BRANCHES];
    branches.copy_from_slice(&results);
    port.send(nodes::sum(branches).await)?
});

async fn broadcast(sample: Sample) -> Figure {
    let mut branches = Vec::new();
    for _ in 0..BRANCHES {
        branches.push(spawned(Branch).await);
    }
    let branches = branches.try_into().expect("there are eight");
    let spread = &spawned(Spread(branches)).await;
    let call = |question| asked(spread, question);
    checked(sample, Question::new, call, by_hand::broadcast).await
}

struct Hop;

actor!(Hop, Asked<Walk, u64>, |_this, me, (walk, port)| {
    match nodes::hop(walk).await {
        ControlFlow::Continue(walk) => cast!(me, (walk, port))?,
        ControlFlow::Break(digest) => port.send(digest)?,
    }
});

async fn rounds(sample: Sample) -> Figure {
    let hop = &spawned(Hop).await;
    checked(sample, Walk::new, |walk| asked(hop, walk), by_hand::rounds).await
}

fn main() -> ExitCode {
    let subject = shared::lines!(Subject::new("ractor", "0.16.5"), Actors)
        .note(Work::Waits, "the actor spawns a task per message")
        .note(Work::Memory, "the actor spawns a task per message")
        .cannot(
            Work::Policies,
            "a call has a timeout, a handler has none, and nothing is retried",
        )
        .can(Work::Broadcast, broadcast)
        .note(Work::Broadcast, "an actor that calls eight others")
        .can(Work::Rounds, rounds)
        .note(Work::Rounds, "an actor that sends messages to itself")
        .cannot(Work::Map, "it has no lists");
    harness::main([subject])
}
