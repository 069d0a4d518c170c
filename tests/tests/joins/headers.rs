//! `#[flow(headers = "…")]`: which headers a message has after a join, in memory and on a host that
//! runs the steps in any order.

use std::time::Duration;

use penguiflow::prelude::*;

use penguiflow_tests::by_json::{run_stored, same};
use penguiflow_tests::support::{ms, secs};

/// Adds entries of meta data when its time is over, and then fails if it is to.
struct Marks {
    after: u64,
    entries: &'static [(&'static str, &'static str)],
    fails: bool,
}

impl Marks {
    const fn after(after: u64, entries: &'static [(&'static str, &'static str)]) -> Self {
        let fails = false;
        Self {
            after,
            entries,
            fails,
        }
    }
}

#[node]
impl Marks {
    async fn call(&self, mut message: Message<u32>) -> Result<Message<u32>, String> {
        tokio::time::sleep(ms(self.after)).await;
        for (key, value) in self.entries {
            message = message.meta(*key, *value);
        }
        match self.fails {
            true => Err("no luck".to_owned()),
            false => Ok(message),
        }
    }
}

#[node]
async fn start(message: Message<u32>) -> Message<u32> {
    message.meta("start", "here")
}

#[node]
async fn fail(_: u32) -> Result<u32, String> {
    Err("no luck".to_owned())
}

/// The headers in words: `start=here x=a`.
fn in_words(headers: &Headers) -> String {
    let topic = headers.topic.iter().map(|topic| format!("topic={topic}"));
    let entries = headers.meta.iter();
    let entries = entries.map(|(key, value)| format!("{key}={value}"));
    topic.chain(entries).collect::<Vec<_>>().join(" ")
}

#[node]
async fn one(_: u32, headers: Headers) -> String {
    in_words(&headers)
}

#[node]
async fn pair(_: (u32, u32), headers: Headers) -> String {
    in_words(&headers)
}

#[node]
async fn triple(_: (u32, u32, u32), headers: Headers) -> String {
    in_words(&headers)
}

#[node]
async fn list(_: Vec<u32>, headers: Headers) -> String {
    in_words(&headers)
}

type Settled = Result<u32, NodeError>;

#[node]
async fn settled(_: (Settled, Settled), headers: Headers) -> String {
    in_words(&headers)
}

#[node]
async fn settled_list(_: Vec<Settled>, headers: Headers) -> String {
    in_words(&headers)
}

/// What a flow of these statements gives by the default rule, by `all` and by `first`.
macro_rules! by_each_rule {
    ($($flow:tt)*) => {{
        let all = same!(flow! { #[flow(durable)] $($flow)* })?;
        let said = same!(flow! { #[flow(durable, headers = "all")] $($flow)* })?;
        assert_eq!(all, said);
        let first = same!(flow! { #[flow(durable, headers = "first")] $($flow)* })?;
        [all.join("; "), first.join("; ")]
    }};
}

#[tokio::test(start_paused = true)]
async fn later_inputs_add_what_earlier_ones_lack() -> Result<(), FlowError> {
    for (a, b, c) in [(1, 2, 3), (3, 2, 1), (2, 1, 3)] {
        let [all, first] = by_each_rule! {
            let a: Marks = Marks::after(a, &[("x", "a")]);
            let b: Marks = Marks::after(b, &[("x", "b"), ("y", "b")]);
            let c: Marks = Marks::after(c, &[("y", "c"), ("z", "c")]);
            start -> [a, b, c] -> join -> triple
        };
        assert_eq!(all, "start=here x=a y=b z=c");
        assert_eq!(first, "start=here x=a");
    }
    Ok(())
}

/// A branch that changes no header has those of the message.
#[tokio::test(start_paused = true)]
async fn a_first_branch_that_sets_nothing_lacks_what_others_set() -> Result<(), FlowError> {
    let [all, first] = by_each_rule! {
        let a: Marks = Marks::after(2, &[]);
        let b: Marks = Marks::after(1, &[("start", "elsewhere"), ("y", "b")]);
        start -> [a, b] -> join -> pair
    };
    assert_eq!(all, "start=here y=b");
    assert_eq!(first, "start=here");
    Ok(())
}

#[node]
async fn without(_: u32) -> Message<u32> {
    Message::new(0)
}

/// `Message::new` in the middle of a branch drops the headers that the message had.
#[tokio::test(start_paused = true)]
async fn a_header_that_one_branch_dropped_is_there_if_another_one_has_it() -> Result<(), FlowError>
{
    let [all, first] = by_each_rule! {
        let b: Marks = Marks::after(1, &[("y", "b")]);
        start -> [without, b] -> join -> pair
    };
    assert_eq!(all, "start=here y=b");
    assert_eq!(first, "");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn tenant_topic_and_priority_are_headers_as_others_are() -> Result<(), FlowError> {
    #[node]
    async fn tenant(message: Message<u32>) -> Message<u32> {
        message.tenant("acme")
    }
    #[node]
    async fn urgent(message: Message<u32>) -> Message<u32> {
        message.tenant("other").priority(2).topic("krill")
    }
    #[node]
    async fn all_of(_: (u32, u32), headers: Headers) -> (String, i32, Option<String>) {
        (headers.tenant, headers.priority, headers.topic)
    }
    let flow = flow! { [tenant, urgent] -> join -> all_of };
    let expected = ("acme".to_owned(), 2, Some("krill".to_owned()));
    assert_eq!(flow.run(0).await?, expected);
    let flow = flow! { #[flow(headers = "first")] [tenant, urgent] -> join -> all_of };
    assert_eq!(flow.run(0).await?, ("acme".to_owned(), 0, None));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failed_branch_of_settle_has_the_headers_that_its_message_had() -> Result<(), FlowError> {
    let [all, first] = by_each_rule! {
        let a: Marks = Marks::after(2, &[("x", "a")]);
        let b: Marks = Marks::after(1, &[("x", "b"), ("y", "b")]);
        start -> [a -> fail, b] -> settle -> settled
    };
    assert_eq!(all, "start=here x=a y=b");
    assert_eq!(first, "start=here x=a");
    let [all, first] = by_each_rule! {
        let a: Marks = Marks { fails: true, ..Marks::after(2, &[("x", "a")]) };
        let b: Marks = Marks::after(1, &[("x", "b"), ("y", "b")]);
        start -> [a, b] -> settle -> settled
    };
    assert_eq!(
        all, "start=here x=b y=b",
        "what a failed visit would have set is lost"
    );
    assert_eq!(first, "start=here");
    Ok(())
}

/// Branches that failed, or came too late, add nothing.
#[tokio::test(start_paused = true)]
async fn a_quorum_and_a_race_have_the_headers_of_those_that_they_took() -> Result<(), FlowError> {
    let [all, first] = by_each_rule! {
        let a: Marks = Marks::after(1, &[("w", "a")]);
        let b: Marks = Marks::after(3, &[("x", "b")]);
        let c: Marks = Marks::after(2, &[("x", "c"), ("y", "c")]);
        start -> [a -> fail, b, c] -> quorum(2) -> list
    };
    assert_eq!(all, "start=here x=b y=c");
    assert_eq!(first, "start=here x=b");
    let [all, first] = by_each_rule! {
        let a: Marks = Marks::after(1, &[("w", "a")]);
        let b: Marks = Marks::after(2, &[("x", "b")]);
        start -> [a -> fail, b] -> race -> one
    };
    assert_eq!([all, first], ["start=here x=b"; 2]);
    Ok(())
}

/// Items have places in the list as branches have in the group.
#[tokio::test(start_paused = true)]
async fn items_of_a_map_are_inputs_in_their_order() -> Result<(), FlowError> {
    #[node]
    async fn numbers(message: Message<u32>) -> Message<Vec<u32>> {
        message.map(|n| (0..n).collect())
    }
    /// The first item sets nothing; each third one sets the topic.
    #[node]
    async fn mark(message: Message<u32>) -> Message<u32> {
        let n = message.payload;
        tokio::time::sleep(ms(10 - u64::from(n))).await;
        match n % 3 {
            _ if n == 0 => message,
            2 => message.topic(n.to_string()).meta("last", n.to_string()),
            _ => message
                .meta(format!("n{n}"), "set")
                .meta("last", n.to_string()),
        }
    }
    let all = flow! { #[flow(durable)] numbers -> [mark; 3] -> join -> list };
    assert_eq!(same!(all, 6)?, ["topic=2 last=1 n1=set n3=set n4=set"]);
    let first = flow! { #[flow(durable, headers = "first")] numbers -> [mark; 3] -> join -> list };
    assert_eq!(same!(first, 6)?, [""]);
    let settles = flow! { #[flow(durable)] numbers -> [mark; 8] -> settle -> settled_list };
    assert_eq!(same!(settles, 6)?, ["topic=2 last=1 n1=set n3=set n4=set"]);
    // The latest items come first.
    let quorum = flow! { numbers -> [mark; 6] -> quorum(3) -> list };
    assert_eq!(quorum.run(6).await?, "topic=5 last=3 n3=set n4=set");
    let race = flow! { numbers -> [mark; 6] -> race -> one };
    assert_eq!(race.run(6).await?, "topic=5 last=5");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn joins_in_joins_add_in_the_order_of_the_flow() -> Result<(), FlowError> {
    let [all, first] = by_each_rule! {
        let a: Marks = Marks::after(4, &[("w", "a")]);
        let b: Marks = Marks::after(3, &[("w", "b"), ("x", "b")]);
        let c: Marks = Marks::after(2, &[("x", "c"), ("y", "c")]);
        let d: Marks = Marks::after(1, &[("y", "d"), ("z", "d")]);
        start -> [[a, b] -> join -> pair_of, [c, d] -> join -> pair_of_others] -> join -> pair
    };
    assert_eq!(all, "start=here w=a x=b y=c z=d");
    assert_eq!(first, "start=here w=a");
    Ok(())
}

#[node]
async fn pair_of((n, _): (u32, u32)) -> u32 {
    n
}

#[node]
async fn pair_of_others((n, _): (u32, u32)) -> u32 {
    n
}

/// A join that branches reach from the middle of their ways.
#[tokio::test(start_paused = true)]
async fn an_input_beside_another_way_adds_its_headers_too() -> Result<(), FlowError> {
    let all = flow! {
        #[flow(durable)]
        let a: Marks = Marks::after(2, &[("x", "a")]);
        let b: Marks = Marks::after(1, &[("x", "b"), ("y", "b")]);
        start -> a -> one;
        start -> b;
        [a, b] -> join -> pair;
    };
    assert_eq!(same!(all)?, ["start=here x=a", "start=here x=a y=b"]);
    let first = flow! {
        #[flow(durable, headers = "first")]
        let a: Marks = Marks::after(2, &[("x", "a")]);
        let b: Marks = Marks::after(1, &[("x", "b"), ("y", "b")]);
        start -> a -> one;
        start -> b;
        [a, b] -> join -> pair;
    };
    assert_eq!(same!(first)?, ["start=here x=a", "start=here x=a"]);
    Ok(())
}

#[node]
async fn early(message: Message<u32>) -> Message<u32> {
    message.meta("x", "a").deadline_in(secs(50))
}

#[node]
async fn late(message: Message<u32>) -> Message<u32> {
    message.meta("y", "b").deadline_in(secs(20))
}

#[node]
async fn limits(_: (u32, u32), headers: Headers, ctx: Ctx) -> (String, Option<Duration>) {
    (in_words(&headers), ctx.remaining())
}

/// The rule is about headers alone.
#[tokio::test(start_paused = true)]
async fn the_deadline_is_the_earliest_of_all_by_either_rule() -> Result<(), FlowError> {
    let all = flow! { [early, late] -> join -> limits };
    assert_eq!(all.run(0).await?, ("x=a y=b".to_owned(), Some(secs(20))));
    let first = flow! { #[flow(headers = "first")] [early, late] -> join -> limits };
    assert_eq!(first.run(0).await?, ("x=a".to_owned(), Some(secs(20))));
    Ok(())
}

#[node]
async fn mark_a(message: Message<u32>) -> Message<u32> {
    message.meta("x", "a")
}

#[node]
async fn mark_b(message: Message<u32>) -> Message<u32> {
    message.meta("y", "b")
}

flow! {
    struct ByAll(u32) -> String;

    [mark_a, mark_b] -> join -> pair;
}

flow! {
    #[flow(headers = "first")]
    struct ByFirst(u32) -> String;

    [mark_a, mark_b] -> join -> pair;
}

/// A playbook is a flow of its own, with its own rule; a part in parentheses is of the flow that it
/// stands in.
#[tokio::test(start_paused = true)]
async fn a_playbook_has_its_own_rule_and_a_part_that_of_the_flow_around_it() -> Result<(), FlowError>
{
    assert_eq!(
        flow! { #[flow(headers = "first")] ByAll }.run(0).await?,
        "x=a y=b"
    );
    assert_eq!(flow! { ByFirst }.run(0).await?, "x=a");
    let part = flow! { start -> ([mark_a, mark_b] -> join -> pair) };
    assert_eq!(part.run(0).await?, "start=here x=a y=b");
    let part = flow! {
        #[flow(headers = "first")]
        start -> ([mark_a, mark_b] -> join -> pair)
    };
    assert_eq!(part.run(0).await?, "start=here x=a");
    Ok(())
}

#[node]
async fn approved((n, _): (u32, u32)) -> u32 {
    n
}

/// A stored join keeps the headers that have come while another input is parked.
#[tokio::test(start_paused = true)]
async fn headers_at_a_join_are_stored_while_an_input_is_parked() -> Result<(), FlowError> {
    let all = flow! {
        #[flow(durable)]
        [mark_a -> await u32 -> approved, mark_b] -> join -> pair
    };
    let mut frontier = run_stored(&all, all.begin(0)).await?;
    frontier.resume(None, 1u32).expect("it waits");
    let outputs = run_stored(&all, frontier).await?.finish()?;
    assert_eq!(outputs[0].payload, "x=a y=b");
    let first = flow! {
        #[flow(durable, headers = "first")]
        [mark_a -> await u32 -> approved, mark_b] -> join -> pair
    };
    let mut frontier = run_stored(&first, first.begin(0)).await?;
    frontier.resume(None, 1u32).expect("it waits");
    let outputs = run_stored(&first, frontier).await?.finish()?;
    assert_eq!(outputs[0].payload, "x=a");
    Ok(())
}
