//! The flows without the command line.

use std::fs;

use expect_test::expect;
use tempfile::tempdir;

use super::*;

const GUIDE: &str = "\
# Backoff and patience
Backoff doubles. Penguins wait in rows.
# Patience
Patience is what backoff needs. Backoff and patience go together.
";

async fn asked(library: Library, question: &str) -> Result<String, FlowError> {
    let flow = Answer::flow().with_state(library);
    let findings = flow.run(question.to_owned()).await?;
    let findings: Vec<_> = findings.iter().map(Finding::to_string).collect();
    Ok(findings.join("\n"))
}

/// Protects the original's golden output.
#[tokio::test]
async fn the_first_little_document_is_compressed() -> Result<(), FlowError> {
    let found = asked(Library::Little, QUESTION).await?;
    assert_eq!(found, "antarctic krill-doc-1 :: compressed");
    Ok(())
}

/// Protects the second run of the playbook, by `ctx.call`, and what compressing leaves out.
#[tokio::test]
async fn what_stands_beside_the_answer_is_looked_for_too() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.md"), GUIDE)?;
    let library = Library::Folder(Index::of(folder.path())?);
    expect![[r#"
        guide.md:2 :: compressed
            Penguins wait in rows.
        guide.md:4 :: compressed
            Patience is what backoff needs.
            Backoff and patience go together."#]]
    .assert_eq(&asked(library, "which rows do penguins wait in?").await?);
    Ok(())
}

/// Protects the path of an error from within the playbook.
#[tokio::test]
async fn a_failure_in_the_playbook_names_both_nodes() -> Result<(), Box<dyn Error>> {
    let folder = tempdir()?;
    fs::write(folder.path().join("guide.md"), GUIDE)?;
    let library = Library::Folder(Index::of(folder.path())?);
    let error = asked(library, "volcanoes").await;
    let error = error.expect_err("the guide has no volcano");
    expect![[
        r#"node `Retrieval` failed: node `retrieve` failed: no passage has a word of "volcanoes""#
    ]]
    .assert_eq(&error.to_string());
    assert_eq!(error.path().as_deref(), Some("Retrieval/retrieve"));
    Ok(())
}

#[test]
fn the_flow_is_drawn_with_its_playbook() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            ask[ask]
            Retrieval[[Retrieval]]
            deepen[deepen]
            Rookery([Rookery])
            OpenSea -->|String| ask
            ask -->|String| Retrieval
            Retrieval -->|Finding| deepen
            deepen -->|"Vec&lt;Finding&gt;"| Rookery
    "#]]
    .assert_eq(&Answer::flow().graph().to_mermaid());
}
