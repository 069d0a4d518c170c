//! The flow: the penguins of a photograph are counted, tile by tile, by whichever worker is there.

use std::collections::BTreeSet;
use std::time::Duration;

use penguiflow::prelude::*;
use serde::{Deserialize, Serialize};

/// A photograph of a colony, by its number.
pub(crate) type Photo = u64;

/// A part of a photograph.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Tile {
    photo: Photo,
    place: u64,
}

/// How many penguins there are, and who has counted them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Count {
    pub(crate) penguins: u64,
    pub(crate) workers: BTreeSet<String>,
}

/// A worker: its name, and how long it needs for a tile.
#[derive(Debug, Clone)]
pub(crate) struct Worker {
    pub(crate) name: String,
    pub(crate) pace: Duration,
}

flow! {
    /// Counts the penguins of a photograph.
    #[flow(durable)]
    pub(crate) struct Census(Photo) -> Count;

    cut -> [count; 4] -> join -> sum;
}

#[node]
async fn cut(photo: Photo) -> Vec<Tile> {
    let tiles = 4 + photo % 5;
    (0..tiles).map(|place| Tile { photo, place }).collect()
}

/// Looks at a tile for a while.
#[node(timeout = "10s")]
async fn count(tile: Tile, State(worker): State<Worker>) -> Count {
    tokio::time::sleep(worker.pace).await;
    Count {
        penguins: (tile.photo * 31 + tile.place * 17) % 40,
        workers: BTreeSet::from([worker.name]),
    }
}

#[node]
async fn sum(counts: Vec<Count>) -> Count {
    Count {
        penguins: counts.iter().map(|count| count.penguins).sum(),
        workers: counts.into_iter().flat_map(|count| count.workers).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_tiles_of_a_photograph_are_summed_up() {
        let worker = Worker {
            name: "ada".to_owned(),
            pace: Duration::from_secs(1),
        };
        let census = Census::flow().with_state(worker);
        let count = census.run(6).await.expect("nothing fails");
        // Five tiles: 26 and 17 more each, modulo 40.
        assert_eq!(count.penguins, 26 + 3 + 20 + 37 + 14);
        assert_eq!(count.workers, BTreeSet::from(["ada".to_owned()]));
    }
}
