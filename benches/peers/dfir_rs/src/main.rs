//! DFIR: a dataflow graph that is compiled from its syntax and fed through a channel. It runs in
//! ticks, in one thread; each async function is an operator that makes futures, and one that
//! resolves them. What is awaited is sent in, and the graph is run until nothing is left to do, which
//! is `unconstrained`, as a source is at an end for it where tokio asks a task to yield.

use std::cell::RefCell;
use std::fmt::Debug;
use std::ops::ControlFlow;
use std::process::ExitCode;

use dfir_rs::dfir_syntax;
use dfir_rs::scheduled::context::{Dfir, TickClosure};
use dfir_rs::util::unbounded_channel;
use harness::{BRANCHES, Figure, IN_FLIGHT, Prompt, Question, Sample, Subject, Walk, Work, nodes};
use shared::{Never, Quickly, Retrieve, Slowly, by_hand, checked};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::unconstrained;
use tokio_stream::wrappers::UnboundedReceiverStream;

type Source<T> = UnboundedReceiverStream<T>;
type Sink<T> = UnboundedSender<T>;
type Next = ControlFlow<u64, Walk>;

fn line<R: Retrieve>(questions: Source<Question>, prompts: Sink<Prompt>) -> Dfir<impl TickClosure> {
    dfir_syntax! {
        source_stream(questions)
            -> map(nodes::triage) -> resolve_futures()
            -> map(R::retrieve) -> resolve_futures()
            -> map(nodes::pack) -> resolve_futures()
            -> for_each(|prompt| prompts.send(prompt).expect("it is received"));
    }
}

/// Sends one message in at a time, and runs the graph until it has come out.
async fn awaited<I, O: PartialEq + Debug, T: TickClosure, H: Future<Output = O>>(
    sample: Sample,
    make: impl Fn(u64) -> I,
    graph: impl FnOnce(Source<I>, Sink<O>) -> Dfir<T>,
    by_hand: impl Fn(I) -> H,
) -> Figure {
    let (input, source) = unbounded_channel();
    let (sink, output) = unbounded_channel();
    let graph = &RefCell::new(graph(source, sink));
    let output = &RefCell::new(output.into_inner());
    let input = &input;
    let call = |message| async move {
        assert!(input.send(message).is_ok(), "it is received");
        graph.borrow_mut().run_available_sync();
        output.borrow_mut().try_recv().expect("one comes out")
    };
    unconstrained(checked(sample, make, call, by_hand)).await
}

async fn request(sample: Sample) -> Figure {
    awaited(sample, Question::new, line::<Quickly>, by_hand::line).await
}

/// Sends in as many as fit, and runs the graph until they have come out.
async fn streamed(sample: Sample) -> Figure {
    let (input, questions) = unbounded_channel();
    let (prompts, output) = unbounded_channel();
    let graph = &RefCell::new(line::<Quickly>(questions, prompts));
    let output = &RefCell::new(output.into_inner());
    let input = &input;
    let stream = |count| async move {
        let mut out = 0;
        for id in 0..count {
            input.send(Question::new(id)).expect("it is received");
            if (id + 1) % IN_FLIGHT as u64 == 0 || id + 1 == count {
                graph.borrow_mut().run_available_sync();
                let mut output = output.borrow_mut();
                out += std::iter::from_fn(|| output.try_recv().ok()).count() as u64;
            }
        }
        out
    };
    unconstrained(sample.streamed(stream)).await
}

/// Sends in all at once, and runs the graph for as long as it takes.
async fn waits(sample: Sample) -> Figure {
    let stream = |count| async move {
        let (input, questions) = unbounded_channel();
        let (prompts, output) = unbounded_channel();
        for id in 0..count {
            input.send(Question::new(id)).expect("it is received");
        }
        let mut graph = line::<Slowly>(questions, prompts);
        let mut output = output.into_inner();
        let received = async {
            for _ in 0..count {
                output.recv().await.expect("the graph runs");
            }
        };
        tokio::select! {
            _ = graph.run() => 0,
            () = received => count,
        }
    };
    sample.streamed(stream).await
}

async fn memory(sample: Sample) -> Figure {
    let start = |count| async move {
        let (input, questions) = unbounded_channel();
        let (prompts, output) = unbounded_channel();
        for id in 0..count {
            input.send(Question::new(id)).expect("it is received");
        }
        let mut graph = line::<Never>(questions, prompts);
        graph.run_available_sync();
        (input, graph, output)
    };
    unconstrained(sample.waiting(start)).await
}

fn spread(questions: Source<Question>, sums: Sink<u64>) -> Dfir<impl TickClosure> {
    dfir_syntax! {
        triaged = source_stream(questions) -> map(nodes::triage) -> resolve_futures() -> tee();
        branches = union();
        triaged -> map(nodes::branch) -> resolve_futures() -> branches;
        triaged -> map(nodes::branch) -> resolve_futures() -> branches;
        triaged -> map(nodes::branch) -> resolve_futures() -> branches;
        triaged -> map(nodes::branch) -> resolve_futures() -> branches;
        triaged -> map(nodes::branch) -> resolve_futures() -> branches;
        triaged -> map(nodes::branch) -> resolve_futures() -> branches;
        triaged -> map(nodes::branch) -> resolve_futures() -> branches;
        triaged -> map(nodes::branch) -> resolve_futures() -> branches;
        branches
            -> fold::<'tick>(Vec::new, |all: &mut Vec<u64>, result| all.push(result))
            -> filter_map(|all| <[u64; BRANCHES]>::try_from(all).ok())
            -> map(nodes::sum) -> resolve_futures()
            -> for_each(|sum| sums.send(sum).expect("it is received"));
    }
}

async fn broadcast(sample: Sample) -> Figure {
    awaited(sample, Question::new, spread, by_hand::broadcast).await
}

fn walk(walks: Source<Walk>, digests: Sink<u64>) -> Dfir<impl TickClosure> {
    dfir_syntax! {
        walks = union() -> map(nodes::hop) -> resolve_futures() -> tee();
        source_stream(walks) -> walks;
        walks -> filter_map(|next: Next| next.continue_value()) -> defer_tick() -> walks;
        walks
            -> filter_map(|next: Next| next.break_value())
            -> for_each(|digest| digests.send(digest).expect("it is received"));
    }
}

async fn rounds(sample: Sample) -> Figure {
    awaited(sample, Walk::new, walk, by_hand::rounds).await
}

fn main() -> ExitCode {
    let subject = Subject::new("dfir_rs", "0.16.0")
        .can_without_send(Work::Line, streamed)
        .note(
            Work::Line,
            "64 are sent in, the graph is run, 64 are taken out, all in one thread",
        )
        .can_without_send(Work::Request, request)
        .cannot(Work::Policies, "it has no timeouts and no retries")
        .can_without_send(Work::Broadcast, broadcast)
        .note(Work::Broadcast, "a tick is a request")
        .can_without_send(Work::Rounds, rounds)
        .note(Work::Rounds, "a hop is a tick")
        .can_without_send(Work::Waits, waits)
        .can_without_send(Work::Memory, memory)
        .cannot(
            Work::Map,
            "nothing bounds how many futures it resolves at a time",
        );
    harness::main([subject])
}
