//! Parked frontiers as data: a host that keeps them can resume and expire them itself.

use std::error::Error;

use penguiflow::ResumeJsonError;
use penguiflow::host::{Durable, Frontier};
use penguiflow::prelude::*;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::{Approval, draft, publish};
use penguiflow_tests::by_json::run_stored;
use penguiflow_tests::support::{Notebook, ms};

/// What was stored of a flow's trace.
pub(super) fn taken_up<F, S>(
    _: &Flow<F, S>,
    stored: &str,
) -> serde_json::Result<Frontier<F::Step, F::Out>>
where
    F: Durable,
    F::Step: DeserializeOwned,
    F::Out: DeserializeOwned,
{
    serde_json::from_str(stored)
}

#[tokio::test(start_paused = true)]
async fn a_stored_frontier_is_resumed() -> Result<(), Box<dyn Error>> {
    let notes = Notebook::new();
    let flow = flow! { #[flow(durable)] draft -> await Approval -> publish };
    let flow = flow.with_state(notes.clone());
    let frontier = flow.begin(1);
    let mut frontier = run_stored(&flow, frontier).await?;
    let parked: Vec<_> = frontier.parked().collect();
    assert_eq!((parked.len(), parked[0].node), (1, "await Approval"));
    assert_eq!((parked[0].until, frontier.next_expiry()), (None, None));
    assert_eq!(frontier.resume(None, "a text"), Err("a text"));
    frontier
        .resume(Some(parked[0].step), Approval(10))
        .expect("it waits");
    let frontier = run_stored(&flow, frontier).await?;
    assert_eq!(frontier.finish()?[0].payload, 11);
    assert_eq!(notes.lines(), ["draft 1"]);
    let frontier = flow.begin(1);
    let left = run_stored(&flow, frontier).await?.finish();
    assert_eq!(left.expect_err("it waits").kind(), ErrorKind::Unjoined);
    Ok(())
}

#[node]
async fn shelve(failed: Failed<u32>) -> (u32, Approval) {
    (failed.input, Approval(100))
}

#[tokio::test(start_paused = true)]
async fn a_stored_frontier_expires() -> Result<(), Box<dyn Error>> {
    let flow =
        flow! { #[flow(durable)] draft -> await Approval within "1s" else shelve -> publish };
    let flow = flow.with_state(Notebook::new());
    let frontier = flow.begin(1);
    let mut frontier = run_stored(&flow, frontier).await?;
    frontier.expire(Instant::now());
    assert_eq!(frontier.parked().count(), 1, "it is not due");
    tokio::time::sleep(ms(1_500)).await;
    frontier.expire(Instant::now());
    assert_eq!(frontier.parked().count(), 0);
    let frontier = run_stored(&flow, frontier).await?;
    assert_eq!(frontier.finish()?[0].payload, 101);
    Ok(())
}

/// Protects what a host shows of a trace: since when it waits, for whom, and with what.
#[tokio::test(start_paused = true)]
async fn a_stored_frontier_shows_what_waits_and_is_resumed_from_json() -> Result<(), Box<dyn Error>>
{
    let flow = flow! { #[flow(durable)] draft -> await Approval -> publish };
    let flow = flow.with_state(Notebook::new());
    let began = Instant::now();
    let frontier = flow.begin(Message::new(1).tenant("acme"));
    let mut frontier = run_stored(&flow, frontier).await?;
    tokio::time::sleep(ms(500)).await;
    let parked = frontier.parked().next().expect("it waits");
    assert_eq!(
        (parked.headers.tenant, parked.since),
        ("acme".to_owned(), began)
    );
    assert_eq!(frontier.parked_payload::<u32>(parked.step), Some(&1));
    assert_eq!(frontier.parked_payload::<u8>(parked.step), None);

    let unfit = frontier.resume_json(None, "\"ten\"");
    assert!(
        matches!(unfit, Err(ResumeJsonError::Invalid(_))),
        "{unfit:?}"
    );
    frontier.resume_json(Some(parked.step), "10")?;
    let again = frontier.resume_json(Some(parked.step), "10");
    assert!(
        matches!(again, Err(ResumeJsonError::StepNotParked(_))),
        "{again:?}"
    );
    let again = frontier.resume_json(None, "10");
    assert!(
        matches!(again, Err(ResumeJsonError::NotParked)),
        "{again:?}"
    );
    assert_eq!(run_stored(&flow, frontier).await?.finish()?[0].payload, 11);
    Ok(())
}
