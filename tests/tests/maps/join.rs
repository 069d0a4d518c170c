//! `a -> [b; 2] -> join -> c`: a `Vec` in the order of the items.

use std::collections::{BTreeSet, HashMap};

use penguiflow::prelude::*;

use super::Job::Gives;
use super::{count, items, sum, tell_list, work};
use penguiflow_tests::support::Notebook;

/// Protects the order: item by item, whoever is first.
#[tokio::test(start_paused = true)]
async fn results_are_in_the_order_of_the_items() -> Result<(), FlowError> {
    let flow = flow! { items -> [work; 3] -> join -> tell_list };
    let flow = flow.with_state(Notebook::new());
    let given = [30, 10, 20, 5, 40, 1].map(Gives).to_vec();
    assert_eq!(flow.run(given).await?, "[30, 10, 20, 5, 40, 1]");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_joins_at_once() -> Result<(), FlowError> {
    let flow = flow! { items -> [work; 3] -> join -> tell_list };
    let flow = flow.with_state(Notebook::new());
    assert_eq!(flow.run(vec![]).await?, "[]");
    Ok(())
}

/// At the end of the flow as well, where the join itself is the exit.
#[tokio::test(start_paused = true)]
async fn an_empty_list_may_be_the_output() -> Result<(), FlowError> {
    let flow = flow! { items -> [work; 3] -> join }.with_state(Notebook::new());
    assert_eq!(flow.run(vec![]).await?, Vec::<u64>::new());
    assert_eq!(flow.run(vec![Gives(1)]).await?, [1]);
    Ok(())
}

#[node]
async fn square(n: u64) -> u64 {
    tokio::time::sleep(penguiflow_tests::support::ms(n * 7 % 50)).await;
    n * n
}

#[tokio::test(start_paused = true)]
async fn one_item_and_a_thousand() -> Result<(), FlowError> {
    let flow = flow! { count -> [square; 16] -> join };
    assert_eq!(flow.run(1).await?, [0]);
    let squares: Vec<_> = (0..1_000).map(|n| n * n).collect();
    assert_eq!(flow.run(1_000).await?, squares);
    Ok(())
}

#[node]
async fn array(n: u64) -> [u64; 3] {
    [n, n + 1, n + 2]
}

#[node]
async fn values(n: u64) -> std::collections::hash_map::IntoValues<&'static str, u64> {
    HashMap::from([("one", n + 1), ("two", n + 2)]).into_values()
}

#[node]
async fn range(n: u64) -> std::ops::Range<u64> {
    0..n
}

#[node]
async fn set(n: u64) -> BTreeSet<u64> {
    BTreeSet::from([n + 2, n, n + 1])
}

#[node]
async fn maybe(n: u64) -> Message<Option<u64>> {
    Message::new((n > 0).then_some(n))
}

#[node]
async fn pairs(n: u64) -> HashMap<u64, u64> {
    HashMap::from([(n, n), (n + 1, n)])
}

#[node]
async fn of_pair((one, other): (u64, u64)) -> u64 {
    one + other
}

/// Whatever is `IntoIterator` has items.
#[tokio::test(start_paused = true)]
async fn a_map_runs_on_any_type_with_items() -> Result<(), FlowError> {
    assert_eq!(
        flow! { array -> [square; 8] -> join }.run(2).await?,
        [4, 9, 16]
    );
    assert_eq!(
        flow! { range -> [square; 8] -> join }.run(3).await?,
        [0, 1, 4]
    );
    assert_eq!(
        flow! { set -> [square; 8] -> join }.run(2).await?,
        [4, 9, 16]
    );
    assert_eq!(flow! { maybe -> [square; 8] -> join }.run(3).await?, [9]);
    assert_eq!(flow! { maybe -> [square; 8] -> join }.run(0).await?, [0; 0]);
    assert_eq!(
        flow! { values -> [square; 8] -> join -> sum }
            .run(2)
            .await?,
        25
    );
    assert_eq!(
        flow! { pairs -> [of_pair; 8] -> join -> sum }
            .run(1)
            .await?,
        5
    );
    Ok(())
}

#[node]
async fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[node]
async fn length(word: &str) -> usize {
    word.len()
}

/// Items are never cloned.
#[derive(Debug)]
struct Precious(u64);

#[node]
async fn treasure(n: u64) -> Vec<Precious> {
    (0..n).map(Precious).collect()
}

#[node]
async fn weigh(precious: Precious) -> u64 {
    precious.0
}

#[node]
async fn weigh_message(precious: Message<Precious>) -> Message<u64> {
    precious.map(|Precious(weight)| weight)
}

/// An item is a message as any other: a node takes it as it likes.
#[tokio::test(start_paused = true)]
async fn nodes_take_items_as_they_take_messages() -> Result<(), FlowError> {
    let lengths = flow! { words -> [length; 2] -> join };
    assert_eq!(lengths.run("a bb ccc".to_owned()).await?, [1, 2, 3]);
    assert_eq!(
        flow! { treasure -> [weigh; 2] -> join }.run(3).await?,
        [0, 1, 2]
    );
    let messages = flow! { treasure -> [weigh_message; 2] -> join };
    assert_eq!(messages.run(3).await?, [0, 1, 2]);
    Ok(())
}

/// A node with fields, a path to a node, and a flow that is an item.
mod elsewhere {
    use penguiflow::prelude::*;

    #[node]
    pub(super) async fn triple(n: u64) -> u64 {
        n * 3
    }
}

struct Adds(u64);

#[node]
impl Adds {
    async fn call(&self, n: u64) -> u64 {
        n + self.0
    }
}

flow! {
    /// Lists, and adds to each.
    struct Each(u64) -> Vec<u64>;

    let adds: Adds = Adds(10);
    count -> [elsewhere::triple -> adds; 2] -> join;
}

#[tokio::test(start_paused = true)]
async fn any_node_may_stand_in_a_map() -> Result<(), FlowError> {
    assert_eq!(Each::flow().run(3).await?, [10, 13, 16]);
    Ok(())
}
