//! Joins in the items of a map of no item, of one and of a thousand: each item has its own, and
//! a branch that is missing, fails or is cancelled leaves nothing behind. What comes twice or
//! late is in `twice`.

use std::sync::Arc;

use penguiflow::prelude::*;

use super::{End, failure};
use penguiflow_tests::support::{balances, ms, tasks};

const COUNTS: [u32; 3] = [0, 1, 1_000];

/// An item, which counts how many of its kind there are.
#[derive(Debug, Clone)]
struct Part(
    u32,
    #[expect(dead_code, reason = "it is counted while the part lives")] Arc<()>,
);

/// So many items.
#[node]
async fn parts((count, held): (u32, Arc<()>)) -> Vec<Part> {
    (0..count).map(|n| Part(n, Arc::clone(&held))).collect()
}

/// A branch that takes a while, and ends as the case says for the last item.
struct Last(u32, End);

#[node]
impl Last {
    async fn call(&self, part: Part) -> Result<Option<Part>, String> {
        tokio::time::sleep(ms(1)).await;
        match self.1 {
            _ if part.0 + 1 != self.0 => Ok(Some(part)),
            End::Gives => Ok(Some(part)),
            End::Fails => Err("no luck".to_owned()),
            End::Panics => panic!("slipped"),
            End::IsNone => Ok(None),
        }
    }
}

#[node]
async fn beside(part: Part) -> Part {
    tokio::time::sleep(ms(u64::from(part.0 % 3))).await;
    part
}

#[node]
async fn pair((last, beside): (Part, Part)) -> u32 {
    assert_eq!(last.0, beside.0, "parts of two items met");
    last.0
}

#[node]
async fn one(part: Part) -> u32 {
    part.0
}

#[node]
async fn at_least_one(parts: Vec<Part>) -> u32 {
    parts[0].0
}

type Settled = Result<Part, NodeError>;

#[node]
async fn good((last, beside): (Settled, Settled)) -> u32 {
    beside.or(last).map_or(u32::MAX, |part| part.0)
}

/// The outcome of that many items whose branches meet in a join of this kind, one of which ends
/// so in the last item. Nothing of them is left.
macro_rules! joined {
    ($count:expr, $end:ident, $($join:tt)*) => {{
        let held = Arc::new(());
        let flow = flow! {
            let last: Last = Last($count, End::$end);
            parts -> [[last, beside] -> $($join)*; 8] -> join
        };
        let joined = flow.run(($count, Arc::clone(&held))).await;
        drop(flow);
        assert_eq!(Arc::strong_count(&held), 1, "{} items", $count);
        joined
    }};
}

#[tokio::test(start_paused = true)]
async fn b07_each_item_joins_its_own_parts() -> Result<(), FlowError> {
    for count in COUNTS {
        let all: Vec<_> = (0..count).collect();
        assert_eq!(joined!(count, Gives, join -> pair)?, all);
        assert_eq!(joined!(count, Gives, race -> one)?, all);
        assert_eq!(joined!(count, Gives, quorum(1) -> at_least_one)?, all);
        assert_eq!(joined!(count, Gives, settle -> good)?, all);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn b07_a_missing_branch_of_one_item_ends_the_trace() -> Result<(), FlowError> {
    assert_eq!(joined!(0, IsNone, join -> pair)?, [0; 0]);
    for count in [1, 1_000] {
        let (kind, told) = failure(joined!(count, IsNone, join -> pair));
        assert_eq!(kind, ErrorKind::Unjoined);
        assert!(told.contains("nothing came from `last`"), "{told}");
        let (kind, _) = failure(joined!(count, IsNone, settle -> good));
        assert_eq!(kind, ErrorKind::Unjoined);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn b07_a_failing_branch_of_one_item_ends_the_trace() -> Result<(), FlowError> {
    assert_eq!(joined!(0, Fails, join -> pair)?, [0; 0]);
    for count in [1, 1_000] {
        let told = "node `last` failed: no luck".to_owned();
        let end = failure(joined!(count, Fails, join -> pair));
        assert_eq!(end, (ErrorKind::Failed, told));
        let (kind, _) = failure(joined!(count, Panics, join -> pair));
        assert_eq!(kind, ErrorKind::Panicked);
    }
    Ok(())
}

/// The kinds that tolerate it go on in every item.
#[tokio::test(start_paused = true)]
async fn a_failing_branch_of_one_item_is_borne_in_it() -> Result<(), FlowError> {
    for count in COUNTS {
        let all: Vec<_> = (0..count).collect();
        assert_eq!(joined!(count, Fails, race -> one)?, all);
        assert_eq!(joined!(count, IsNone, race -> one)?, all);
        assert_eq!(joined!(count, Panics, quorum(1) -> at_least_one)?, all);
        assert_eq!(joined!(count, Fails, settle -> good)?, all);
    }
    Ok(())
}

/// In the midst of its items: some are joined, some run, some have not begun.
#[tokio::test(start_paused = true)]
async fn cancelling_ends_the_branches_of_all_items() -> Result<(), FlowError> {
    for count in [1, 1_000] {
        let held = Arc::new(());
        let flow = flow! {
            let last: Last = Last(count, End::Gives);
            parts -> [[last, beside] -> join -> pair; 8] -> join
        };
        for after in [0, 1, 2, 5, 50] {
            let running = flow.start();
            let id = running.emit((count, Arc::clone(&held))).await?;
            tokio::time::sleep(ms(after)).await;
            let is_cancelled = running.cancel(id);
            let ledger = running.stop().await;
            assert!(balances(&ledger));
            assert_eq!(ledger.cancelled == 1, is_cancelled);
            assert_eq!((Arc::strong_count(&held), tasks()), (1, 0));
        }
    }
    Ok(())
}
