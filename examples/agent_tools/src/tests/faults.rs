//! Models and pages that fail.

use super::*;

/// Protects the graph: an action that does not exist is shown to the model, and no node runs for it.
#[tokio::test]
async fn a_wrong_shape_is_repaired() -> Done {
    let wrong = r#"{"Delete": {"path": "/"}}"#;
    let model = FakeModel::answers([Reply::text(wrong), Reply::json(&finish("I cannot."))]);
    let bench = Bench::of(model.clone()).await?;
    let answer = bench.ask(Desk::Refuses, question()).await?;
    assert_eq!((&*answer.text, answer.memory.steps.len()), ("I cannot.", 0));
    let said = model.requests()[1].last().to_owned();
    assert!(said.contains("unknown variant `Delete`"), "{said}");
    Ok(())
}

/// Protects the caller from a model that never gets it right: one clear error.
#[tokio::test]
async fn a_model_that_is_always_wrong_is_an_error() -> Done {
    let bench = Bench::of(FakeModel::rule(|_| "[]")).await?;
    let error = bench.ask(Desk::Refuses, question()).await;
    expect!["node `conclude` failed: node `Decide` failed: node `decide` failed: the model gave no answer of the right shape in 3 tries: invalid type: sequence, expected string or map"].assert_eq(&error.expect_err("no answer fits").to_string());
    Ok(())
}

/// Protects the trace from outages of the model: it is asked again.
#[tokio::test(start_paused = true)]
async fn a_model_that_is_busy_is_asked_again() -> Done {
    let busy = ModelError::Throttled {
        wait: None,
        said: "later".to_owned(),
    };
    let model = FakeModel::answers([Reply::error(busy), Reply::json(&finish("yes"))]);
    let bench = Bench::of(model).await?;
    assert_eq!(bench.ask(Desk::Refuses, question()).await?.text, "yes");
    Ok(())
}

/// Protects the loop from the web: a page that is not there is a fact, and so is a forbidden one.
#[tokio::test]
async fn pages_that_cannot_be_fetched_are_facts() -> Done {
    let fetch = |url: String| Action::Fetch { url };
    let web = Web::serve().await?;
    let urls = ["news", "nowhere", "broken"].map(|path| web.url(path));
    let [news, nowhere, broken] = urls;
    let elsewhere = "http://169.254.169.254/latest/meta-data".to_owned();
    let actions = [news, nowhere, broken, elsewhere].map(fetch);
    let [a, b, c, d] = actions;
    let address = web.url("");
    let bench = Bench::on(web, choosing([a, b, c, d, finish("done")]))?;
    let answer = bench.ask(Desk::Refuses, question()).await?;
    let told = told(&answer).replace(&address, "http://web/");
    expect![[r#"
          1. fetch http://web/news: The emperor penguins of Halley Bay have 14 chicks.
          2. fetch http://web/nowhere: failed, node `fetch` failed: the server answered 404 Not Found
          3. fetch http://web/broken: failed, node `fetch` failed after 2 attempts: the server answered 500 Internal Server Error
          4. fetch http://169.254.169.254/latest/meta-data: failed, node `fetch` failed: `http://169.254.169.254/latest/meta-data` is no address that may be fetched
        done"#]].assert_eq(&told);
    Ok(())
}
