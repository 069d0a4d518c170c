//! The demo as it is run, in one test: a program has one subscriber and one recorder of metrics.

use std::collections::BTreeMap;

use expect_test::expect;

use crate::{Failure, demo};

/// Some of the samples, without the times that are never the same.
const SAMPLES: [(&str, &str, f64); 6] = [
    ("traces_total", r#"outcome="completed""#, 1.0),
    ("visits_total", r#"node="Search/find""#, 1.0),
    ("attempts_total", r#"node="Search/find""#, 2.0),
    ("attempts_total", r#"node="answer""#, 1.0),
    (
        "attempt_seconds_count",
        r#"node="Search/find",outcome="failed""#,
        1.0,
    ),
    (
        "attempt_seconds_bucket",
        r#"node="answer",outcome="succeeded",le="+Inf""#,
        1.0,
    ),
];

/// The samples of a scrape, by name and labels.
fn parsed(scrape: &str) -> Result<BTreeMap<&str, f64>, Failure> {
    let lines = scrape.lines();
    let samples = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let samples = samples.map(|line| {
        let (name, value) = line.rsplit_once(' ').ok_or("a name and a value")?;
        Ok((name, value.parse()?))
    });
    samples.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_spans_and_the_metrics_of_a_question() -> Result<(), Failure> {
    let seen = demo::run("how are retries configured?".to_owned(), None).await?;
    assert!(seen.answer.contains("reliability.md"), "{}", seen.answer);
    let tree = seen.tree.ok_or("the example's own collector")?;
    expect![[r#"
        trace 4bf92f3577b34da6a3ce929d0e0e4736, in span 00f067aa0ba902b7
          POST /ask
            invoke_workflow Support outcome=completed tokens=9
              triage node=triage attempt=0
              Search node=Search attempt=0
                find node=find attempt=0 error.type=failed
                find node=find attempt=1
                best node=best attempt=0
              chat parrot node=answer attempt=0 gen_ai.usage.input_tokens=2 gen_ai.usage.output_tokens=7
                POST /model
    "#]].assert_eq(&tree);

    let samples = parsed(&seen.scrape)?;
    for (name, labels, value) in SAMPLES {
        let name = format!("penguiflow_{name}{{flow=\"Support\",{labels}}}");
        assert_eq!(samples.get(&*name), Some(&value), "{name} in {samples:#?}");
    }
    Ok(())
}
