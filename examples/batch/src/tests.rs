//! The job on files of the tests' own, in paused time.

use std::path::Path;

use expect_test::expect;
use serde_json::{Map, Value};
use tempfile::{TempDir, tempdir};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{Duration, Instant};

use super::*;
use crate::bank::Faults;
use crate::decisions::Decisions;
use crate::job::{Report, WINDOW};
use crate::outbox::{DEAD, DECIDED, SETTLED, Tally};
use crate::reorder::Reorder;

type Fallible<T = ()> = Result<T, Box<dyn Error>>;
type Object = Map<String, Value>;
type Decider = UnboundedSender<std::io::Result<String>>;

const LARGE_REFUND: &str = r#"{"order": "R-1", "customer": "C-1", "cents": 100001}"#;

/// A job that has run, with its files.
struct Ran {
    report: Report,
    folder: TempDir,
}

impl Ran {
    async fn on(file: &Path, faults: Faults, decisions: Decisions) -> Fallible<Self> {
        let folder = tempdir()?;
        let bank = Bank::new(faults);
        let report = job::run(file, folder.path(), bank, decisions).await?;
        Ok(Self { report, folder })
    }

    async fn on_lines(lines: &[&str], decisions: Decisions) -> Fallible<Self> {
        let folder = tempdir()?;
        let file = folder.path().join("records.jsonl");
        fs::write(&file, lines.join("\n"))?;
        Self::on(&file, Faults::None, decisions).await
    }

    fn file(&self, name: &str) -> Fallible<Vec<Object>> {
        objects(&self.folder.path().join(name))
    }

    /// Why the only dead letter is one.
    fn only_failure(&self) -> Fallible<Value> {
        match &*self.file(DEAD)? {
            [letter] => Ok(letter["failure"].clone()),
            letters => Err(format!("{} dead letters", letters.len()).into()),
        }
    }
}

fn objects(file: &Path) -> Fallible<Vec<Object>> {
    let text = fs::read_to_string(file)?;
    let objects: Result<_, _> = text.lines().map(serde_json::from_str).collect();
    Ok(objects?)
}

fn lines_of(settled: &[Object]) -> Vec<u64> {
    let line = |object: &Object| object["line"].as_u64().expect("each result has its line");
    settled.iter().map(line).collect()
}

fn line_of_letter(letter: &Object) -> u64 {
    let line = letter["failure"]["line"].as_u64();
    line.expect("each dead letter has its line")
}

/// Decisions that come one by one, until the sender is dropped.
fn deciding(lines: &[&str]) -> Fallible<(Decider, Decisions)> {
    let (decider, decisions) = unbounded_channel();
    for line in lines {
        decider.send(Ok((*line).to_owned()))?;
    }
    Ok((decider, decisions))
}

fn nobody() -> Fallible<Decisions> {
    Ok(deciding(&[])?.1)
}

/// A sample with its decisions, run against a bank that fails on purpose.
async fn sample(folder: &Path, records: u64) -> Fallible<Ran> {
    let (file, approvals) = (folder.join("sample.jsonl"), folder.join("decisions.jsonl"));
    sample::records(&file, records)?;
    sample::decisions(&approvals, records)?;
    let approvals = fs::read_to_string(approvals)?;
    let (_, decisions) = deciding(&approvals.lines().collect::<Vec<_>>())?;
    Ran::on(&file, Faults::Some, decisions).await
}

/// Protects the account of a batch: each line is in one of the three files, once.
#[tokio::test(start_paused = true)]
async fn each_record_ends_in_one_file_and_in_the_order_of_the_input() -> Fallible {
    let folder = tempdir()?;
    let ran = sample(folder.path(), 8_000).await?;
    let (ledger, tally) = (&ran.report.ledger, &ran.report.tally);
    assert_eq!((ledger.emitted, ledger.in_flight), (8_000, 0));
    assert_eq!(ledger.completed, tally.paid + tally.denied);
    assert_eq!(ledger.failed + ledger.cancelled, tally.dead);
    expect!["7988 paid, 1 denied, 11 failed"].assert_eq(&tally.to_string());

    let settled = lines_of(&ran.file(SETTLED)?);
    assert!(settled.is_sorted());
    let decided = lines_of(&ran.file(DECIDED)?);
    assert_eq!(decided, [2_500, 5_000, 7_500]);
    let dead: Vec<u64> = ran.file(DEAD)?.iter().map(line_of_letter).collect();
    let mut all = [settled, decided, dead].concat();
    all.sort_unstable();
    assert!(all.into_iter().eq(1..=8_000));
    Ok(())
}

/// Protects memory: a record that is retried holds later results up, but not more than the window.
#[tokio::test(start_paused = true)]
async fn reading_goes_on_for_a_window_and_no_further() -> Fallible {
    let folder = tempdir()?;
    let ran = sample(folder.path(), 8_000).await?;
    assert_eq!(ran.report.most_early, WINDOW);
    Ok(())
}

/// Protects what a dead letter is: the record as it was, and why it failed.
#[tokio::test(start_paused = true)]
async fn a_dead_letter_has_its_own_record_and_all_causes() -> Fallible {
    let folder = tempdir()?;
    let ran = sample(folder.path(), 8_000).await?;
    let records = fs::read_to_string(folder.path().join("sample.jsonl"))?;
    let records: Vec<&str> = records.lines().collect();
    let letters = ran.file(DEAD)?;
    for letter in &letters {
        let text = records[line_of_letter(letter) as usize - 1];
        let mut record = letter.clone();
        record.remove("failure");
        match record.get("text") {
            Some(unreadable) => assert_eq!(unreadable, text),
            None => assert_eq!(record, serde_json::from_str::<Object>(text)?),
        }
    }
    let failure_of = |line| letters.iter().find(|letter| line_of_letter(letter) == line);
    let failure = &failure_of(1_999).ok_or("its branch cannot be reached")?["failure"];
    expect![[r#"
        {
          "attempts": 4,
          "causes": [
            "the branch for `R-1999` cannot be reached",
            "connection refused"
          ],
          "kind": "failed",
          "line": 1999,
          "message": "node `pay` failed after 4 attempts: the branch for `R-1999` cannot be reached: connection refused",
          "node": "pay"
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(failure)?);
    Ok(())
}

/// Protects the second run: the cause is gone, and somebody has mended the line that was cut.
#[tokio::test(start_paused = true)]
async fn dead_letters_are_run_again() -> Fallible {
    let folder = tempdir()?;
    let first = sample(folder.path(), 8_000).await?;
    let letters = first.folder.path().join(DEAD);
    let second = Ran::on(&letters, Faults::None, nobody()?).await?;
    assert_eq!(
        (second.report.tally.paid, second.report.tally.dead),
        (10, 1)
    );
    let mended = fs::read_to_string(second.folder.path().join(DEAD))?;
    let mended = mended.replacen(
        '{',
        r#"{"order": "R-7001", "customer": "C-2002", "cents": 400, "#,
        1,
    );
    let third = Ran::on_lines(&[&mended], nobody()?).await?;
    expect!["1 paid, 0 denied, 0 failed"].assert_eq(&third.report.tally.to_string());
    Ok(())
}

/// Protects idempotence: what was paid is not paid again by a further run.
#[tokio::test(start_paused = true)]
async fn the_bank_pays_an_order_once() -> Fallible {
    let bank = Bank::new(Faults::None);
    let receipt = bank.pay("R-1", "ACC-1", 500).await?;
    assert_eq!(bank.pay("R-1", "ACC-1", 900).await?, receipt);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_large_refund_is_paid_or_denied_as_decided() -> Fallible {
    let other = LARGE_REFUND.replace("R-1", "R-2");
    let (_, decisions) = deciding(&[
        r#"{"order": "R-2", "approved": false, "by": "Grace"}"#,
        r#"{"order": "R-1", "approved": true, "by": "Ada"}"#,
    ])?;
    let ran = Ran::on_lines(&[LARGE_REFUND, &other], decisions).await?;
    expect!["1 paid, 1 denied, 0 failed"].assert_eq(&ran.report.tally.to_string());
    let outcomes = ran.file(DECIDED)?;
    let denied = outcomes.iter().find(|settled| settled["order"] == "R-2");
    assert_eq!(
        denied.ok_or("it was settled")?["outcome"]["denied"]["by"],
        "Grace"
    );
    Ok(())
}

/// Protects the rest of the file from the hour that one record waits for a human.
#[tokio::test(start_paused = true)]
async fn a_record_without_a_decision_expires_and_holds_up_no_other() -> Fallible {
    let small = LARGE_REFUND.replace("100001", "5").replace("R-1", "R-2");
    let mut lines = vec![LARGE_REFUND];
    lines.resize(2 * WINDOW, &small);
    let (decider, decisions) = deciding(&[])?;
    let began = Instant::now();
    let ran = Ran::on_lines(&lines, decisions).await?;
    drop(decider);
    assert_eq!(
        began.elapsed().as_secs(),
        Duration::from_secs(3_600).as_secs()
    );
    assert_eq!(ran.report.tally.paid, 2 * WINDOW as u64 - 1);
    assert!(ran.report.most_early < WINDOW);
    assert_eq!(ran.only_failure()?["kind"], "timed_out");
    Ok(())
}

/// Protects the end of a batch: when nobody can decide any more, nothing waits.
#[tokio::test(start_paused = true)]
async fn when_decisions_end_what_waits_becomes_a_dead_letter() -> Fallible {
    let began = Instant::now();
    let ran = Ran::on_lines(&[LARGE_REFUND], nobody()?).await?;
    assert_eq!(began.elapsed(), Duration::ZERO);
    assert_eq!(ran.only_failure()?["kind"], "cancelled");
    let (_, decisions) = deciding(&[r#"{"order": "R-1", "approved": true, "by": "Ada"}"#])?;
    let again = Ran::on(&ran.folder.path().join(DEAD), Faults::None, decisions).await?;
    assert_eq!(again.report.tally.paid, 1);
    Ok(())
}

/// Protects the record from a decision that cannot be read: the next one counts.
#[tokio::test(start_paused = true)]
async fn a_decision_that_cannot_be_read_decides_nothing() -> Fallible {
    let (_, decisions) = deciding(&[
        "approve R-1",
        r#"{"order": "R-1", "approved": "perhaps", "by": "Ada"}"#,
        r#"{"order": "R-1", "approved": true, "by": "Ada"}"#,
    ])?;
    let ran = Ran::on_lines(&[LARGE_REFUND], decisions).await?;
    assert_eq!(
        ran.report.tally,
        Tally {
            paid: 1,
            ..Tally::default()
        }
    );
    Ok(())
}

/// Protects the tallies when a file has no record, or a line that asks for nothing.
#[tokio::test(start_paused = true)]
async fn a_record_without_an_amount_is_dead_and_an_empty_file_is_done() -> Fallible {
    let nothing = LARGE_REFUND.replace("100001", "0");
    let ran = Ran::on_lines(&[&nothing], nobody()?).await?;
    assert_eq!(
        ran.only_failure()?["message"],
        "node `read` failed: there is nothing to refund"
    );
    let ran = Ran::on_lines(&[], nobody()?).await?;
    assert_eq!(ran.report.ledger.emitted, 0);
    Ok(())
}

/// Protects what was emitted from the rest of the file, which cannot be read.
#[tokio::test(start_paused = true)]
async fn a_file_that_ends_in_an_error_is_settled_up_to_there() -> Fallible {
    let folder = tempdir()?;
    let file = folder.path().join("records.jsonl");
    let small = LARGE_REFUND.replace("100001", "5");
    let lines = [small.as_bytes(), small.as_bytes(), b"\xff"];
    fs::write(&file, lines.join(&b'\n'))?;
    let ran = job::run(&file, folder.path(), Bank::new(Faults::None), nobody()?).await;
    let error = ran.expect_err("the third line is no text");
    assert!(error.to_string().starts_with("after line 2: "), "{error}");
    let settled = objects(&folder.path().join(SETTLED))?;
    assert_eq!(lines_of(&settled), [1, 2]);
    Ok(())
}

#[test]
fn results_come_in_the_order_of_their_lines() {
    let mut order = Reorder::from(1);
    order.put(3, Some("c"));
    order.put(2, None);
    assert_eq!(order.take(), None);
    order.put(1, Some("a"));
    let taken: Vec<_> = std::iter::from_fn(|| order.take()).collect();
    assert_eq!((taken, order.most()), (vec![Some("a"), None, Some("c")], 3));
}

#[test]
fn the_flow_is_drawn_as_it_is_written() {
    expect![[r#"
        flowchart TD
            OpenSea([OpenSea])
            read[read]
            enrich[enrich]
            await_Decision("await Decision")
            pay[pay]
            deny[deny]
            Rookery([Rookery])
            OpenSea -->|Line| read
            read -->|Refund| enrich
            await_Decision -->|"(payment, Decision { approved: true, .. })"| pay
            await_Decision -->|denied| deny
            enrich -->|"payment if payment.cents &gt; LARGE"| await_Decision
            enrich -->|small| pay
            pay -->|Settled| Rookery
            deny -->|Settled| Rookery
    "#]]
    .assert_eq(&Refunds::flow().graph().to_mermaid());
}
