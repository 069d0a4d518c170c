//! `validate`: what a node takes and outputs is checked by `garde`.

use garde::Validate;
use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms, watched};

#[derive(Debug, Clone, PartialEq, Validate)]
struct Question {
    #[garde(length(min = 3))]
    text: String,
    #[garde(dive)]
    limits: Vec<Limit>,
}

#[derive(Debug, Clone, PartialEq, Validate)]
struct Limit {
    #[garde(range(min = 1))]
    documents: u32,
}

fn question(text: &str, documents: u32) -> Question {
    Question {
        text: text.to_owned(),
        limits: vec![Limit { documents }],
    }
}

fn good() -> Question {
    question("where do penguins live?", 3)
}

fn bad() -> Question {
    question("?", 0)
}

/// Bad in one place.
fn vague() -> Question {
    question("?", 3)
}

/// The paths in the report that the error holds, in order: garde does not promise one.
fn paths(error: &FlowError) -> Vec<String> {
    let source = std::error::Error::source(error).expect("it has a source");
    let report: &garde::Report = source.downcast_ref().expect("it is garde's report");
    let mut paths: Vec<_> = report.iter().map(|(path, _)| path.to_string()).collect();
    paths.sort();
    paths
}

#[node(validate = "in", retries = 3, jitter = false)]
async fn takes_payload(question: Question, notes: State<Notebook>) -> Result<Question, String> {
    notes.0.write("payload");
    Ok(question)
}

#[node(validate = "in")]
async fn takes_reference(question: &Question, notes: State<Notebook>) -> Question {
    notes.0.write("reference");
    question.clone()
}

#[node(validate = "in")]
async fn takes_message(question: Message<Question>, notes: State<Notebook>) -> Message<Question> {
    notes.0.write("message");
    question
}

#[node(validate = "in")]
async fn takes_message_reference(question: &Message<Question>, notes: State<Notebook>) -> Question {
    notes.0.write("message reference");
    question.payload.clone()
}

#[node(validate = "in", blocking)]
fn takes_in_a_thread(question: Question, notes: State<Notebook>) -> Question {
    notes.0.write("thread");
    question
}

struct Search;

#[node(validate = "both")]
impl Search {
    async fn call(&self, question: Question, notes: State<Notebook>) -> Question {
        notes.0.write("struct");
        question
    }
}

/// The node does not run, is not tried again, and the error says what is wrong where. In the
/// original an invalid instance went in and out unseen.
#[tokio::test(start_paused = true)]
async fn b27_an_invalid_input_does_not_reach_its_node() {
    let notes = Notebook::new();
    let flow = flow! { takes_payload }.with_state(notes.clone());
    assert_eq!(flow.run(good()).await.expect("it is valid"), good());
    let error = flow.run(vague()).await.expect_err("it is invalid");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Invalid, 0));
    assert_eq!(
        error.to_string(),
        "node `takes_payload` was given an invalid input: text: length is lower than 3"
    );
    let error = flow
        .run(bad())
        .await
        .expect_err("it is invalid in two places");
    assert_eq!(paths(&error), ["limits[0].documents", "text"]);
    let text = error.to_string();
    assert!(text.contains("limits[0].documents: lower than 1"), "{text}");
    assert!(text.contains("; ") && !text.contains('\n'), "{text}");
    assert_eq!(notes.lines(), ["payload"]);
}

#[tokio::test]
async fn every_form_of_a_node_can_validate_its_input() {
    let notes = Notebook::new();
    let flow = flow! {
        let search: Search = Search;
        takes_reference -> takes_message -> takes_message_reference -> takes_in_a_thread -> search
    };
    let flow = flow.with_state(notes.clone());
    assert_eq!(flow.run(good()).await.expect("it is valid"), good());
    let forms = [
        "reference",
        "message",
        "message reference",
        "thread",
        "struct",
    ];
    assert_eq!(notes.lines(), forms);

    let spoils = flow! { spoil -> takes_message };
    let error = spoils.with_state(notes.clone()).run(()).await;
    assert_eq!(error.expect_err("invalid").node(), Some("takes_message"));
    let spoils = flow! { spoil -> takes_message_reference };
    let error = spoils.with_state(notes.clone()).run(()).await;
    assert_eq!(
        error.expect_err("invalid").node(),
        Some("takes_message_reference")
    );
    let spoils = flow! { spoil -> takes_in_a_thread };
    let error = spoils.with_state(notes.clone()).run(()).await;
    assert_eq!(
        error.expect_err("invalid").node(),
        Some("takes_in_a_thread")
    );
    let spoils = flow! {
        let search: Search = Search;
        spoil -> search
    };
    let error = spoils.with_state(notes.clone()).run(()).await;
    assert_eq!(error.expect_err("invalid").node(), Some("search"));
    assert_eq!(notes.lines(), forms, "none of them ran");
}

#[node]
async fn spoil(_: ()) -> Question {
    bad()
}

#[node(validate = "out", retries = 2, backoff = "100ms", jitter = false)]
async fn learns(lessons: u32, notes: State<Notebook>, ctx: Ctx) -> Result<Question, String> {
    notes.0.write(ctx.attempt());
    Ok(if ctx.attempt() < lessons {
        vague()
    } else {
        good()
    })
}

/// An invalid output is an attempt that failed: the next one may do better. After the last it
/// is of the kind `Invalid`.
#[tokio::test(start_paused = true)]
async fn a_retry_may_mend_an_invalid_output() {
    let notes = Notebook::new();
    let flow = flow! { learns }.with_state(notes.clone());
    assert_eq!(flow.run(2).await.expect("the third is good"), good());
    assert_eq!(notes.times(), [0, 100, 300]);
    let error = flow.run(3).await.expect_err("the third is bad, too");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Invalid, 3));
    assert_eq!(paths(&error), ["text"]);
    assert_eq!(
        error.to_string(),
        "node `learns` returned an invalid output after 3 attempts: text: length is lower than 3"
    );
}

#[node(validate = "out")]
async fn plain(question: Question) -> Question {
    question
}

#[node(validate = "out")]
async fn maybe(question: Question) -> Option<Question> {
    (question.text != "skip").then_some(question)
}

#[node(validate = "out")]
async fn forks(question: Question) -> ControlFlow<Question, Question> {
    match question.text.as_str() {
        "no" => ControlFlow::Break(question),
        _ => ControlFlow::Continue(question),
    }
}

type Answer<T> = Result<T, String>;

#[node(validate = "out")]
async fn fails_or_forks(question: Message<Question>) -> Answer<ControlFlow<(), Message<Question>>> {
    match question.payload.text.as_str() {
        "fail" => Err("as asked".to_owned()),
        _ => Ok(ControlFlow::Continue(question.topic("birds"))),
    }
}

#[node(validate = "out", blocking)]
fn in_a_thread(question: Question) -> Question {
    question
}

#[node]
async fn end(_: Question) {}

/// What follows the edges is checked, in whatever it is wrapped, and nothing else is: no
/// `None`, no error, no `Break`.
#[tokio::test]
async fn what_goes_on_along_the_edges_is_checked() {
    for run in [
        flow! { plain }.run(bad()).await,
        flow! { maybe }.run(bad()).await,
        flow! { forks }.run(bad()).await,
        flow! { in_a_thread }.run(bad()).await,
    ] {
        let error = run.expect_err("it is invalid");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Invalid, 1));
    }
    let flow = flow! { fails_or_forks -> end };
    let error = flow.run(bad()).await.expect_err("it is invalid");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let error = flow.run(question("fail", 0)).await.expect_err("it fails");
    assert_eq!(error.kind(), ErrorKind::Failed);
    flow.run(good()).await.expect("it is valid");
    let skipped = flow! { maybe }.run(question("skip", 0)).await;
    assert_eq!(skipped.expect_err("it ends").kind(), ErrorKind::Filtered);
    let broken = flow! { forks }.run(question("no", 0)).await;
    assert_eq!(broken.expect("a break is not checked"), question("no", 0));
}

#[tokio::test(start_paused = true)]
async fn events_report_what_was_invalid() {
    let (flow, seen) = watched(flow! { learns }.with_state(Notebook::new()));
    flow.run(1).await.expect("the second is good");
    flow.flush().await;
    let events = seen.events();
    let error = events
        .iter()
        .find(|event| event.event == EventKind::NodeError);
    assert_eq!(
        error.and_then(|event| event.error.as_deref()),
        Some("invalid output: text: length is lower than 3")
    );
    assert_eq!(seen.count("node_retry"), 1);
}

/// An invalid input waits for no limit, and takes nothing of one.
#[tokio::test(start_paused = true)]
async fn an_invalid_input_costs_no_rate() {
    #[node(validate = "in", rate = "1/h", concurrency = 1)]
    async fn dear(_: Question) {}
    let flow = flow! { dear };
    let begin = tokio::time::Instant::now();
    for _ in 0..3 {
        flow.run(bad()).await.expect_err("it is invalid");
    }
    flow.run(good()).await.expect("it is valid");
    assert_eq!(begin.elapsed(), ms(0));
}

/// A payload without `Validate` is as good as any other here, and nothing is checked.
#[tokio::test]
async fn a_payload_without_validate_is_not_checked() -> Result<(), FlowError> {
    #[node(validate = "none")]
    async fn unchecked(_: u32) -> Question {
        bad()
    }
    assert_eq!(flow! { unchecked }.run(1).await?, bad());
    Ok(())
}

#[derive(Debug, Clone, Validate)]
struct Trap {
    #[garde(custom(springs))]
    armed: bool,
}

fn springs(armed: &bool, _: &()) -> garde::Result {
    assert!(!armed, "the trap sprang");
    Ok(())
}

#[node(validate = "both")]
async fn walks(trap: Trap) -> Trap {
    Trap { armed: !trap.armed }
}

/// A rule of your own that panics is a panic of the node, on either side.
#[tokio::test]
async fn a_panicking_rule_is_caught() {
    for (armed, attempts) in [(true, 0), (false, 1)] {
        let error = flow! { walks }.run(Trap { armed }).await;
        let error = error.expect_err("one side is armed");
        let found = (error.kind(), error.attempts());
        assert_eq!(found, (ErrorKind::Panicked, attempts));
    }
}
