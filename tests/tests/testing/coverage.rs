//! Coverage: what the traces of a flow have taken of it. Each test has flows of its own, since all
//! tests of a process add up.

use std::time::Duration;

use penguiflow::prelude::*;
use penguiflow::testing::{Coverage, CoverageReport};

#[node]
async fn triage(n: u64) -> u64 {
    n
}

#[node(retries = 1, backoff = "1ms")]
async fn odd(n: u64) -> Result<u64, String> {
    if n % 2 == 1 {
        Ok(n)
    } else {
        Err(format!("{n} is even"))
    }
}

#[node]
async fn half(n: u64) -> u64 {
    n / 2
}

#[node]
async fn twice(n: u64) -> u64 {
    n * 2
}

#[node]
async fn same(n: u64) -> u64 {
    n
}

#[node]
async fn sum(pair: (u64, u64)) -> u64 {
    pair.0 + pair.1
}

#[node]
async fn up_to(n: u64) -> Vec<u64> {
    (1..=n).collect()
}

#[node]
async fn total(all: Vec<u64>) -> u64 {
    all.iter().sum()
}

#[node]
async fn count_down(n: u64) -> ControlFlow<u64, u64> {
    if n == 0 {
        ControlFlow::Break(n)
    } else {
        ControlFlow::Continue(n - 1)
    }
}

/// Runs inputs through a flow, and gives back what is missing.
macro_rules! missing {
    ($flow:expr, $($input:expr),*) => {{
        let flow = $flow;
        let graph = flow.graph();
        let flow = flow.observe(Coverage::of_graph(graph));
        $(let _ = flow.run_all($input).await;)*
        flow.flush().await;
        let report = Coverage::of_graph(graph).report();
        assert_eq!(report.total(), report.covered() + report.missing().len());
        let missing = report.missing().into_iter();
        missing.map(|line| line.split_once(": ").expect("a flow").1.to_owned()).collect::<Vec<_>>()
    }};
}

const NOTHING: [&str; 0] = [];

#[tokio::test]
async fn edges_retries_and_fallbacks() {
    let flow = flow! { triage -> odd else half };
    let missing = missing!(flow.clone(), 1);
    assert_eq!(
        missing,
        [
            "edge half -> Rookery",
            "fallback odd else half",
            "retry of odd"
        ]
    );
    assert_eq!(missing!(flow, 2), NOTHING);
}

#[tokio::test]
async fn arms() {
    let flow = flow! { triage -> match { 0 => half, 1 => [twice, odd], 2 | 3 => same, _ => same } };
    assert_eq!(
        missing!(flow.clone(), 0),
        [
            "arm 1: triage -> odd",
            "arm 1: triage -> twice",
            "arm 2 | 3 or _: triage -> same",
            "edge odd -> Rookery",
            "edge same -> Rookery",
            "edge twice -> Rookery",
            "retry of odd",
        ]
    );
    assert_eq!(
        missing!(flow.clone(), 1),
        [
            "arm 2 | 3 or _: triage -> same",
            "edge same -> Rookery",
            "retry of odd",
        ]
    );
    assert_eq!(missing!(flow, 9), ["retry of odd"]);
}

#[tokio::test]
async fn joins() {
    let all = flow! { triage -> [half, twice, _] -> join -> three -> same };
    assert_eq!(missing!(all, 1), NOTHING);
    let last = flow! { same -> [half, twice] -> join };
    assert_eq!(missing!(last, 1), NOTHING);
    let race = flow! { same -> [odd, half] -> race };
    assert_eq!(missing!(race.clone(), 2), ["edge odd -> race"]);
    let nested = flow! { [[half, twice] -> join -> sum, same] -> settle -> both };
    assert_eq!(missing!(nested, 1), NOTHING);
}

#[node]
async fn three(all: (u64, u64, u64)) -> u64 {
    all.0
}

#[node]
async fn both(all: (Result<u64, NodeError>, Result<u64, NodeError>)) -> u64 {
    all.0.map_or(0, |n| n)
}

#[tokio::test]
async fn an_arm_to_a_map() {
    let flow = flow! { up_to -> match { list if list.len() == 1 => total, _ => [odd; 2] -> join -> total } };
    let missing = missing!(flow.clone(), 1);
    assert_eq!(missing[..2], ["arm _: up_to -> map", "edge join -> total"]);
    assert_eq!(
        missing!(flow.clone(), 0),
        ["edge map -> odd", "edge odd -> join", "retry of odd"]
    );
    assert_eq!(missing!(flow, 3), NOTHING);
}

#[tokio::test]
async fn maps() {
    let flow = flow! { up_to -> [odd; 2] -> join -> total };
    assert_eq!(
        missing!(flow.clone(), 0),
        ["edge map -> odd", "edge odd -> join", "retry of odd",]
    );
    assert_eq!(missing!(flow, 1), ["retry of odd"]);
    let forks = flow! { up_to -> [same -> [half, twice] -> join -> sum; 2] -> join -> total };
    assert_eq!(missing!(forks, 2), NOTHING);
}

#[tokio::test]
async fn loops() {
    let flow = flow! { count_down -> half -> count_down };
    assert_eq!(
        missing!(flow.clone(), 0),
        ["edge count_down -> half", "edge half -> count_down"]
    );
    assert_eq!(missing!(flow, 1), NOTHING);
}

flow! {
    struct Inner(u64) -> u64;

    [half, twice] -> join -> sum;
}

flow! {
    struct Outer(u64) -> u64;

    triage -> match { 0 => same, _ => Inner };
}

#[tokio::test]
async fn playbooks_are_covered_with_their_flow() {
    let flow = Outer::flow().observe(Coverage::of::<Outer>());
    flow.run(0).await.expect("it has an output");
    flow.flush().await;
    let report = Coverage::of::<Outer>().report();
    assert_eq!(report.missing().len(), 10 - 1 - 1, "{report}");
    flow.run(1).await.expect("it has an output");
    flow.flush().await;
    Coverage::of::<Outer>().assert_complete();
    Coverage::of::<Inner>().assert_complete();
}

#[node]
async fn no(n: u64) -> (u64, bool) {
    (n, false)
}

#[node]
async fn decide((n, yes): (u64, bool)) -> u64 {
    if yes { n } else { 0 }
}

#[tokio::test(start_paused = true)]
async fn an_expiry_is_no_deadline() {
    let flow = flow! { same -> await bool within "1h" else no -> decide };
    let graph = flow.graph();
    let flow = flow.observe(Coverage::of_graph(graph));
    let missing = || Coverage::of_graph(graph).report().missing().len();
    let all = missing();
    flow.run(Message::new(1).deadline_in(Duration::from_secs(60)))
        .await
        .expect_err("too late");
    flow.flush().await;
    // It has begun, and come to the `await`.
    assert_eq!(all - missing(), 2);
    flow.run(1).await.expect("it is given nothing");
    flow.flush().await;
    let report = Coverage::of_graph(graph).report();
    let never = ["edge await bool -> decide"]
        .map(|edge| format!("flow! {{ same, await bool, no, decide }}: {edge}"));
    assert_eq!(report.missing(), never);
    let (running, mut parkings) = (flow.clone().start(), flow.parkings());
    let id = running.emit(1).await.expect("it runs");
    parkings.next().await.expect("it parks");
    flow.resume(id, true).await.expect("it waits");
    running.stop().await;
    Coverage::of_graph(graph).assert_complete();
}

mod fast {
    use super::*;

    flow! { pub(super) struct Ask(u64) -> u64; triage -> half; }
}

mod thorough {
    use super::*;

    flow! { pub(super) struct Ask(u64) -> u64; triage -> half -> twice; }
}

use thorough::Ask as Thorough;

flow! { struct Both(u64) -> u64; fast::Ask -> Thorough; }

/// What one of them covers does not count for the other.
#[tokio::test]
async fn flows_of_one_name_are_told_apart() {
    let flow = fast::Ask::flow().observe(Coverage::of::<fast::Ask>());
    flow.run(1).await.expect("it succeeds");
    flow.flush().await;
    Coverage::of::<fast::Ask>().assert_complete();
    let thorough = Coverage::of::<thorough::Ask>().report();
    assert_eq!((thorough.covered(), thorough.total()), (0, 4));
    assert!(thorough.missing()[0].starts_with("Ask: edge "));

    let report = Coverage::of::<Both>().report().to_string();
    let flows: Vec<_> = report
        .lines()
        .filter(|line| !line.starts_with(' '))
        .collect();
    let expected = [
        "Ask { triage, half }: 3 of 3",
        "Ask { triage, half, twice }: 0 of 4",
        "Both: 0 of 3",
        "covered: 3 of 10",
    ];
    assert_eq!(flows, expected);
}

/// The summary, and its file.
#[test]
fn reports_of_several_processes_add_up() {
    let folder = std::env::temp_dir().join(format!("penguiflow-coverage-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file");
    write(
        "1.coverage",
        "known\tAsk\tedge a -> b\nknown\tAsk\tretry of a\n",
    );
    write(
        "2.coverage",
        "known\tAsk\tedge a -> b\ncovered\tAsk\tedge a -> b\n",
    );
    let report = CoverageReport::read(&folder).expect("two records");
    assert_eq!(report.missing(), ["Ask: retry of a"]);
    assert_eq!(
        report.to_string(),
        "Ask: 1 of 2\n  missing: retry of a\ncovered: 1 of 2"
    );
    write("3.coverage", "known\tAsk#07 { a, c }\tedge a -> c\n");
    let report = CoverageReport::read(&folder).expect("three records");
    assert_eq!(report.missing()[1], "Ask { a, c }: edge a -> c");
    write("3.coverage", "nothing");
    let error = CoverageReport::read(&folder).expect_err("no record");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
    std::fs::remove_dir_all(&folder).expect("it is there");
}
