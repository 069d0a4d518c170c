//! Workers are killed at random moments, and the engine, too. `PENGUIFLOW_TRACES`, `PENGUIFLOW_KILLS` and
//! `PENGUIFLOW_SEED` choose another length and other moments.

use std::time::Duration;

use fastrand::Rng;
use local_restate::Error;

use crate::cluster::Cluster;
use crate::traffic::{Progress, Traffic};
use crate::{binary, setting};

/// How much more often than needed nodes may run.
const EXCESS: f64 = 1.05;
/// One kill in so many is that of the engine.
const ENGINE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_trace_has_its_outputs_once_whoever_is_killed() -> Result<(), Error> {
    let Some(binary) = binary() else {
        return Ok(());
    };
    let (traces, kills) = (
        setting("PENGUIFLOW_TRACES", 150),
        setting("PENGUIFLOW_KILLS", 5) as usize,
    );
    let seed = setting("PENGUIFLOW_SEED", fastrand::u64(..));
    println!("PENGUIFLOW_SEED={seed}");
    let mut cluster = Cluster::start(&binary).await?;
    let traffic = Traffic::of(0..traces, &cluster);
    let moments = Moments::random(Rng::with_seed(seed), kills, traffic.traces());
    let mut progress = traffic.progress();
    let (came, killed) = tokio::join!(traffic.run(), moments.kill(&mut cluster, &mut progress));
    killed?;
    let excess = came.check(&cluster.runs()).await;
    println!("{kills} kills, {traces} traces, {excess:.4} node runs for each");
    assert!(excess <= EXCESS, "{excess} node runs for each");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_nobody_kills_runs_each_node_as_often_as_memory() -> Result<(), Error> {
    let Some(binary) = binary() else {
        return Ok(());
    };
    let cluster = Cluster::start(&binary).await?;
    let came = Traffic::of(0..40, &cluster).run().await;
    assert_eq!(came.check(&cluster.runs()).await, 1.0);
    Ok(())
}

/// When somebody is killed.
struct Moments {
    rng: Rng,
    /// The numbers of traces that are over then, in order.
    at: Vec<usize>,
}

impl Moments {
    fn random(mut rng: Rng, kills: usize, results: usize) -> Self {
        let mut at: Vec<_> = (0..kills).map(|_| rng.usize(..results)).collect();
        at.sort_unstable();
        Self { rng, at }
    }

    async fn kill(mut self, cluster: &mut Cluster, progress: &mut Progress) -> Result<(), Error> {
        for (nth, at) in self.at.into_iter().enumerate() {
            progress.reaches(at).await;
            let gone = Duration::from_millis(self.rng.u64(..500));
            match nth % ENGINE {
                0 => cluster.kill_server(gone).await?,
                _ => cluster.kill_worker(self.rng.usize(..2), gone).await?,
            }
        }
        Ok(())
    }
}
