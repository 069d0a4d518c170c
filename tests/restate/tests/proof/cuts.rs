//! The network between the engine and its workers is cut: nothing passes, and no connection is closed.

use std::time::Duration;

use local_restate::{Error, Namespace};
use tokio::time::sleep;

use crate::cluster::Cluster;
use crate::traffic::{Progress, Traffic};
use crate::{binary, setting};

/// How much more often than needed nodes may run: a worker that is cut off goes on with what it has, which is
/// run elsewhere, too.
const EXCESS: f64 = 1.1;

/// The engine misses a worker after three seconds: one cut is shorter, the other is not.
const CUTS: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(5)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_done_twice_where_a_proxy_lets_nothing_pass() -> Result<(), Error> {
    let Some(binary) = binary() else {
        return Ok(());
    };
    let cluster = Cluster::start(&binary).await?;
    let traffic = Traffic::of(0..traces(), &cluster);
    let mut progress = traffic.progress();
    let cuts = async {
        for at in moments() {
            progress.reaches(at.0).await;
            cluster.balancer.cut();
            sleep(at.1).await;
            cluster.balancer.mend();
        }
    };
    let (came, ()) = tokio::join!(traffic.run(), cuts);
    let excess = came.check(&cluster.runs()).await;
    println!("two cuts of all workers, {excess:.4} node runs for each");
    assert!(excess <= EXCESS, "{excess} node runs for each");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_done_twice_where_a_worker_is_cut_off() -> Result<(), Error> {
    let Some(binary) = binary() else {
        return Ok(());
    };
    let networks = match [Namespace::make(), Namespace::make()] {
        [Ok(one), Ok(other)] => [one, other],
        [Err(error), _] | [_, Err(error)] => {
            println!("skipped: no network namespaces here ({error})");
            return Ok(());
        }
    };
    let cluster = Cluster::apart(&binary, &networks).await?;
    let traffic = Traffic::of(0..traces(), &cluster);
    let mut progress = traffic.progress();
    let (came, cut) = tokio::join!(traffic.run(), cut_each(&networks, &mut progress));
    cut?;
    let excess = came.check(&cluster.runs()).await;
    println!("a cut of each worker, {excess:.4} node runs for each");
    assert!(excess <= EXCESS, "{excess} node runs for each");
    Ok(())
}

async fn cut_each(networks: &[Namespace; 2], progress: &mut Progress) -> Result<(), Error> {
    for ((at, long), network) in moments().zip(networks) {
        progress.reaches(at).await;
        network.cut()?;
        sleep(long).await;
        network.mend()?;
    }
    Ok(())
}

fn traces() -> u64 {
    setting("PENGUIFLOW_TRACES", 150)
}

/// How many traces are over when the network is cut, and for how long.
fn moments() -> impl Iterator<Item = (usize, Duration)> {
    let third = traces() as usize / 3;
    [third, 2 * third].into_iter().zip(CUTS)
}
