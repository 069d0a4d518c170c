//! The command as a user types it.

use std::error::Error;
use std::fs;

use handbook::command::{run, run_on};
use serde_json::Value;
use tempfile::tempdir;

const COMMAND: &str = env!("CARGO_BIN_EXE_registry");

const REQUESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/requests.jsonl");

type Done = Result<(), Box<dyn Error>>;

#[test]
fn each_line_is_answered_by_the_flow_that_it_names() -> Done {
    let folder = tempdir()?;
    let text = "# Nodes\n\nRetries are configured by an option.\n";
    fs::write(folder.path().join("nodes.md"), text)?;
    let (code, out, err) = run_on(COMMAND, folder.path(), &[REQUESTS])?;
    assert_eq!((code, &*err), (Some(0), ""));
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(
        lines,
        [
            r#"{"output":1}"#,
            r#"{"output":[{"heading":"Nodes","place":"nodes.md:3"}]}"#,
            "{\"error\":\"the document does not fit `Query` at `question`: invalid type: integer \
             `42`, expected a string at line 1 column 14\"}",
            r#"{"error":"no flow is called `Translate`: ReadingTime, Search"}"#,
        ]
    );
    Ok(())
}

#[test]
fn lines_come_from_standard_input_too() -> Done {
    let folder = tempdir()?;
    fs::write(folder.path().join("a.txt"), "krill")?;
    let folder = folder.path().to_str().ok_or("the path is text")?;
    let lines = "{\"flow\": \"ReadingTime\", \"input\": \"krill\"}\n{}\n";
    let (code, out, err) = run(COMMAND, &["--folder", folder], lines)?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(
        out,
        "{\"output\":1}\n{\"error\":\"missing field `flow` at line 1 column 2\"}\n"
    );
    Ok(())
}

#[test]
fn the_list_has_the_schemas() -> Done {
    let folder = tempdir()?;
    fs::write(folder.path().join("a.txt"), "krill")?;
    let (code, out, err) = run_on(COMMAND, folder.path(), &["--list"])?;
    assert_eq!((code, &*err), (Some(0), ""));
    let flows: Vec<Value> = out
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    assert_eq!(flows[0]["flow"], "ReadingTime");
    assert_eq!(flows[0]["input"]["type"], "string");
    assert_eq!(
        flows[1]["input"]["required"],
        serde_json::json!(["question"])
    );
    assert_eq!(flows[1]["output"]["type"], "array");
    Ok(())
}
