//! `Failed<T>`: the input, with the failure.

use penguiflow::prelude::*;

use super::{Model, why};
use penguiflow_tests::support::Notebook;

#[node]
async fn report(failed: Failed<String>) -> Failed<String> {
    failed
}

#[node(retries = 1, backoff = "1ms")]
async fn twice(_: &String) -> Result<Failed<String>, std::io::Error> {
    Err(std::io::Error::other("not there"))
}

#[tokio::test(start_paused = true)]
async fn failed_has_the_input_and_the_last_error() -> Result<(), FlowError> {
    let failed = flow! { twice else report }.run(why()).await?;
    assert_eq!(failed.input, "why");
    let NodeError {
        kind,
        node,
        attempts,
        message,
        ..
    } = failed.error;
    assert_eq!(
        (kind, node.as_deref(), attempts),
        (ErrorKind::Failed, Some("twice"), 2)
    );
    assert_eq!(message, "node `twice` failed after 2 attempts: not there");
    Ok(())
}

#[node]
async fn which(failed: Failed<String>) -> Option<String> {
    failed.error.node
}

/// Of several failures it has the one that it takes over from.
#[tokio::test(start_paused = true)]
async fn failed_has_the_error_of_the_node_just_before() -> Result<(), FlowError> {
    let flow = flow! {
        let gpt: Model = Model::fails("gpt");
        let claude: Model = Model::panics("claude");
        gpt else claude else which
    };
    assert_eq!(flow.with_state(Notebook::new()).run(why()).await?, "claude");
    Ok(())
}

/// It is a payload like any other, also where nothing has failed.
#[tokio::test]
async fn a_fallback_is_a_node_like_any_other() -> Result<(), FlowError> {
    let flow = flow! { report };
    let failed = flow! { twice else report }.run(why()).await?;
    assert_eq!(flow.run(failed.clone()).await?, failed);
    let text = serde_json::to_string(&failed).expect("it is plain data");
    assert_eq!(
        serde_json::from_str::<Failed<String>>(&text).expect("it reads itself"),
        failed
    );
    Ok(())
}
