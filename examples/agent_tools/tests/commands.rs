//! The command as a user types it.

use std::error::Error;

use handbook::command::run;

const COMMAND: &str = env!("CARGO_BIN_EXE_agent_tools");

const MAIL: &str = "The sum is 15.5. The news: The emperor penguins of Halley Bay have 14 chicks.";

type Done = Result<(), Box<dyn Error>>;

#[test]
fn a_mail_is_sent_after_a_yes() -> Done {
    let (code, out, err) = run(COMMAND, &[], "y\n")?;
    assert_eq!((code, &*err), (Some(0), ""));
    let sent = format!("Mail: \"{MAIL}\" to ada@example.org\n");
    assert!(out.ends_with(&sent), "{out}");
    Ok(())
}

#[test]
fn nobody_there_is_no_yes() -> Done {
    let (code, out, _) = run(COMMAND, &[], "")?;
    assert_eq!(code, Some(0));
    assert!(
        out.contains("to ada@example.org: refused, nobody approved it\n"),
        "{out}"
    );
    assert!(!out.contains("Mail: "), "{out}");
    Ok(())
}

#[test]
fn a_budget_ends_in_a_last_answer() -> Done {
    let (code, out, _) = run(COMMAND, &["--hops", "3"], "")?;
    assert_eq!(code, Some(0));
    assert!(out.ends_with(&format!("\n\n{MAIL}\n")), "{out}");
    Ok(())
}

#[test]
fn what_is_wrong_is_one_sentence_and_a_code() -> Done {
    let (code, out, err) = run(COMMAND, &["--hopps", "3"], "")?;
    assert_eq!(
        (code, &*out, &*err),
        (Some(1), "", "error: invalid option '--hopps'\n")
    );
    Ok(())
}
