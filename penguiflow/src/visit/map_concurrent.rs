//! An async worker on each of many items, some at a time, inside a node.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;

use futures_util::stream::{FuturesUnordered, StreamExt};

thread_local! {
    static IS_TAKING_AN_ITEM: Cell<bool> = const { Cell::new(false) };
}

/// Whether the code that runs is given an item: then what it does comes in the items' order.
pub(crate) fn is_taking_an_item() -> bool {
    IS_TAKING_AN_ITEM.get()
}

fn taking_an_item<T>(work: impl FnOnce() -> T) -> T {
    struct Before(bool);

    impl Drop for Before {
        fn drop(&mut self) {
            IS_TAKING_AN_ITEM.set(self.0);
        }
    }

    let _before = Before(IS_TAKING_AN_ITEM.replace(true));
    work()
}

/// Runs an async worker on each item, `n` at a time, and returns the results in the order of
/// the items. An `n` of 0 counts as 1.
///
/// It is for work inside one node; between nodes, a flow does the same with `[worker; n]`.
/// Items are taken when there is room for them, and as long as there are any, `n` workers
/// are at work, also while the first is slow. All of them run in the caller's own task:
/// nothing is spawned, and dropping the future drops them.
///
/// ```
/// use penguiflow::prelude::*;
///
/// async fn score(query: &str, document: &str) -> Result<usize, String> {
///     match document {
///         "" => Err("a document is empty".into()),
///         _ => Ok(document.matches(query).count()),
///     }
/// }
///
/// #[node]
/// async fn rank(documents: Vec<String>) -> Result<Vec<usize>, String> {
///     map_concurrent(&documents, |document| score("ice", document), 8).await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), FlowError> {
/// let documents = ["ice and ice", "krill"].map(str::to_owned).to_vec();
/// assert_eq!(flow! { rank }.run(documents).await?, [2, 0]);
/// # Ok(())
/// # }
/// ```
///
/// A worker that cannot fail returns `Ok` all the same: `async { Ok::<_, Infallible>(…) }`.
///
/// # Errors
///
/// The first error that a worker returns. The workers beside it are dropped, and no further
/// item is taken.
pub fn map_concurrent<'a, I, T, E, F>(
    items: I,
    mut worker: impl FnMut(I::Item) -> F + Send + 'a,
    n: usize,
) -> Pin<Box<dyn Future<Output = Result<Vec<T>, E>> + Send + 'a>>
where
    I: IntoIterator<IntoIter: Send + 'a>,
    F: Future<Output = Result<T, E>> + Send + 'a,
    T: Send + 'a,
    E: Send + 'a,
{
    let mut items = items.into_iter().fuse();
    // Boxed as `Send` here, where rustc knows the lifetimes: of an `async fn` it would ask
    // later, in the node, and refuse closures in `items` that take references.
    Box::pin(async move {
        let mut results = Vec::new();
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < n.max(1)
                && let Some(item) = items.next()
            {
                let (place, work) = (results.len(), taking_an_item(|| worker(item)));
                results.push(None);
                running.push(async move { (place, work.await) });
            }
            match running.next().await {
                Some((place, result)) => results[place] = Some(result?),
                None => return Ok(results.into_iter().flatten().collect()),
            }
        }
    })
}
