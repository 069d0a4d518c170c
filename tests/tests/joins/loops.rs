//! Joins inside a loop: each turn has its own.

use penguiflow::prelude::*;

use super::failure;
use penguiflow_tests::by_json::same;
use penguiflow_tests::support::{Notebook, ms, tasks};

/// The number of a turn, and what the turns before it came to.
#[derive(Debug, Clone, Default)]
struct Turn {
    number: u32,
    sums: Vec<String>,
}

impl Turn {
    fn next(mut self, sum: String) -> ControlFlow<Vec<String>, Self> {
        self.sums.push(sum);
        self.number += 1;
        match self.number {
            3 => ControlFlow::Break(self.sums),
            _ => ControlFlow::Continue(self),
        }
    }
}

#[node]
async fn turn(turn: Turn) -> Turn {
    turn
}

/// A branch that is the slower one in every other turn.
struct Part {
    name: &'static str,
    slow: u32,
    /// The turn in which it ends in `None`, and that in which it fails.
    none_in: Option<u32>,
    fails_in: Option<u32>,
}

impl Part {
    const fn slow_in(name: &'static str, slow: u32) -> Self {
        let (none_in, fails_in) = (None, None);
        Self {
            name,
            slow,
            none_in,
            fails_in,
        }
    }

    const fn none_in(mut self, turn: u32) -> Self {
        self.none_in = Some(turn);
        self
    }

    const fn fails_in(mut self, turn: u32) -> Self {
        self.fails_in = Some(turn);
        self
    }
}

type Named = (Turn, String);

#[node]
impl Part {
    async fn call(
        &self,
        turn: Turn,
        State(notes): State<Notebook>,
    ) -> Result<Option<Named>, String> {
        let is_slow = turn.number % 2 == self.slow;
        tokio::time::sleep(ms(if is_slow { 20 } else { 5 })).await;
        let part = format!("{}{}", self.name, turn.number);
        notes.write(&part);
        if self.fails_in == Some(turn.number) {
            return Err(format!("no {part}"));
        }
        Ok((self.none_in != Some(turn.number)).then_some((turn, part)))
    }
}

#[node]
async fn both((a, b): (Named, Named)) -> ControlFlow<Vec<String>, Turn> {
    a.0.next(format!("{}+{}", a.1, b.1))
}

#[node]
async fn first((turn, part): Named) -> ControlFlow<Vec<String>, Turn> {
    turn.next(part)
}

#[node]
async fn some(parts: Vec<Named>) -> ControlFlow<Vec<String>, Turn> {
    let names: Vec<_> = parts.iter().map(|(_, name)| name.as_str()).collect();
    parts[0].0.clone().next(names.join("+"))
}

type Settled = Result<Named, NodeError>;

#[node]
async fn any((a, b): (Settled, Settled)) -> ControlFlow<Vec<String>, Turn> {
    let turn = a.as_ref().or(b.as_ref()).map(|(turn, _)| turn.clone()).ok();
    let name = |part: Settled| part.map_or_else(|_| "-".to_owned(), |(_, name)| name);
    let sum = format!("{}+{}", name(a), name(b));
    match turn {
        Some(turn) => turn.next(sum),
        None => ControlFlow::Break(vec![sum]),
    }
}

macro_rules! turns {
    ([$($part:expr),*] $($rest:tt)*) => {
        turns!(@flow [$($part),*] $($rest)*)
            .with_state(Notebook::new())
            .run(Turn::default())
            .await
    };
    (@flow [$a:expr, $b:expr] $kind:ident $end:ident) => {
        flow! {
            let a: Part = $a;
            let b: Part = $b;
            turn -> [a, b] -> $kind -> $end -> turn
        }
    };
}

#[tokio::test(start_paused = true)]
async fn each_turn_joins_its_own_parts() -> Result<(), FlowError> {
    let sums = turns!([Part::slow_in("a", 0), Part::slow_in("b", 1)] join both)?;
    assert_eq!(sums, ["a0+b0", "a1+b1", "a2+b2"]);
    Ok(())
}

/// The losers of a turn do not come in the next one.
#[tokio::test(start_paused = true)]
async fn each_turn_is_a_race_of_its_own() -> Result<(), FlowError> {
    let sums = turns!([Part::slow_in("a", 0), Part::slow_in("b", 1)] race first)?;
    assert_eq!(sums, ["b0", "a1", "b2"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn failures_are_borne_anew_in_each_turn() -> Result<(), FlowError> {
    let sums = turns!([
        Part::slow_in("a", 0).fails_in(1),
        Part::slow_in("b", 1).fails_in(2)
    ] race first)?;
    assert_eq!(sums, ["b0", "b1", "a2"]);
    let sums = turns!([
        Part::slow_in("a", 0).fails_in(1),
        Part::slow_in("b", 1).fails_in(2)
    ] settle any)?;
    assert_eq!(sums, ["a0+b0", "-+b1", "a2+-"]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn each_turn_has_a_quorum_of_its_own() -> Result<(), FlowError> {
    let flow = flow! {
        let a: Part = Part::slow_in("a", 0).fails_in(1);
        let b: Part = Part::slow_in("b", 1).fails_in(2);
        let c: Part = Part::slow_in("c", 7);
        turn -> [a, b, c] -> quorum(2) -> some -> turn
    };
    let mut sums = flow
        .with_state(Notebook::new())
        .run(Turn::default())
        .await?;
    for sum in &mut sums {
        let mut parts: Vec<_> = sum.split('+').collect();
        parts.sort_unstable();
        *sum = parts.join("+");
    }
    assert_eq!(sums, ["b0+c0", "b1+c1", "a2+c2"]);
    Ok(())
}

/// The parts of the turns before do not fill what is missing in this one.
#[tokio::test(start_paused = true)]
async fn a_part_that_is_missing_in_a_later_turn_is_missed() {
    for turn in 0..3 {
        let parts = [Part::slow_in("a", 0), Part::slow_in("b", 1)];
        let [a, b] = parts;
        let end = failure(turns!([a, b.none_in(turn)] join both));
        let told = "node `join` was left waiting: nothing came from `b`".to_owned();
        assert_eq!(end, (ErrorKind::Unjoined, told), "in turn {turn}");
    }
}

/// Nor does a join tolerate a failure because its branches were fine before.
#[tokio::test(start_paused = true)]
async fn a_part_that_fails_in_a_later_turn_ends_the_trace() {
    for turn in 0..3 {
        let [a, b] = [Part::slow_in("a", 0), Part::slow_in("b", 1)];
        let end = failure(turns!([a, b.fails_in(turn)] join both));
        let told = format!("node `b` failed: no b{turn}");
        assert_eq!(end, (ErrorKind::Failed, told));
    }
}

/// A turn takes 20 ms, and one of its parts comes after 5 ms.
#[tokio::test(start_paused = true)]
async fn cancelling_in_a_later_turn_ends_its_branches() -> Result<(), FlowError> {
    for (after, lines) in [(10, 1), (30, 3), (50, 5)] {
        let notes = Notebook::new();
        let flow = turns!(@flow [Part::slow_in("a", 0), Part::slow_in("b", 1)] join both);
        let running = flow.with_state(notes.clone()).start();
        let id = running.emit(Turn::default()).await?;
        tokio::time::sleep(ms(after)).await;
        assert!(running.cancel(id));
        let result = running.fetch().await.expect("an answer");
        assert_eq!(failure(result).0, ErrorKind::Cancelled);
        tokio::time::sleep(ms(100)).await;
        assert_eq!((notes.lines().len(), tasks()), (lines, 0));
    }
    Ok(())
}

/// Turns do not add up: neither their time, which was that of all turns before, nor their joins.
#[tokio::test(start_paused = true)]
async fn joins_of_past_turns_are_not_kept() -> Result<(), Box<dyn std::error::Error>> {
    #[node]
    async fn count(n: u32) -> u32 {
        n
    }
    #[node]
    async fn left(n: u32) -> u32 {
        n
    }
    #[node]
    async fn right(n: u32) -> u32 {
        n
    }
    #[node]
    async fn up((n, _): (u32, u32)) -> ControlFlow<u32, u32> {
        match n {
            99 => ControlFlow::Break(n),
            _ => ControlFlow::Continue(n + 1),
        }
    }
    let flow = flow! { #[flow(durable)] count -> [left, right] -> join -> up -> count };
    let flow = flow.hops(100);
    let mut frontier = flow.begin(0);
    let mut longest = 0;
    while let Some(step) = frontier.next_step() {
        frontier.absorb(flow.advance(step).await?);
        longest = longest.max(serde_json::to_string(&frontier)?.len());
    }
    assert_eq!(frontier.finish()?[0].payload, 99);
    assert!(
        longest < 2_000,
        "{longest} characters after a hundred turns"
    );
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn joins_within_joins_are_new_in_each_turn() -> Result<(), FlowError> {
    let flow = flow! {
        let a: Part = Part::slow_in("a", 0);
        let b: Part = Part::slow_in("b", 1);
        let c: Part = Part::slow_in("c", 0);
        turn -> [[a, b] -> race, c] -> join -> both -> turn
    };
    let sums = flow
        .with_state(Notebook::new())
        .run(Turn::default())
        .await?;
    assert_eq!(sums, ["b0+c0", "a1+c1", "b2+c2"]);
    Ok(())
}

#[node]
async fn begin(n: u32) -> u32 {
    n
}

#[node]
async fn add_one(n: u32) -> u32 {
    n + 1
}

#[node]
async fn last(n: u32) -> u32 {
    n
}

/// Ends in `None` below 2.
#[node]
async fn from_two(n: u32) -> Option<u32> {
    (n >= 2).then_some(n)
}

#[node]
async fn sum((one, other): (u32, u32)) -> u32 {
    one + other
}

/// Such a branch leaves its join, and the branches part anew: where the join is left with an input
/// of another branch, it is `Unjoined`. Compiling such a flow had no end.
#[tokio::test]
async fn a_branch_may_lead_back_to_where_the_branches_part() {
    let flow = flow! {
        #[flow(durable)]
        begin -> [add_one -> match { n if n < 3 => begin(n), n => last(n) }, from_two] -> join -> sum
    };
    let outputs = same!(flow.clone(), 0);
    assert_eq!(outputs.expect("the third turn joins"), [3 + 2]);
    use add_one as from_nought;
    let flow = flow! {
        #[flow(durable)]
        begin -> [add_one -> match { n if n < 3 => begin(n), n => last(n) }, from_nought]
            -> join -> sum
    };
    let error = same!(flow, 0).expect_err("the first turn's other branch is left alone");
    assert_eq!(
        (error.kind(), error.node()),
        (ErrorKind::Unjoined, Some("join"))
    );
}
