//! The events of a step that parks and goes on.

use penguiflow::Event;
use penguiflow::prelude::*;

use super::{Approval, draft, publish, until_parked};
use penguiflow_tests::support::{Notebook, ms, watched};

fn of_parking(events: Vec<Event>) -> Vec<Event> {
    let kinds = [EventKind::TraceParked, EventKind::TraceResumed];
    let of_parking = events
        .into_iter()
        .filter(|event| kinds.contains(&event.event));
    of_parking.collect()
}

#[tokio::test(start_paused = true)]
async fn a_trace_reports_that_it_parks_and_goes_on() -> Result<(), FlowError> {
    let (flow, seen) = watched(flow! { draft -> await Approval within "1h" -> publish });
    let flow = flow.with_state(Notebook::new());
    let running = flow.start();
    let id = running.emit(1).await?;
    until_parked(&flow, 1).await;
    let listed = flow.parked().remove(0);
    tokio::time::sleep(ms(250)).await;
    flow.resume(id, Approval(1)).await.expect("it waits");
    running.stop().await;
    let [parked, resumed] = &of_parking(seen.events())[..] else {
        panic!("{:?}", seen.lines());
    };
    assert_eq!(
        (parked.event, resumed.event),
        (EventKind::TraceParked, EventKind::TraceResumed)
    );
    for event in [parked, resumed] {
        assert_eq!((event.trace_id, event.step), (id, Some(listed.step)));
        assert_eq!(event.node_name, Some("await Approval"));
        assert_eq!(event.error, None);
    }
    let waits = parked
        .until
        .expect("it waits for an hour")
        .duration_since(parked.ts);
    assert_eq!(waits.expect("it is later"), ms(3_600_000));
    assert_eq!(resumed.latency_ms, Some(250.0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_was_given_nothing_in_time_says_so() {
    let (flow, seen) = watched(flow! { draft -> await Approval within "1s" -> publish });
    let flow = flow.with_state(Notebook::new());
    let error = flow.run(1).await.expect_err("nobody resumes it");
    flow.flush().await;
    let events = of_parking(seen.events());
    assert_eq!(events.len(), 2);
    assert_eq!(events[1].error, Some(error.to_string()));
}
