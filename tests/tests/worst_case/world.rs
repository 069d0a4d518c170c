//! What the nodes do with their attempts, and how often they were given any.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use penguiflow::VisitParts;
use penguiflow::host::Line;
use penguiflow::prelude::*;
use tokio::time::{Instant, sleep};

/// The state of every flow here.
#[derive(Clone, Default)]
pub(crate) struct World(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// Where chance is, if it decides.
    chance: Option<u64>,
    attempts: BTreeMap<&'static str, u64>,
}

impl World {
    /// One in which whatever can go wrong does.
    pub(crate) fn worst() -> Self {
        Self::default()
    }

    /// One in which chance decides.
    pub(crate) fn drawn(seed: u64) -> Self {
        let world = Self::default();
        world.inner().chance = Some(seed * 2 + 1);
        world
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number below `limit`; in the worst world, the last one.
    pub(crate) fn below(&self, limit: u64) -> u64 {
        let Some(chance) = &mut self.inner().chance else {
            return limit - 1;
        };
        // Marsaglia: Xorshift RNGs, 2003.
        *chance ^= *chance << 13;
        *chance ^= *chance >> 7;
        *chance ^= *chance << 17;
        (*chance >> 11) % limit
    }

    /// How many attempts a node was given.
    pub(crate) fn attempts(&self, node: &str) -> u64 {
        self.inner().attempts.get(node).copied().unwrap_or(0)
    }
}

/// The world, at one attempt of a node.
pub(crate) struct Here {
    pub(crate) world: World,
    node: &'static str,
    attempt: u32,
}

impl Extract<World> for Here {
    type Rejection = Infallible;

    async fn extract(visit: &VisitParts<'_, World>) -> Result<Self, Infallible> {
        Ok(Self {
            world: visit.state().clone(),
            node: visit.node(),
            attempt: visit.attempt(),
        })
    }
}

impl Here {
    /// An attempt of a node with that many milliseconds, and that many retries. In the
    /// worst world only the last attempt is in time, and as late as it may be.
    pub(crate) async fn attempt(&self, timeout: u64, retries: u32) -> Result<(), String> {
        *self.world.inner().attempts.entry(self.node).or_default() += 1;
        let is_worst = self.world.inner().chance.is_none();
        if is_worst {
            let late = u64::from(self.attempt < retries);
            sleep(Duration::from_millis(timeout + late)).await;
            return Ok(());
        }
        sleep(Duration::from_millis(self.world.below(timeout * 5 / 4))).await;
        match self.world.below(3) {
            0 => Err("by chance".to_owned()),
            _ => Ok(()),
        }
    }
}

/// How long a trace takes, however it ends.
pub(crate) async fn taken<F>(flow: Flow<F>, world: &World) -> Duration
where
    F: Line<World, In = u32>,
{
    let begun = Instant::now();
    let _ = flow.with_state(world.clone()).run_all(0).await;
    begun.elapsed()
}
