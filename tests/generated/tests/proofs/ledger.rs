//! The ledger's equation over random flows, behaviours and call orders.

use std::io;
use std::time::Duration;

use penguiflow_generated_tests::generator::Rng;
use penguiflow_generated_tests::{CaseReport, Log, SEED, sample};
use tokio::runtime::Builder;

use crate::episode::Episode;
use crate::tasks;

/// How many episodes each flow has.
const EPISODES: u64 = 25;

/// Every message is accounted for exactly once, at every step and in the end; nothing is
/// in flight after a stop, no task is left behind, and ordered answers come in order.
#[tokio::test(start_paused = true)]
async fn every_message_is_accounted_for_whatever_is_called_in_whatever_order() {
    for (plan, subject) in sample() {
        let mut report = CaseReport::of(&plan);
        for episode in 0..EPISODES {
            report.forget();
            let rng = Rng::from_seed(&[SEED, plan.number, 3, episode]);
            let mut episode = Episode::start(&plan, &*subject, rng, &mut report);
            let life = async {
                episode.live().await;
                episode.end().await;
            };
            // Time is paused: it comes to this only if nothing can move any more.
            let ended = tokio::time::timeout(Duration::from_secs(3600), life).await;
            ended.expect("the episode hangs");
            tasks::go_at_once(0, &Log::default()).await;
        }
    }
}

/// A runtime that shuts down takes no message with it in silence.
#[test]
fn what_a_runtime_drops_is_accounted_for_as_cancelled() -> io::Result<()> {
    for (plan, subject) in sample() {
        let mut report = CaseReport::of(&plan);
        let rng = Rng::from_seed(&[SEED, plan.number, 4]);
        let mut paused = Builder::new_current_thread();
        let runtime = paused.enable_time().start_paused(true).build()?;
        let episode = runtime.block_on(async {
            let mut episode = Episode::start(&plan, &*subject, rng, &mut report);
            episode.live().await;
            episode
        });
        drop(runtime);
        episode.end_without_runtime();
    }
    Ok(())
}
