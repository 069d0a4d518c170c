//! Several fallbacks in a line.

use penguiflow::prelude::*;

use super::{Model, apologize, failure, loud, why};
use penguiflow_tests::support::Notebook;

macro_rules! asked {
    ($notes:expr, $one:expr, $two:expr, $three:expr) => {
        flow! {
            let gpt: Model = $one;
            let claude: Model = $two;
            let local: Model = $three;
            gpt else claude else local -> loud
        }
        .with_state($notes.clone())
        .run(why())
        .await
    };
}

/// Each is asked when the one before it has failed, and what follows, follows all of them.
#[tokio::test(start_paused = true)]
async fn the_first_that_answers_is_the_last_that_is_asked() -> Result<(), FlowError> {
    let (gpt, claude, local) = (
        Model::answers("gpt"),
        Model::answers("claude"),
        Model::answers("local"),
    );
    let notes = Notebook::new();
    assert_eq!(asked!(notes, gpt, claude, local)?, "GPT: WHY");
    assert_eq!(notes.lines(), ["gpt"]);
    let (gpt, claude, local) = (
        Model::fails("gpt"),
        Model::answers("claude"),
        Model::answers("local"),
    );
    let notes = Notebook::new();
    assert_eq!(asked!(notes, gpt, claude, local)?, "CLAUDE: WHY");
    assert_eq!(notes.lines(), ["gpt", "claude"]);
    let (gpt, claude, local) = (
        Model::fails("gpt"),
        Model::hangs("claude"),
        Model::answers("local"),
    );
    let notes = Notebook::new();
    assert_eq!(asked!(notes, gpt, claude, local)?, "LOCAL: WHY");
    assert_eq!(notes.times(), [0, 10, 110]);
    Ok(())
}

/// The error of the last one is the trace's.
#[tokio::test(start_paused = true)]
async fn where_all_fail_the_last_ones_error_is_told() {
    let (gpt, claude, local) = (
        Model::fails("gpt"),
        Model::panics("claude"),
        Model::fails("local"),
    );
    let end = failure(asked!(Notebook::new(), gpt, claude, local));
    assert_eq!(
        end,
        (
            ErrorKind::Failed,
            "node `local` failed: local is down".to_owned()
        )
    );
}

#[node]
async fn second(failed: Failed<String>) -> Result<String, String> {
    Err(format!("after {:?}", failed.error.kind))
}

/// A fallback that takes `Failed` falls back with the input alone, and its own failure.
#[tokio::test(start_paused = true)]
async fn a_fallback_that_takes_failed_may_fall_back_too() -> Result<(), FlowError> {
    let flow = flow! {
        let gpt: Model = Model::hangs("gpt");
        gpt else second else apologize
    };
    let told = "no answer to why: node `second` failed: after TimedOut";
    assert_eq!(flow.with_state(Notebook::new()).run(why()).await?, told);
    let plain = flow! {
        let gpt: Model = Model::hangs("gpt");
        let local: Model = Model::answers("local");
        gpt else second else local
    };
    assert_eq!(
        plain.with_state(Notebook::new()).run(why()).await?,
        "local: why"
    );
    Ok(())
}

/// What a flow outputs may differ from fallback to fallback, if all become the flow's output.
#[tokio::test(start_paused = true)]
async fn the_ends_may_output_different_types() -> Result<(), FlowError> {
    #[node]
    async fn short(_: String) -> Result<&'static str, String> {
        Err("no short answer".to_owned())
    }
    flow! {
        struct Answer(String) -> String;

        short else apologize;
    }
    let told = "no answer to why: node `short` failed: no short answer";
    assert_eq!(Answer::flow().run(why()).await?, told);
    Ok(())
}
