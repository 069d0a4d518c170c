//! The flows that compile under every condition also run.

use penguiflow::prelude::*;
use penguiflow_hygiene::flows::{
    App, Approval, Fallbacks, Items, Joins, Line, Loops, Maps, Numbers, Parks, Quorum, Routes,
    unnamed,
};

#[tokio::test]
async fn flows_without_a_prelude_run() -> Result<(), FlowError> {
    assert_eq!(Line::flow().with_state(App::by(2)).run(4u32).await?, 13);
    assert_eq!(Fallbacks::flow().run(4u32).await?, 4);
    assert_eq!(Joins::flow().run(4u32).await?, 15);
    assert_eq!(Quorum::flow().run(4u32).await?, 8);
    assert_eq!(Maps::flow().run(4u32).await?, 4);
    assert_eq!(Items::flow().run_all(2u32).await?, [0]);
    assert_eq!(Numbers::flow().run(3u32).await?, [0, 1, 2]);
    assert_eq!(Routes::flow().run(2u32).await?, 12);
    assert_eq!(Loops::flow().run(2u32).await?, 2);
    assert_eq!(unnamed(1u8).run(4u32).await?, 6);
    Ok(())
}

#[tokio::test]
async fn a_trace_without_a_prelude_parks() -> Result<(), Box<dyn std::error::Error>> {
    let flow = Parks::flow();
    let running = flow.start();
    let id = running.emit(4u32).await?;
    while flow.parked().is_empty() {
        tokio::task::yield_now().await;
    }
    flow.resume(id, Approval(3)).await?;
    let approved = running.fetch().await.ok_or("a result for each message")??;
    assert_eq!(approved.payload, 7);
    Ok(())
}
