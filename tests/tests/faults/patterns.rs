//! The original's patterns by their names there, and the faults that they had.

use penguiflow::prelude::*;

use penguiflow_tests::support::{Notebook, ms, secs};

/// The milliseconds that two workers take.
#[node]
async fn ask(times: (u64, u64)) -> (u64, u64) {
    times
}

#[node]
async fn one(times: (u64, u64)) -> String {
    tokio::time::sleep(ms(times.0)).await;
    "one".to_owned()
}

#[node]
async fn other(times: (u64, u64)) -> String {
    tokio::time::sleep(ms(times.1)).await;
    "other".to_owned()
}

#[node]
async fn fails(times: (u64, u64)) -> Result<String, String> {
    tokio::time::sleep(ms(times.1)).await;
    Err("no luck".to_owned())
}

/// `join_k(name, k)`: k results of one trace as a list in the order of their coming, in the
/// envelope of a message. That k is positive, and no more than there are branches, is seen at
/// compile time: `ui-tests/fail/join_grammar.rs`.
#[tokio::test(start_paused = true)]
async fn join_k_lists_what_came_first() -> Result<(), FlowError> {
    let running = flow! { ask -> [one, other] -> quorum(2) }.start();
    for (times, list) in [((1, 2), ["one", "other"]), ((2, 1), ["other", "one"])] {
        let id = running.emit(Message::new(times).tenant("acme")).await?;
        let joined = running.fetch().await.expect("an answer")?;
        assert_eq!(joined.payload, list);
        assert_eq!((joined.trace_id, &*joined.headers.tenant), (id, "acme"));
    }
    Ok(())
}

/// `join_k` waited forever for a branch that had failed, and so did the caller.
#[tokio::test(start_paused = true)]
async fn join_k_does_not_wait_for_what_cannot_come() {
    let flow = flow! { ask -> [one, fails] -> quorum(2) };
    let ended = tokio::time::timeout(secs(1), flow.run((1, 2))).await;
    let error = ended.expect("it ends").expect_err("there is only one");
    assert_eq!(error.to_string(), "node `fails` failed: no luck");
}

#[node]
async fn plain(times: (u64, u64)) -> (u64, u64) {
    times
}

#[node]
async fn pair((one, other): (String, String), headers: Headers, ctx: Ctx) -> String {
    format!("{one} {other} {} {:?}", headers.tenant, ctx.remaining())
}

/// Behind a node that returned a plain value, the original's join found no trace id and failed.
#[tokio::test(start_paused = true)]
async fn b37_a_join_behind_plain_values_has_the_envelope() -> Result<(), FlowError> {
    let flow = flow! { ask -> plain -> [one, other] -> join -> pair };
    let message = Message::new((1, 2)).tenant("acme").deadline_in(secs(9));
    let joined = flow.run(message).await?;
    assert_eq!(joined, "one other acme Some(8.998s)");
    Ok(())
}

/// A message, and the tenant that sent it.
#[derive(Debug, Clone)]
struct Letter {
    tenant: &'static str,
    text: &'static str,
}

fn letter(tenant: &'static str, text: &'static str) -> Letter {
    Letter { tenant, text }
}

#[node]
async fn read(letter: Letter) -> Letter {
    letter
}

/// A node that writes its name down.
struct Desk(&'static str);

#[node]
impl Desk {
    async fn call(&self, letter: Letter, State(notes): State<Notebook>) -> String {
        notes.write(self.0);
        format!("[{}] {}", self.0, letter.text)
    }
}

/// `predicate_router(name, predicate)`: to one node, to several, or to none. A name that no
/// successor has is a compile error: `ui-tests/fail/node_that_does_not_exist.rs`.
#[tokio::test]
async fn predicate_router_routes_to_one_to_several_or_to_none() -> Result<(), FlowError> {
    let flow = flow! {
        let metrics: Desk = Desk("metrics");
        let general: Desk = Desk("general");
        read -> match {
            letter if letter.text.starts_with("metric") => metrics,
            letter if letter.text.is_empty() => nowhere,
            letter if letter.text == "all" => [metrics, general],
            _ => general,
        }
    };
    let flow = flow.with_state(Notebook::new());
    let routed = async |text| flow.run_all(letter("acme", text)).await;
    assert_eq!(routed("metric-usage").await?, ["[metrics] metric-usage"]);
    assert_eq!(routed("ad-spend").await?, ["[general] ad-spend"]);
    assert_eq!(routed("all").await?, ["[metrics] all", "[general] all"]);
    let dropped = routed("").await.expect_err("it goes nowhere");
    assert_eq!(dropped.kind(), ErrorKind::Filtered);
    Ok(())
}

#[node]
async fn nowhere(_: Letter) -> Option<String> {
    None
}

/// The original took two nodes of one name, and its router picked one of them at random. Here
/// such a flow does not compile (`ui-tests/fail/nodes_of_one_name.rs`), and two nodes of one
/// type are distinguished by the names that they have in the flow.
#[tokio::test]
async fn b29_a_router_takes_the_node_that_its_arm_names() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! {
        let first: Desk = Desk("first");
        let second: Desk = Desk("second");
        read -> match { letter if letter.tenant == "acme" => first, _ => second }
    };
    let flow = flow.with_state(notes.clone());
    for _ in 0..20 {
        flow.run(letter("acme", "")).await?;
        flow.run(letter("globex", "")).await?;
    }
    assert_eq!(notes.lines(), ["first", "second"].repeat(20));
    Ok(())
}

enum Task {
    Web { query: &'static str },
    Sql { table: &'static str },
}

#[node]
async fn sort(text: &'static str) -> Task {
    match text.strip_prefix("sql ") {
        Some(table) => Task::Sql { table },
        None => Task::Web { query: text },
    }
}

#[node]
async fn web(query: &'static str, headers: Headers) -> String {
    format!("web::{query} for {}", headers.tenant)
}

#[node]
async fn sql(table: &'static str, headers: Headers) -> String {
    format!("sql::{table} for {}", headers.tenant)
}

/// `union_router(name, union)`: each variant to its node, and a message in its envelope, which
/// the original did not take (b14).
#[tokio::test]
async fn union_router_routes_each_variant_in_its_envelope() -> Result<(), FlowError> {
    let flow = flow! {
        sort -> match { Task::Web { query } => web(query), Task::Sql { table } => sql(table) }
    };
    let message = |text| Message::new(text).tenant("acme");
    let routed = flow.run(message("penguins")).await?;
    assert_eq!(routed, "web::penguins for acme");
    let routed = flow.run(message("sql metrics")).await?;
    assert_eq!(routed, "sql::metrics for acme");
    Ok(())
}

/// Where letters may go, and what the tenants' table says to that.
enum Course {
    Metrics(Letter),
    General(Letter),
}

/// What an operator decided for a tenant: another way, or none.
#[node]
async fn policy(letter: Letter) -> Option<Course> {
    let is_metric = letter.text.starts_with("metric");
    match letter.tenant {
        "initech" => Some(Course::General(letter)),
        "hooli" => None,
        _ if is_metric => Some(Course::Metrics(letter)),
        _ => Some(Course::General(letter)),
    }
}

/// `RoutingPolicy`: what a router proposes, a policy may rewrite or veto. The example
/// `routing_predicate` reads its policy from a table.
#[tokio::test]
async fn a_routing_policy_rewrites_or_vetoes() -> Result<(), FlowError> {
    let flow = flow! {
        let metrics: Desk = Desk("metrics");
        let general: Desk = Desk("general");
        policy -> match {
            Course::Metrics(letter) => metrics(letter),
            Course::General(letter) => general(letter),
        }
    };
    let flow = flow.with_state(Notebook::new());
    assert_eq!(
        flow.run(letter("acme", "metric")).await?,
        "[metrics] metric"
    );
    assert_eq!(
        flow.run(letter("initech", "metric")).await?,
        "[general] metric"
    );
    let vetoed = flow.run(letter("hooli", "metric")).await;
    assert_eq!(
        vetoed.map_err(|error| error.kind()),
        Err(ErrorKind::Filtered)
    );
    Ok(())
}

#[node]
async fn score(documents: Vec<&'static str>) -> Result<Vec<usize>, BoxError> {
    map_concurrent(documents, async |document| Ok(document.len()), 0).await
}

/// `map_concurrent(items, worker, max_concurrency)`: results in the order of the items, and a
/// maximum below one is one. What it does with a failing worker is b34.
#[tokio::test]
async fn map_concurrent_keeps_the_order_of_its_items() -> Result<(), FlowError> {
    assert_eq!(
        flow! { score }.run(vec!["krill", "ice", ""]).await?,
        [5, 3, 0]
    );
    Ok(())
}
