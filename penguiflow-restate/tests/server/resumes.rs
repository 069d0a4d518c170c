//! Values for steps that wait: races with each other and with the end of the wait, and values for nobody.

use std::time::Duration;

use penguiflow::host::ParkedStep;
use penguiflow::prelude::*;
use penguiflow_restate::{Error, Running, endpoint};

use crate::support::{registered, server};
use crate::{Approval, Press, double, publish, resumed};

const WITHIN: Duration = Duration::from_secs(1);

flow! {
    #[flow(durable)]
    struct Brief(u32) -> String;

    double -> await Approval within "1s" -> publish;
}

/// Sends a value so long after the message, and returns whether somebody took it.
async fn resumed_after(brief: &Running<u32, String>, n: u32, time: Duration) -> bool {
    let id = brief.emit(n).await.expect("emitted");
    tokio::time::sleep(time).await;
    let taken = brief.resume(id, Approval(true)).await;
    match (&taken, brief.outputs(id).await) {
        (Ok(()), Ok(outputs)) => {
            let outputs: Vec<_> = outputs.into_iter().map(|output| output.payload).collect();
            assert_eq!(outputs, [format!("{}: true", n * 2)]);
        }
        (Err(Error::Refused { .. }), Err(Error::Flow(error))) => {
            assert_eq!(error.node(), Some("await Approval"), "{error}");
        }
        (taken, outcome) => panic!("{n} after {time:?}: {taken:?}, but {outcome:?}"),
    }
    taken.is_ok()
}

/// Protects who was told that a value was taken: the end of the wait does not take it back.
#[tokio::test]
async fn a_value_and_the_end_of_the_wait_have_one_winner() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Brief::flow())).await;
    let brief = client.flow(Brief::flow());
    let traces = (0..300).map(|n| {
        let brief = brief.clone();
        let time = WITHIN - Duration::from_millis(450) + Duration::from_millis(3) * n;
        tokio::spawn(async move { resumed_after(&brief, n, time).await })
    });
    let mut taken = 0;
    for trace in traces.collect::<Vec<_>>() {
        taken += u32::from(trace.await.expect("one outcome"));
    }
    assert!(0 < taken && taken < 300, "{taken} of 300 were resumed");
}

/// The steps that wait, once there are so many.
async fn parked(running: &Running<u32, String>, steps: usize) -> Vec<ParkedStep> {
    loop {
        // A server that has just started may answer no query yet.
        match running.parked(100).await {
            Ok(parked) if parked.len() >= steps => return parked,
            _ => tokio::task::yield_now().await,
        }
    }
}

/// Protects two who decide at once: the one that has lost does not take its value for the trace's.
#[tokio::test]
async fn of_two_values_at_once_one_is_taken() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Press::flow())).await;
    let press = client.flow(Press::flow());
    for n in 0..20 {
        let id = press.emit(n).await.expect("emitted");
        parked(&press, 1).await;
        let (yes, no) = tokio::join!(
            press.resume(id, Approval(true)),
            press.resume(id, Approval(false)),
        );
        let (taken, lost) = match (yes, no) {
            (Ok(()), Err(lost)) => (true, lost.to_string()),
            (Err(lost), Ok(())) => (false, lost.to_string()),
            both => panic!("one of {both:?}"),
        };
        let told = [
            "no step of the trace waits",
            "no step of the trace waits for a `server::Approval` any more",
        ];
        assert!(told.contains(&&*lost), "{lost}");
        let outputs = press.outputs(id).await.expect("outputs");
        assert_eq!(outputs[0].payload, format!("{}: {taken}", n * 2));
    }
}

#[node]
async fn left((n, Approval(is_approved)): (u32, Approval)) -> String {
    format!("left {n} {is_approved}")
}

#[node]
async fn right((n, Approval(is_approved)): (u32, Approval)) -> String {
    format!("right {n} {is_approved}")
}

#[node]
async fn quarter(n: u32) -> u32 {
    n / 4
}

#[node]
async fn both((left, right): (String, String)) -> String {
    format!("{left}, {right}")
}

flow! {
    #[flow(durable)]
    struct Fork(u32) -> String;

    double -> [
        quarter -> await Approval -> left,
        await Approval -> right,
    ] -> join -> both;
}

/// Protects who decides on one of several steps: the value is for the one that is named.
#[tokio::test]
async fn a_step_is_resumed_by_its_id() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Fork::flow())).await;
    let fork = client.flow(Fork::flow());
    let id = fork.emit(4).await.expect("emitted");
    let steps = parked(&fork, 2).await;
    let with = |payload: u32| {
        let mut steps = steps.iter();
        let step = steps.find(|step| step.payload == Some(payload.into()));
        step.expect("each branch waits").step
    };
    let (left, right) = (with(2), with(8));
    let resumed = fork.resume_json(id, Some(right), "false").await;
    resumed.expect("the right one waits");
    let again = fork.resume_json(id, Some(right), "true").await;
    let again = again.expect_err("it has its value").to_string();
    assert_eq!(again, format!("the step {right} does not wait"));
    let resumed = fork.resume_json(id, Some(left), "true").await;
    resumed.expect("the left one waits");
    let outputs = fork.outputs(id).await.expect("outputs");
    assert_eq!(outputs[0].payload, "left 2 true, right 8 false");
}

/// Protects a trace from values that it does not wait for: it waits on.
#[tokio::test]
async fn a_value_of_the_wrong_type_is_refused() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Press::flow())).await;
    let press = client.flow(Press::flow());
    let id = press.emit(4).await.expect("emitted");
    parked(&press, 1).await;
    let wrong = press.resume(id, 7_u32).await.expect_err("a number");
    let told = "no step of the trace waits for a `u32`: it waits for a `server::Approval`";
    assert_eq!(wrong.to_string(), told);
    let wrong = press.resume_json(id, None, "7").await;
    let wrong = wrong.expect_err("a number").to_string();
    assert!(wrong.contains("expected a boolean"), "{wrong}");
    let wrong = press.resume_json(id, None, "tru").await;
    let wrong = wrong.expect_err("not JSON").to_string();
    assert!(wrong.starts_with("the value is no JSON: "), "{wrong}");
    resumed(&press, id, &Approval(true)).await;
    let outputs = press.outputs(id).await.expect("outputs");
    assert_eq!(outputs[0].payload, "8: true");
}

/// Protects who has an id from elsewhere.
#[tokio::test]
async fn a_trace_that_the_server_does_not_know_is_not_resumed() {
    let Some((_server, client)) = server().await else {
        return;
    };
    let _worker = registered(&client, endpoint().flow(Press::flow())).await;
    let press = client.flow(Press::flow());
    let error = press.resume(TraceId::random(), Approval(true)).await;
    let error = error.expect_err("there is no such trace");
    assert!(
        matches!(error, Error::Refused { status: 404, .. }),
        "{error:?}"
    );
    assert_eq!(error.to_string(), "no step of the trace waits");
}
