//! The command as a user types it.

use std::error::Error;
use std::fs;

use handbook::command::run;
use tempfile::tempdir;

const COMMAND: &str = env!("CARGO_BIN_EXE_routing_predicate");

type Done = Result<(), Box<dyn Error>>;

/// Protects the original's golden output.
#[test]
fn it_prints_what_the_original_printed() -> Done {
    let (code, out, err) = run(COMMAND, &[], "")?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, "[metrics] metric-usage\n[general] ad-spend\n");
    Ok(())
}

#[test]
fn messages_come_from_standard_input_too_and_a_table_overrules_them() -> Done {
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/routes.toml");
    let lines = "initech: metric-usage\nhooli: metric-usage\nmetric-load\n";
    let (code, out, err) = run(COMMAND, &["--table", table, "-"], lines)?;
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(
        out,
        "[general] metric-usage\n[nowhere] hooli: metric-usage\n[metrics] metric-load\n"
    );
    assert_eq!(
        run(COMMAND, &["-"], "")?,
        (Some(0), String::new(), String::new())
    );
    Ok(())
}

/// Protects the operator: a mistake in the table is reported with its place.
#[test]
fn a_bad_table_is_an_error_that_names_the_place() -> Done {
    let folder = tempdir()?;
    let path = folder.path().join("routes.toml");
    fs::write(&path, "[tenants]\ninitech = \"genral\"\n")?;
    let path = path.to_str().ok_or("the path is text")?;
    let (code, out, err) = run(COMMAND, &["--table", path], "")?;
    assert_eq!((code, &*out), (Some(1), ""));
    for part in [
        path,
        "line 2, column 11",
        "unknown variant `genral`, expected one of `metrics`, `general`, `nowhere`",
    ] {
        assert!(err.contains(part), "no `{part}` in:\n{err}");
    }
    let (code, _, err) = run(COMMAND, &["--table", "nowhere.toml"], "")?;
    assert_eq!(code, Some(1));
    assert!(
        err.starts_with("error: the table `nowhere.toml` cannot be read: "),
        "{err}"
    );
    Ok(())
}
