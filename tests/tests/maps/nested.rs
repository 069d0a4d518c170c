//! Where maps stand: in maps, in branches of other joins, in loops, in arms.

use penguiflow::prelude::*;

use super::Job::{Fails, Gives, IsNone};
use super::{Job, begun, count, failure, items, lines, plus, sum, tell, tell_list, work};
use penguiflow_tests::support::{Notebook, ms};

#[node]
async fn row(n: u64) -> Vec<u64> {
    (0..=n).collect()
}

#[node]
async fn cell(n: u64) -> u64 {
    tokio::time::sleep(ms(10 - n)).await;
    n
}

#[tokio::test(start_paused = true)]
async fn a_map_stands_in_a_map() -> Result<(), FlowError> {
    let flow = flow! { count -> [row -> [cell -> plus; 2] -> join -> sum; 2] -> join };
    assert_eq!(flow.run(5).await?, [1, 3, 6, 10, 15]);
    let rows = flow! { count -> [row -> [cell; 2] -> join; 3] -> join };
    assert_eq!(rows.run(3).await?, vec![vec![0], vec![0, 1], vec![0, 1, 2]]);
    Ok(())
}

#[node]
async fn nobody(_: u64) -> Vec<u64> {
    Vec::new()
}

#[tokio::test(start_paused = true)]
async fn empty_lists_in_a_list_join_each_by_itself() -> Result<(), FlowError> {
    let flow = flow! { count -> [nobody -> [cell; 2] -> join; 2] -> join };
    assert_eq!(flow.run(3).await?, vec![Vec::<u64>::new(); 3]);
    Ok(())
}

/// The items of a map inside a map are items of both: the outer one's limit holds.
#[tokio::test(start_paused = true)]
async fn limits_of_both_maps_hold() -> Result<(), FlowError> {
    #[node]
    async fn lists(lists: Vec<Vec<Job>>) -> Vec<Vec<Job>> {
        lists
    }
    let notes = Notebook::new();
    let flow = flow! { lists -> [items -> [work; 2] -> join -> sum; 1] -> join };
    let list = |times: &[u64]| times.iter().copied().map(Gives).collect::<Vec<_>>();
    let given = vec![list(&[10, 5, 10]), list(&[20, 20]), list(&[])];
    assert_eq!(
        flow.with_state(notes.clone()).run(given).await?,
        [25, 40, 0]
    );
    assert_eq!(begun(&notes), [0, 0, 5, 15, 15]);
    Ok(())
}

/// Without a join in the inner map, all of its results go on as results of the outer one's
/// item, which a join over the items could not distinguish; without any, all come out.
#[tokio::test(start_paused = true)]
async fn maps_without_joins_give_every_result() -> Result<(), FlowError> {
    let flow = flow! { count -> [row; 2] -> [cell; 2] };
    let mut outputs = flow.run_all(3).await?;
    outputs.sort_unstable();
    assert_eq!(outputs, [0, 0, 0, 1, 1, 2]);
    let joined = flow! { count -> [row; 2] -> [cell; 2] -> join };
    let mut outputs = joined.run_all(3).await?;
    outputs.sort();
    assert_eq!(outputs, vec![vec![0], vec![0, 1], vec![0, 1, 2]]);
    Ok(())
}

#[node]
async fn tell_both(both: (Vec<u64>, u64)) -> String {
    format!("{both:?}")
}

#[node]
async fn later(items: Vec<Job>) -> u64 {
    tokio::time::sleep(ms(15)).await;
    items.len() as u64
}

#[node]
async fn again(job: Job) -> u64 {
    tokio::time::sleep(ms(5)).await;
    job.time() + 1
}

type Settled<T> = Result<T, NodeError>;

#[node]
async fn settled((list, n): (Settled<Vec<u64>>, Settled<u64>)) -> String {
    let list = list.map_err(|error| error.kind);
    let n = n.map_err(|error| error.kind);
    format!("{list:?} {n:?}")
}

#[tokio::test(start_paused = true)]
async fn a_map_is_a_branch_of_a_join() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { items -> [[work; 2] -> join, later] -> join -> tell_both };
    let flow = flow.with_state(notes.clone());
    assert_eq!(
        flow.run([20, 10].map(Gives).to_vec()).await?,
        "([20, 10], 2)"
    );
    assert_eq!(flow.run(vec![]).await?, "([], 0)");
    assert_eq!(
        failure(flow.run(vec![Fails(1), Gives(2)]).await).0,
        ErrorKind::Failed
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_map_is_a_branch_that_settles() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { items -> [[work; 2] -> join, later] -> settle -> settled };
    let flow = flow.with_state(notes.clone());
    assert_eq!(
        flow.run([20, 10].map(Gives).to_vec()).await?,
        "Ok([20, 10]) Ok(2)"
    );
    let given = vec![Gives(50), Fails(1), Gives(2), Gives(3)];
    assert_eq!(flow.run(given).await?, "Err(Failed) Ok(4)");
    assert_eq!(lines(&notes, "is over").len(), 3, "its siblings stopped");
    assert_eq!(flow.run(vec![]).await?, "Ok([]) Ok(0)");
    Ok(())
}

/// A race drops a whole map, begun or not.
#[tokio::test(start_paused = true)]
async fn a_map_is_a_branch_of_a_race() -> Result<(), FlowError> {
    let notes = Notebook::new();
    let flow = flow! { items -> [[work; 2] -> join -> sum, later] -> race -> tell };
    let flow = flow.with_state(notes.clone());
    assert_eq!(flow.run([10, 10].map(Gives).to_vec()).await?, "20");
    assert_eq!(flow.run([10, 30, 1].map(Gives).to_vec()).await?, "3");
    assert_eq!(flow.run(vec![Fails(1), Gives(50)]).await?, "2");
    let gone = lines(&notes, "is gone");
    let times: Vec<_> = gone.iter().map(|(time, _)| *time).collect();
    assert_eq!(times, [10, 10, 20, 21, 25, 26, 26]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn maps_are_branches_of_a_quorum() -> Result<(), FlowError> {
    let flow = flow! {
        items -> [[work; 2] -> join -> sum, later, [again; 1] -> race] -> quorum(2) -> tell_list
    };
    let flow = flow.with_state(Notebook::new());
    assert_eq!(flow.run([10, 20].map(Gives).to_vec()).await?, "[11, 2]");
    assert_eq!(flow.run(vec![IsNone(1), IsNone(2)]).await?, "[2, 2]");
    Ok(())
}

#[node]
async fn until_eight(list: Vec<u64>) -> ControlFlow<Vec<u64>, Vec<u64>> {
    if list.len() >= 8 {
        ControlFlow::Break(list)
    } else {
        ControlFlow::Continue(list)
    }
}

#[node]
async fn length(list: Vec<u64>) -> usize {
    list.len()
}

#[node]
async fn grown((list, length): (Vec<u64>, usize)) -> Vec<u64> {
    list.iter().chain(&list[..length]).copied().collect()
}

/// Each turn has items of its own, and none of the turn before.
#[tokio::test(start_paused = true)]
async fn a_map_stands_in_a_loop() -> Result<(), FlowError> {
    let flow = flow! {
        until_eight -> [[plus; 2] -> join, length] -> join -> grown -> until_eight
    };
    assert_eq!(flow.run(vec![0]).await?, [3; 8]);
    assert_eq!(
        flow.run(vec![0, 5, 7]).await?,
        [2, 7, 9, 2, 7, 9, 2, 7, 9, 2, 7, 9]
    );
    let end = failure(flow.run(vec![]).await);
    assert_eq!(end.0, ErrorKind::BudgetExhausted);
    Ok(())
}

/// A list that shrinks to nothing, round by round, by the map alone.
#[tokio::test(start_paused = true)]
async fn a_map_is_the_whole_round_of_a_loop() -> Result<(), FlowError> {
    #[node]
    async fn shrink(list: Vec<u64>) -> ControlFlow<usize, Vec<u64>> {
        let left: Vec<_> = list.iter().filter(|n| **n > 0).map(|n| n - 1).collect();
        if left.len() < 2 {
            ControlFlow::Break(left.len())
        } else {
            ControlFlow::Continue(left)
        }
    }
    #[node]
    async fn same(n: u64) -> u64 {
        n
    }
    let flow = flow! { shrink -> [same; 2] -> join -> shrink };
    assert_eq!(flow.run(vec![5, 2, 1, 4, 0]).await?, 1);
    Ok(())
}

enum Order {
    One(u64),
    Many(Vec<u64>),
}

#[node]
async fn order(n: u64) -> Order {
    if n == 1 {
        Order::One(n)
    } else {
        Order::Many((0..n).collect())
    }
}

#[node]
async fn many(list: Vec<u64>) -> Vec<u64> {
    list
}

/// An arm that maps, after a node of its own that takes the arm's value.
#[tokio::test(start_paused = true)]
async fn a_map_stands_in_an_arm() -> Result<(), FlowError> {
    let flow = flow! {
        order -> match {
            Order::One(n) => plus(n),
            Order::Many(list) => many(list) -> [cell; 2] -> join -> sum,
        } -> tell
    };
    assert_eq!(flow.run(1).await?, "2");
    assert_eq!(flow.run(5).await?, "10");
    Ok(())
}

/// An arm that passes the whole value on may begin with the map itself.
#[tokio::test(start_paused = true)]
async fn an_arm_may_begin_with_a_map() -> Result<(), FlowError> {
    let flow = flow! {
        count -> match {
            list if list.len() > 2 => [cell; 2] -> join -> sum,
            short => sum_of_few,
        } -> tell
    };
    assert_eq!(flow.run(2).await?, "1");
    assert_eq!(flow.run(4).await?, "6");
    Ok(())
}

#[node]
async fn sum_of_few(list: Vec<u64>) -> u64 {
    list.iter().sum()
}
