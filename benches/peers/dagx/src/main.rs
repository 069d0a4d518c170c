//! dagx: a graph of tasks that is built, run once and dropped, so it is built anew for each
//! message, as its examples and its own benchmarks do. A task borrows its input, so what goes into
//! the shared functions is cloned; and so is what comes out.

use std::marker::PhantomData;
use std::process::ExitCode;

use harness::{Subject, Docs, Figure, Prompt, Question, Sample, Triaged, Work, nodes};
use dagx::{DagResult, DagRunner, Task, TaskHandle, task};
use shared::{Computing, Line, Never, Quickly, Retrieve, Slowly, by_hand, checked, memory_held};

struct Triage(Option<Question>);

#[task]
impl Triage {
    async fn run(&mut self) -> Triaged {
        let question = self.0.take().expect("a task runs once");
        nodes::triage(question).await
    }
}

struct Middle<R>(PhantomData<R>);

/// The attribute takes no generics.
macro_rules! middle {
    ($($retrieve:ident)*) => { $(
        #[task]
        impl Middle<$retrieve> {
            async fn run(triaged: &Triaged) -> Docs {
                $retrieve::retrieve(triaged.clone()).await
            }
        }
    )* };
}

middle!(Quickly Slowly Never Computing);

struct Pack;

#[task]
impl Pack {
    async fn run(docs: &Docs) -> Prompt {
        nodes::pack(docs.clone()).await
    }
}

struct Branch;

#[task]
impl Branch {
    async fn run(triaged: &Triaged) -> u64 {
        nodes::branch(triaged.clone()).await
    }
}

struct Sum;

#[task]
impl Sum {
    #[expect(clippy::too_many_arguments, reason = "one for each branch")]
    async fn run(a: &u64, b: &u64, c: &u64, d: &u64, e: &u64, f: &u64, g: &u64, h: &u64) -> u64 {
        nodes::sum([*a, *b, *c, *d, *e, *f, *g, *h]).await
    }
}

struct First(u64);

#[task]
impl First {
    async fn run(&self) -> u64 {
        nodes::step(self.0).await
    }
}

struct Step;

#[task]
impl Step {
    async fn run(number: &u64) -> u64 {
        nodes::step(*number).await
    }
}

async fn run<T: Clone + Send + Sync + 'static>(
    dag: DagRunner,
    last: TaskHandle<T>,
) -> DagResult<T> {
    dag.run(|future| {
        tokio::spawn(future);
    })
    .await?;
    dag.get(last)
}

struct Dag<R>(PhantomData<R>);

impl<R: Retrieve> Line for Dag<R>
where
    Middle<R>: Task<Input = Triaged, Output = Docs>,
{
    async fn build() -> Self {
        Self(PhantomData)
    }

    async fn answer(&self, question: Question) -> Prompt {
        let dag = DagRunner::new();
        let triaged = dag.add_task(Triage(Some(question)));
        let docs = dag.add_task(Middle::<R>(PhantomData)).depends_on(&triaged);
        let prompt = dag.add_task(Pack).depends_on(docs);
        run(dag, prompt).await.expect("no task panics")
    }
}

async fn broadcast(sample: Sample) -> Figure {
    let call = |question| async {
        let dag = DagRunner::new();
        let triaged = dag.add_task(Triage(Some(question)));
        let [a, b, c, d, e, f, g, h] =
            [(); harness::BRANCHES].map(|()| dag.add_task(Branch).depends_on(&triaged));
        let sum = dag
            .add_task(Sum)
            .depends_on((&a, &b, &c, &d, &e, &f, &g, &h));
        run(dag, sum).await.expect("no task panics")
    };
    checked(sample, Question::new, call, by_hand::broadcast).await
}

async fn steps(sample: Sample) -> Figure {
    let nodes = sample.work.parts();
    let call = |number| async move {
        let dag = DagRunner::new();
        let mut last: TaskHandle<u64> = dag.add_task(First(number)).into();
        for _ in 1..nodes {
            last = dag.add_task(Step).depends_on(last);
        }
        run(dag, last).await.expect("no task panics")
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
    let subject = shared::lines!(Subject::new("dagx", "0.3.1"), Dag)
        .can(Work::MemoryHeld, memory_held::<Dag<Never>>)
        .cannot(Work::Policies, "it has no timeouts and no retries")
        .can(Work::Broadcast, broadcast)
        .cannot(Work::Rounds, "its graphs have no cycles")
        .cannot(
            Work::Map,
            "its graphs are fixed before they run, and nothing bounds how many tasks run at a time",
        );
    let subject = shared::steps(subject, steps);
    harness::main([subject])
}
