//! Maps: a chain on each item of a list, a bounded number at a time. Items that do not wait cost no
//! place in a set. The functions that gather items declare in their types that they are `Send`:
//! otherwise the compiler looks into all nested maps, and gives up at 8.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::stream::{FuturesUnordered, Stream};

use super::branch::{BranchResult, First};
use super::first_poll::{FirstPoll, Waits};
use crate::error::{FlowError, NodeError};
use crate::graph::JoinInfo;
use crate::visit::{Arrival, Cursor, CursorMerge, drop_caught};

/// The code that runs between items that do not wait.
#[derive(Clone, Copy)]
enum LetsRun {
    /// Other tasks.
    Tasks,
    /// The branches after the items that have run: otherwise these would pile up.
    Branches,
}

impl LetsRun {
    /// Whether others have their turn after an item.
    #[inline]
    fn is_turn(self, cursor: &Cursor<'_>, visits: u32) -> bool {
        cursor.has_visited(visits) || matches!(self, Self::Branches)
    }

    async fn others(self, cursor: &Cursor<'_>) {
        if matches!(self, Self::Branches) {
            hand_on().await;
        }
        if cursor.has_visited(0) {
            cursor.let_others_run().await;
        }
    }
}

/// Waits until the trace's other branches have been polled.
async fn hand_on() {
    let mut is_over = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut is_over, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// An item that waits, by its place.
struct WaitingItem<F> {
    place: usize,
    run: Waits<F>,
}

impl<F: Future> Future for WaitingItem<F> {
    type Output = (usize, F::Output);

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let place = self.place;
        Pin::new(&mut self.run).poll(cx).map(|ended| (place, ended))
    }
}

/// Runs items, each of which has at most `visits` visits, and passes the result of each to `take`,
/// until that returns `true`.
async fn run_items<'t, T, R, F>(
    cursor: &Cursor<'t>,
    (join, visits, lets_run): (&JoinInfo, u32, LetsRun),
    items: VecDeque<T>,
    mut run: impl FnMut(Cursor<'t>, T) -> F + Send,
    mut take: impl FnMut(usize, BranchResult<R>) -> Result<bool, FlowError> + Send,
) -> Result<(), FlowError>
where
    T: Send,
    R: Send,
    F: Future<Output = BranchResult<R>> + Send,
{
    let at_once = join.items_at_once.unwrap_or_default().max(1);
    check_max(cursor, join, items.len())?;
    let mut items = items.into_iter().enumerate();
    let mut first = FirstPoll::new();
    let mut waiting = FuturesUnordered::new();
    loop {
        let is_enough = poll_fn(|cx| {
            loop {
                while waiting.len() < at_once
                    && let Some((place, item)) = items.next()
                {
                    first.set(run(cursor.branch(place as u32), item));
                    match first.poll(cx) {
                        Ok(Some(ended)) => {
                            if take(place, ended)? {
                                return Poll::Ready(Ok(true));
                            }
                        }
                        Ok(None) => {}
                        Err(run) => waiting.push(WaitingItem { place, run }),
                    }
                    if lets_run.is_turn(cursor, visits) {
                        return Poll::Ready(Ok(false));
                    }
                }
                if waiting.is_empty() {
                    return Poll::Ready(Ok(true));
                }
                if let Some((place, ended)) = ready!(Pin::new(&mut waiting).poll_next(cx))
                    && take(place, ended)?
                {
                    return Poll::Ready(Ok(true));
                }
            }
        });
        if is_enough.await? {
            // The race is over: a panic in a loser's `Drop` does not hide the winner.
            if !waiting.is_empty() || items.len() > 0 {
                drop_caught(|| drop((waiting, items)));
            }
            return Ok(());
        }
        lets_run.others(cursor).await;
    }
}

/// The bound `max` of a map.
#[inline]
fn check_max(cursor: &Cursor<'_>, join: &JoinInfo, items: usize) -> Result<(), FlowError> {
    match join.max_items.filter(|max| items > *max) {
        Some(max) => Err(cursor.too_many(join, max, items)),
        None => Ok(()),
    }
}

/// The effect on a map of an item without a value.
#[derive(Clone, Copy)]
enum Missing {
    /// The map is `Unjoined`.
    Fails,
    /// The map is `Unjoined`, unless no item has a value: then it has none either.
    FailsUnlessAll,
    /// The map ends without a value, at once.
    Ends,
}

/// A `join` of the items of a map: a list of all values, in their order. `None` if no item has
/// one, or if one has none and a join around this one goes on without it.
///
/// # Errors
///
/// The first failure of an item; of kind `Unjoined` if some have no value.
#[doc(hidden)]
pub fn join_items<'t, T, R, F>(
    cursor: &mut Cursor<'t>,
    (number, join, is_tolerated, visits): (u32, &JoinInfo, bool, u32),
    items: VecDeque<T>,
    run: impl FnMut(Cursor<'t>, T) -> F + Send,
) -> impl Future<Output = BranchResult<Vec<R>>> + Send
where
    T: Send,
    R: Send,
    F: Future<Output = BranchResult<(R, Arrival)>> + Send,
{
    let missing = match is_tolerated {
        true => Missing::Ends,
        false => Missing::FailsUnlessAll,
    };
    gather(cursor, (number, join, visits, missing), items, run)
}

/// A `settle` of the items of a map, whose failures are values: a list of results, in their
/// order.
///
/// # Errors
///
/// A failure that no join tolerates; of kind `Unjoined` if some items have no value.
#[doc(hidden)]
pub fn settle_items<'t, T, R, F>(
    cursor: &mut Cursor<'t>,
    (number, join, _, visits): (u32, &JoinInfo, bool, u32),
    items: VecDeque<T>,
    run: impl FnMut(Cursor<'t>, T) -> F + Send,
) -> impl Future<Output = BranchResult<Vec<Result<R, NodeError>>>> + Send
where
    T: Send,
    R: Send,
    F: Future<Output = BranchResult<(Result<R, NodeError>, Arrival)>> + Send,
{
    gather(cursor, (number, join, visits, Missing::Fails), items, run)
}

/// A list of all items' values, in their order.
#[expect(
    clippy::manual_async_fn,
    reason = "its type declares that it is `Send`"
)]
fn gather<'t, T, R, F>(
    cursor: &mut Cursor<'t>,
    (number, join, visits, missing): (u32, &JoinInfo, u32, Missing),
    items: VecDeque<T>,
    run: impl FnMut(Cursor<'t>, T) -> F + Send,
) -> impl Future<Output = BranchResult<Vec<R>>> + Send
where
    T: Send,
    R: Send,
    F: Future<Output = BranchResult<(R, Arrival)>> + Send,
{
    async move {
        let (all, mut gathered) = (items.len(), Gathered::new(items.len(), cursor));
        run_items(
            cursor,
            (join, visits, LetsRun::Tasks),
            items,
            run,
            |place, ended| {
                let value = ended?;
                let is_over = matches!(missing, Missing::Ends) && value.is_none();
                gathered.put(place, value);
                Ok(is_over)
            },
        )
        .await?;
        match (gathered.came, missing) {
            (came, _) if came == all => Ok(Some(gathered.merge(cursor, number))),
            (_, Missing::Ends) | (0, Missing::FailsUnlessAll) => Ok(None),
            _ => Err(cursor.unjoined(join, &gathered.have_come())),
        }
    }
}

/// A `race` or a `quorum` of the items of a map: the first successes, as many as
/// it takes, in the order in which they came.
///
/// # Errors
///
/// The failure that leaves too few items; of kind `Unjoined` if there are too few.
#[doc(hidden)]
#[expect(
    clippy::manual_async_fn,
    reason = "its type declares that it is `Send`"
)]
pub fn first_items<'t, T, R, F>(
    cursor: &mut Cursor<'t>,
    (number, join, _, visits): (u32, &JoinInfo, bool, u32),
    items: VecDeque<T>,
    run: impl FnMut(Cursor<'t>, T) -> F + Send,
) -> impl Future<Output = BranchResult<Vec<R>>> + Send
where
    T: Send,
    R: Send,
    F: Future<Output = BranchResult<(R, Arrival)>> + Send,
{
    async move {
        let (wanted, inputs) = (join.wanted(items.len()), items.len());
        if wanted > inputs {
            return Err(cursor.too_few(join, wanted, inputs));
        }
        let mut first = First::new(wanted, inputs);
        run_items(
            cursor,
            (join, visits, LetsRun::Tasks),
            items,
            run,
            |place, ended| first.take(place, ended),
        )
        .await
        .map_err(|error| cursor.fails(error))?;
        let came = first
            .finish()
            .map_err(|have_come| cursor.unjoined(join, &have_come))?;
        let mut merge = CursorMerge::new(cursor);
        let values = came.into_iter().map(|(place, (value, arrival))| {
            merge.add(place, arrival);
            value
        });
        let values = values.collect();
        merge.merge(cursor, number);
        Ok(Some(values))
    }
}

/// Runs the items of a map of which each goes on by itself.
///
/// # Errors
///
/// The first failure of an item.
#[doc(hidden)]
#[expect(
    clippy::manual_async_fn,
    reason = "its type declares that it is `Send`"
)]
pub fn each_item<'t, T, F>(
    cursor: &Cursor<'t>,
    (join, visits): (&JoinInfo, u32),
    items: VecDeque<T>,
    run: impl FnMut(Cursor<'t>, T) -> F + Send,
) -> impl Future<Output = Result<(), FlowError>> + Send
where
    T: Send,
    F: Future<Output = BranchResult<()>> + Send,
{
    async move {
        let at = (join, visits, LetsRun::Branches);
        run_items(cursor, at, items, run, |_, ended| ended.map(|_| false)).await
    }
}

/// The values of the items so far.
struct Gathered<'t, R> {
    values: Vec<Option<R>>,
    /// How many items have a value.
    came: usize,
    merge: CursorMerge<'t>,
}

impl<'t, R> Gathered<'t, R> {
    fn new(items: usize, cursor: &Cursor<'t>) -> Self {
        Self {
            values: Vec::with_capacity(items),
            came: 0,
            merge: CursorMerge::new(cursor),
        }
    }

    #[inline]
    fn put(&mut self, place: usize, came: Option<(R, Arrival)>) {
        let value = came.map(|(value, arrival)| {
            self.came += 1;
            self.merge.add(place, arrival);
            value
        });
        // Most items come in their order.
        if place == self.values.len() {
            self.values.push(value);
        } else {
            self.put_in_between(place, value);
        }
    }

    fn put_in_between(&mut self, place: usize, value: Option<R>) {
        if place > self.values.len() {
            self.values.resize_with(place + 1, || None);
        }
        self.values[place] = value;
    }

    fn have_come(&self) -> Vec<bool> {
        self.values.iter().map(Option::is_some).collect()
    }

    fn merge(self, cursor: &mut Cursor<'t>, join: u32) -> Vec<R> {
        self.merge.merge(cursor, join);
        self.values.into_iter().flatten().collect()
    }
}
