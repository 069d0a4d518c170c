//! The flow without the command line.

use expect_test::expect;

use super::*;

async fn asked(query: &str, documents: Vec<Document>) -> Result<String, String> {
    let query = query.to_owned();
    let best = Best::flow().run(Request { query, documents }).await;
    best.map_err(|error| error.to_string())
}

/// Protects the original's golden output, and that the first of equal documents is the best.
#[tokio::test]
async fn the_first_of_the_best_is_named() {
    let little = || DOCUMENTS.map(Document::from).into();
    let best = asked("antarctic krill", little()).await;
    assert_eq!(best, Ok("top doc: doc-1 score=0.50".to_owned()));
    let best = asked("fishing penguins", little()).await;
    assert_eq!(best, Ok("top doc: doc-2 score=1.00".to_owned()));
    let best = asked("volcano", little()).await;
    assert_eq!(best, Ok("top doc: doc-1 score=0.00".to_owned()));
}

/// Protects the error of a failing worker: it is the node's error and names the file.
#[tokio::test]
async fn a_file_that_cannot_be_read_is_the_nodes_error() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let gone = Document::File(folder.path().join("gone.md"));
    let error = asked("krill", vec![Document::from(DOCUMENTS[0]), gone]).await;
    let error = error.expect_err("there is no such file");
    assert!(
        error.starts_with("node `score` failed: cannot read `"),
        "{error}"
    );
    assert!(error.contains("gone.md"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_query_without_words_and_a_list_without_documents_are_errors() {
    let error = asked("is it?", Vec::new()).await;
    expect!["node `seed` failed: the query has no word that can be looked for"]
        .assert_eq(&error.expect_err("nothing to look for"));
    let error = asked("krill", Vec::new()).await;
    expect!["node `summary` failed: there is no document to score"]
        .assert_eq(&error.expect_err("nowhere to look"));
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            seed[seed]
            score[score]
            summary[summary]
            Rookery([Rookery])
            OpenSea -->|Request| seed
            seed -->|Search| score
            score -->|"Vec&lt;Scored&gt;"| summary
            summary -->|String| Rookery
    "#]]
    .assert_eq(&Best::flow().graph().to_mermaid());
}
