//! Orka: a pipeline that is built once, and whose steps take what they need out of a context and
//! put there what they make. A context is made for each message. Broadcast and map are `FanOut`s
//! inside a step, which run a pipeline per branch.

use std::marker::PhantomData;
use std::process::ExitCode;
use std::sync::Arc;

use harness::{
    AT_ONCE, BRANCHES, Docs, Figure, Prompt, Question, Sample, Subject, Triaged, Work, nodes,
};
use orka::prelude::*;
use orka::{FanOut, FanOutPolicy};
use shared::{Line, Retrieve, by_hand, checked};

/// What a line knows at each step.
enum Known {
    Question(Question),
    Triaged(Triaged),
    Docs(Docs),
    Prompt(Prompt),
    Nothing,
}

/// Takes what the context knows, if it is the variant that is named.
macro_rules! taken {
    ($context:expr, $variant:ident) => {
        match $context.with_mut(|known| std::mem::replace(known, Known::Nothing)) {
            Known::$variant(value) => Ok(value),
            _ => Err(missing(stringify!($variant))),
        }
    };
}

fn missing(what: &str) -> OrkaError {
    OrkaError::ResourceMissing {
        resource: what.to_owned(),
    }
}

fn line<R: Retrieve>() -> Pipeline<Known, OrkaError> {
    let mut pipeline = Pipeline::new(["triage", "retrieve", "pack"]);
    pipeline
        .on_root("triage", |context: ContextData<Known>| async move {
            let triaged = nodes::triage(taken!(context, Question)?).await;
            context.with_mut(|known| *known = Known::Triaged(triaged));
            Ok(PipelineControl::Continue)
        })
        .on_root("retrieve", |context: ContextData<Known>| async move {
            let docs = R::retrieve(taken!(context, Triaged)?).await;
            context.with_mut(|known| *known = Known::Docs(docs));
            Ok(PipelineControl::Continue)
        })
        .on_root("pack", |context: ContextData<Known>| async move {
            let prompt = nodes::pack(taken!(context, Docs)?).await;
            context.with_mut(|known| *known = Known::Prompt(prompt));
            Ok(PipelineControl::Continue)
        });
    pipeline
}

struct Graph<R> {
    pipeline: Pipeline<Known, OrkaError>,
    retrieve: PhantomData<R>,
}

impl<R: Retrieve> Line for Graph<R> {
    async fn build() -> Self {
        Self {
            pipeline: line::<R>(),
            retrieve: PhantomData,
        }
    }

    async fn answer(&self, question: Question) -> Prompt {
        let context = ContextData::new(Known::Question(question));
        let result = self.pipeline.run(context.clone()).await;
        assert_eq!(result.expect("no step fails"), PipelineResult::Completed);
        taken!(context, Prompt).expect("the last step has packed it")
    }
}

/// What a broadcast knows.
#[derive(Default)]
struct Spread {
    question: Option<Question>,
    triaged: Option<Triaged>,
    branches: [u64; BRANCHES],
    sum: u64,
}

/// What one branch knows.
#[derive(Clone)]
struct Branch {
    triaged: Option<Triaged>,
    result: u64,
}

fn branch() -> Pipeline<Branch, OrkaError> {
    let mut pipeline = Pipeline::new(["branch"]);
    pipeline.on_root("branch", |context: ContextData<Branch>| async move {
        let triaged = context.with_mut(|branch| branch.triaged.take());
        let result = nodes::branch(triaged.ok_or_else(|| missing("triaged"))?).await;
        context.with_mut(|branch| branch.result = result);
        Ok(PipelineControl::Continue)
    });
    pipeline
}

fn spread() -> Pipeline<Spread, OrkaError> {
    let branch = Arc::new(branch());
    let mut pipeline = Pipeline::new(["triage", "branches", "sum"]);
    pipeline
        .on_root("triage", |context: ContextData<Spread>| async move {
            let question = context.with_mut(|spread| spread.question.take());
            let triaged = nodes::triage(question.ok_or_else(|| missing("question"))?).await;
            context.with_mut(|spread| spread.triaged = Some(triaged));
            Ok(PipelineControl::Continue)
        })
        .on_root("branches", move |context: ContextData<Spread>| {
            let branch = Arc::clone(&branch);
            async move {
                let triaged = context.with_mut(|spread| spread.triaged.take());
                let copy = Branch { triaged, result: 0 };
                let results = FanOut::new(branch)
                    .policy(FanOutPolicy::RequireAll)
                    .run(vec![copy; BRANCHES])
                    .await;
                context.with_mut(|spread| {
                    for (result, branch) in spread.branches.iter_mut().zip(results.oks()) {
                        *result = branch.with_ref(|branch| branch.result);
                    }
                });
                results.into_control()
            }
        })
        .on_root("sum", |context: ContextData<Spread>| async move {
            let sum = nodes::sum(context.with_ref(|spread| spread.branches)).await;
            context.with_mut(|spread| spread.sum = sum);
            Ok(PipelineControl::Continue)
        });
    pipeline
}

async fn broadcast(sample: Sample) -> Figure {
    let pipeline = &spread();
    let call = |question| async move {
        let context = ContextData::new(Spread {
            question: Some(question),
            ..Spread::default()
        });
        let result = pipeline.run(context.clone()).await;
        result.expect("no step fails");
        context.with_ref(|spread| spread.sum)
    };
    checked(sample, Question::new, call, by_hand::broadcast).await
}

/// What a map knows.
#[derive(Default)]
struct Mapped {
    first: u64,
    items: Vec<u64>,
}

fn mapped() -> Pipeline<Mapped, OrkaError> {
    let mut item = Pipeline::<u64, OrkaError>::new(["item"]);
    item.on_root("item", |context: ContextData<u64>| async move {
        let result = nodes::item(context.with_ref(|item| *item)).await;
        *context.write() = result;
        Ok(PipelineControl::Continue)
    });
    let item = Arc::new(item);
    let mut pipeline = Pipeline::new(["list", "map"]);
    pipeline
        .on_root("list", |context: ContextData<Mapped>| async move {
            let items = nodes::list(context.with_ref(|mapped| mapped.first)).await;
            context.with_mut(|mapped| mapped.items = items);
            Ok(PipelineControl::Continue)
        })
        .on_root("map", move |context: ContextData<Mapped>| {
            let item = Arc::clone(&item);
            async move {
                let items = context.with_mut(|mapped| std::mem::take(&mut mapped.items));
                let results = FanOut::new(item)
                    .policy(FanOutPolicy::RequireAll)
                    .max_concurrent(AT_ONCE)
                    .run(items)
                    .await;
                context.with_mut(|mapped| mapped.items = results.cloned_oks());
                results.into_control()
            }
        });
    pipeline
}

async fn map(sample: Sample) -> Figure {
    let pipeline = &mapped();
    let call = |first| async move {
        let context = ContextData::new(Mapped {
            first,
            ..Mapped::default()
        });
        let result = pipeline.run(context.clone()).await;
        result.expect("no step fails");
        context.with_mut(|mapped| std::mem::take(&mut mapped.items))
    };
    checked(sample, |id| id, call, by_hand::map).await
}

fn main() -> ExitCode {
    let subject = shared::lines!(Subject::new("orka", "0.3.1"), Graph)
        .cannot(
            Work::Policies,
            "it has a timeout for a single await, and no retries",
        )
        .can(Work::Broadcast, broadcast)
        .note(Work::Broadcast, "a `FanOut` of a pipeline of one step")
        .cannot(
            Work::Rounds,
            "a pipeline runs each of its steps once, in order",
        )
        .can(Work::Map, map)
        .note(Work::Map, "a `FanOut` of a pipeline of one step");
    harness::main([subject])
}
