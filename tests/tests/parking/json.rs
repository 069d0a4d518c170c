//! Values for parked traces from JSON documents.

use penguiflow::ResumeJsonError;
use penguiflow::host::StepId;
use penguiflow::prelude::*;

use super::{Approval, draft, publish, until_parked};
use penguiflow_tests::support::Notebook;

#[node]
async fn list(n: u32) -> Vec<u32> {
    (0..n).collect()
}

#[node]
async fn show(parts: Vec<u32>) -> Vec<u32> {
    parts
}

fn refused(result: Result<(), ResumeJsonError>) -> String {
    result.expect_err("it does not fit").to_string()
}

#[tokio::test(start_paused = true)]
async fn a_trace_is_resumed_from_json() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Approval -> publish }.with_state(Notebook::new());
    let running = flow.start();
    let id = running.emit(1).await?;
    until_parked(&flow, 1).await;
    let error = flow.resume_json(id, None, "\"ten\"").await;
    let Err(ResumeJsonError::Invalid(error)) = error else {
        panic!("{error:?}");
    };
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(
        error.to_string(),
        "the document does not fit `Approval`: \
         invalid type: string \"ten\", expected u32 at line 1 column 5"
    );
    flow.resume_json(id, None, "10").await.expect("it waits on");
    let again = flow.resume_json(id, None, "10").await;
    assert_eq!(refused(again), "no step of the trace waits");
    assert_eq!(running.fetch().await.expect("a result")?.payload, 11);
    Ok(())
}

/// Protects which item of a map a document is for.
#[tokio::test(start_paused = true)]
async fn a_step_is_resumed_from_json() -> Result<(), FlowError> {
    let flow = flow! { list -> [draft -> await Approval -> publish; 2] -> join -> show };
    let flow = flow.with_state(Notebook::new());
    let running = flow.start();
    let id = running.emit(2).await?;
    until_parked(&flow, 2).await;
    let steps: Vec<StepId> = flow.parked().iter().map(|parked| parked.step).collect();
    let second = flow.resume_json(id, Some(steps[1]), "10").await;
    second.expect("it waits");
    let again = flow.resume_json(id, Some(steps[1]), "10").await;
    let text = format!("the step {} does not wait", steps[1]);
    assert_eq!(refused(again), text);
    flow.resume_json(id, None, "20").await.expect("it waits");
    let output = running.fetch().await.expect("a result")?;
    assert_eq!(output.payload, [20, 11]);
    Ok(())
}

/// It is not `Deserialize`.
struct Stamp;

#[node]
async fn stamped((n, _): (u32, Stamp)) -> u32 {
    n
}

#[tokio::test(start_paused = true)]
async fn a_type_that_is_not_read_from_json_is_named() -> Result<(), FlowError> {
    let flow = flow! { draft -> await Stamp -> stamped }.with_state(Notebook::new());
    let running = flow.start();
    let id = running.emit(1).await?;
    until_parked(&flow, 1).await;
    let error = flow.resume_json(id, None, "10").await;
    let text = "a `Stamp` is awaited, which is not `Deserialize`";
    assert_eq!(refused(error), text);
    flow.resume(id, Stamp).await.expect("it waits");
    assert_eq!(running.fetch().await.expect("a result")?.payload, 1);
    Ok(())
}

/// Code that is generic over flows learns what is awaited.
#[test]
fn awaits_are_named_with_their_types() {
    fn names<F: AnyFlow>(flow: &F) -> Vec<String> {
        let awaits = flow.awaits().iter();
        let names = awaits.map(|place| format!("{} of {}", place.name, place.awaited));
        names.collect()
    }
    let flow = flow! { draft -> await Approval -> publish -> await Stamp -> stamped };
    let flow = flow.with_state(Notebook::new());
    let expected = ["await Approval of Approval", "await Stamp of Stamp"];
    assert_eq!(names(&flow), expected);
}
