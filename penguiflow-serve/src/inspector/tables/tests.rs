use super::*;
use std::sync::mpsc::channel;
use std::time::Duration;

use penguiflow::prelude::*;

#[node]
async fn read(n: u32) -> u32 {
    n
}

/// Fails at its first attempt, and each time for 13.
#[node(retries = 1, backoff = "1ms..1ms")]
async fn price(n: u32, ctx: Ctx) -> Result<u32, std::io::Error> {
    match ctx.attempt() == 0 || n == 13 {
        true => Err(std::io::Error::other("<script>alert(1)</script>")),
        false => Ok(n),
    }
}

#[node]
async fn sell((n, _yes): (u32, bool)) -> u32 {
    n
}

flow! {
    struct Shop(u32) -> u32;

    read -> price -> await bool -> sell;
}

/// All events of a trace with this input, in their order.
async fn events_of(n: u32) -> Vec<Event> {
    let (sent, seen) = channel();
    let flow = Shop::flow().observe(move |event: &Event| {
        let _ = sent.send(event.clone());
    });
    let mut parkings = flow.parkings();
    let resumed = flow.clone();
    let resume = tokio::spawn(async move {
        if let Some(parked) = parkings.next().await {
            let given = resumed.resume(parked.trace_id, true).await;
            assert!(given.is_ok());
        }
    });
    let _ = flow.run(Message::new(n).tenant("acme")).await;
    flow.flush().await;
    resume.abort();
    seen.try_iter().collect()
}

/// The same events, of another trace.
fn of_trace(events: &[Event], id: TraceId) -> impl Iterator<Item = Event> {
    events.iter().map(move |event| {
        let mut event = event.clone();
        event.trace_id = id;
        event
    })
}

fn is_at(kind: EventKind) -> impl Fn(&Event) -> bool {
    move |event| event.event == kind
}

#[tokio::test]
async fn a_trace_has_a_state_of_its_own_while_it_is_tried_again() {
    let events = events_of(7).await;
    let mut tables = Tables::of_last(10);
    let mut states = Vec::new();
    for event in &events {
        tables.absorb(event);
        let (listed, _) = tables.list(&TraceFilter::default(), 10);
        states.push((event.event.as_str(), listed[0].summary.state));
    }
    use HostedState::{Active, Completed, Parked, Retrying};
    let wanted = [
        ("trace_start", Active),
        ("node_start", Active),
        ("node_success", Active),
        ("node_start", Active),
        ("node_error", Retrying),
        ("node_retry", Retrying),
        ("node_start", Retrying),
        ("node_success", Active),
        ("trace_parked", Parked),
        ("trace_resumed", Active),
        ("node_start", Active),
        ("node_success", Active),
        ("trace_end", Completed),
    ];
    assert_eq!(states, wanted);
}

#[tokio::test]
async fn a_trace_that_failed_has_its_error_and_its_attempts() {
    let mut tables = Tables::of_last(10);
    let events = events_of(13).await;
    events.iter().for_each(|event| tables.absorb(event));
    let detail = tables.detail(events[0].trace_id).expect("it was seen");
    assert_eq!(detail.summary.state, HostedState::Failed);
    assert_eq!(detail.summary.tenant.as_deref(), Some("acme"));
    let error = detail.summary.error.expect("it has failed");
    assert_eq!((error.kind.as_str(), error.attempts), ("failed", 2));
    assert_eq!(error.path.as_deref(), Some("price"));
    assert_eq!(error.causes, ["<script>alert(1)</script>"]);
    let attempts: Vec<_> = detail
        .attempts
        .iter()
        .map(|past| (past.node.as_str(), past.attempt, past.outcome.as_str()))
        .collect();
    let wanted = [
        ("read", 0, "ok"),
        ("price", 0, "failed"),
        ("price", 1, "failed"),
    ];
    assert_eq!(attempts, wanted);
    assert!(detail.steps.is_empty() && detail.waits.is_empty());
}

#[tokio::test]
async fn where_a_trace_stands_is_in_its_row_and_at_its_nodes() {
    let events = events_of(7).await;
    let mut tables = Tables::of_last(10);
    let parked = events.iter().position(is_at(EventKind::TraceParked));
    let until = parked.expect("it parks");
    events[..=until]
        .iter()
        .for_each(|event| tables.absorb(event));
    let (listed, _) = tables.list(&TraceFilter::default(), 10);
    assert_eq!(listed[0].at, ["await bool"]);
    let detail = tables.detail(events[0].trace_id).expect("it was seen");
    assert_eq!(detail.waits.len(), 1);
    let now = tables.now(SystemTime::now());
    let parked: Vec<_> = now
        .nodes
        .iter()
        .map(|node| (node.node, node.parked))
        .collect();
    assert_eq!(parked, [("read", 0), ("price", 0), ("await bool", 1)]);
    let price = &now.nodes[1];
    assert_eq!((price.visits, price.attempts, price.retried), (1, 2, 1));
    events[until + 1..]
        .iter()
        .for_each(|event| tables.absorb(event));
    let now = tables.now(SystemTime::now());
    assert!(
        now.nodes
            .iter()
            .all(|node| node.parked + node.running + node.retrying == 0)
    );
}

#[tokio::test]
async fn a_hundred_thousand_traces_are_kept_and_no_more() {
    let (done, failed) = (events_of(7).await, events_of(13).await);
    let begun = &done[..=1];
    let mut tables = Tables::of_last(100_000);
    let mut first = None;
    for n in 0..130_000u32 {
        let id = TraceId::random();
        first = first.or(Some(id));
        let events: &[Event] = match n % 100 {
            0 => &failed,
            1 => begun,
            _ => &done,
        };
        of_trace(events, id).for_each(|event| tables.absorb(&event));
    }
    assert_eq!(tables.rows.len(), 100_000);
    assert_eq!((tables.ids.len(), tables.begun), (100_000, 130_000));
    assert!(tables.attempts <= 400_000, "{}", tables.attempts);
    assert!(tables.ended.len() <= 100_000 && tables.detailed.len() <= 100_000);
    let kept: usize = tables.rows.values().map(|row| row.past.len()).sum();
    assert_eq!(tables.attempts, kept);
    // What runs is kept, however old it is.
    assert_eq!(tables.states.active, 1_300);
    let all = tables.states;
    assert_eq!(all.active + all.completed + all.failed, 100_000);
    assert!(tables.detail(first.expect("the first")).is_none());
    let nodes = tables.now(SystemTime::now()).nodes;
    assert_eq!((nodes[0].visits, nodes[0].running), (130_000, 1_300));
}

#[tokio::test]
async fn traces_that_never_end_are_bounded_too() {
    let begun = events_of(7).await;
    let mut tables = Tables::of_last(100);
    for _ in 0..1_000 {
        of_trace(&begun[..5], TraceId::random()).for_each(|event| tables.absorb(&event));
    }
    assert_eq!((tables.rows.len(), tables.ids.len()), (100, 100));
    assert_eq!(tables.states.retrying, 100);
    // One that goes round a loop for ever.
    let id = begun[0].trace_id;
    let round: Vec<_> = of_trace(&begun[1..3], id).collect();
    for _ in 0..5_000 {
        round.iter().for_each(|event| tables.absorb(event));
    }
    assert!(tables.attempts <= 400, "{}", tables.attempts);
    assert!(tables.detail(id).expect("it goes on").attempts.len() <= OF_ONE);
}

#[tokio::test]
async fn a_page_of_the_list_ends_where_the_next_one_begins() {
    let (done, failed) = (events_of(7).await, events_of(13).await);
    let mut tables = Tables::of_last(1_000);
    for n in 0..100 {
        let events = if n % 10 == 0 { &failed } else { &done };
        of_trace(events, TraceId::random()).for_each(|event| tables.absorb(&event));
    }
    let mut filter = TraceFilter {
        states: vec![HostedState::Failed],
        limit: 4,
        ..TraceFilter::default()
    };
    let mut seen = Vec::new();
    loop {
        let (listed, next) = tables.list(&filter, 7);
        seen.extend(listed.iter().map(|trace| trace.summary.seq));
        filter.before = next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..10).rev().map(|n| n * 10 + 1).collect::<Vec<_>>());
    filter = TraceFilter {
        search: Some("alert(1)".to_owned()),
        ..TraceFilter::default()
    };
    assert_eq!(tables.list(&filter, 1_000).0.len(), 10);
    filter.search = Some("acme".to_owned());
    assert_eq!(tables.list(&filter, 1_000).0.len(), 100);
}

#[tokio::test]
async fn rates_and_latencies_are_of_the_events() {
    let events = events_of(7).await;
    let mut tables = Tables::of_last(1_000);
    let start = events[0].ts;
    for n in 0..100u64 {
        for mut event in of_trace(&events, TraceId::random()) {
            event.ts = start + Duration::from_millis(n * 100);
            event.latency_ms = event.latency_ms.map(|_| 20.0);
            tables.absorb(&event);
        }
    }
    let now = tables.now(start + Duration::from_secs(10));
    assert!((9.0..=10.0).contains(&now.rate), "{}", now.rate);
    assert!((9.0..=10.0).contains(&now.nodes[0].rate));
    let p50 = now.nodes[0].p50.expect("it was visited");
    assert!((18.0..=20.0).contains(&p50), "{p50}");
    assert_eq!(tables.now(start + Duration::from_secs(60)).rate, 0.0);
}
