//! The figures as tables in Markdown, which are plain text as well.

use std::collections::{BTreeMap, BTreeSet};

use harness::{Feature, Unit, Work};
use report::table;

use crate::targets::{OURS, yardstick};
use crate::results::{Results, Row, Spread};

/// All tables, for a terminal.
pub(crate) fn all(results: &Results) -> String {
    let parts = [
        Some(on(results)),
        Some(targets(results)),
        features(results),
        Some(works(results)),
        Some(absent(results)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// The targets, and what could not be measured.
pub(crate) fn brief(results: &Results) -> String {
    let parts = [on(results), verdicts(results), absent(results)];
    parts.join("\n\n").trim_end().to_owned()
}

/// What was measured, and on what.
pub(crate) fn on(results: &Results) -> String {
    let machine = &results.machine;
    let memory = machine.memory.map(|memory| format!(", {memory} GB"));
    let kernel = machine
        .kernel
        .as_ref()
        .map(|kernel| format!(", Linux {kernel}"));
    format!(
        "{}, {} cores{}{}; {}; commit {}; {} rounds",
        machine.cpu,
        machine.cores,
        memory.unwrap_or_default(),
        kernel.unwrap_or_default(),
        machine.rustc,
        results.commit,
        results.rounds,
    )
}

/// Each target beside its figure, and why it is missed.
pub(crate) fn targets(results: &Results) -> String {
    let reasons = results.targets.iter().filter_map(|verdict| {
        let (work, flavour) = (verdict.target.work, verdict.flavour);
        Some(format!("`{work}`, {flavour}: {}", verdict.reason()?))
    });
    let parts: Vec<_> = [verdicts(results)].into_iter().chain(reasons).collect();
    parts.join("\n\n")
}

fn verdicts(results: &Results) -> String {
    let rows = results.targets.iter().map(|verdict| {
        let target = &verdict.target;
        vec![
            target.goal.clone(),
            format!("`{}`, {}", target.work, verdict.flavour),
            format!("{} {}", number(verdict.ours), unit(target.work.unit())),
            verdict.yardstick.map_or_else(String::new, number),
            number(verdict.measured.median),
            quartiles(&verdict.measured),
            number(target.most),
            if verdict.met { "met" } else { "not met" }.to_owned(),
        ]
    });
    let head = [
        "",
        "work",
        "ours",
        "yardstick",
        "measured",
        "quartiles",
        "target",
        "",
    ];
    table(&head, rows.collect())
}

/// A table for each work.
pub(crate) fn works(results: &Results) -> String {
    let needs_own_process =
        |&(work, _): &_| !matches!(work, Work::Features(_) | Work::Nodes(_) | Work::Cores(_));
    let tables = Work::all().filter(needs_own_process).filter_map(|(work, flavour)| {
        let rows = results.rows.iter().filter(|row| row.is_at(work, flavour));
        let table = compared(rows.collect(), named)?;
        Some(titled(&format!("`{work}`, {flavour}"), work, &table))
    });
    let families = [nodes(results), cores(results)];
    let tables = tables.chain(families.into_iter().flatten());
    tables.collect::<Vec<_>>().join("\n\n")
}

/// What it costs to switch on a feature.
pub(crate) fn features(results: &Results) -> Option<String> {
    let rows = family(results, |work| matches!(work, Work::Features(_)));
    let table = compared(rows, |row| format!("`{}`", row.entry.work))?;
    Some(titled(
        "`features`, current",
        Work::Features(Feature::None),
        &table,
    ))
}

fn cores(results: &Results) -> Option<String> {
    let rows = family(results, |work| matches!(work, Work::Cores(_)));
    let table = compared(rows, |row| format!("{}, `{}`", named(row), row.entry.work))?;
    Some(titled("`cores`, multi", Work::Cores(1), &table))
}

/// A line for each subject, a column for each length.
fn nodes(results: &Results) -> Option<String> {
    let lengths = [1, 3, 10, 30, 100];
    let mut lines = BTreeMap::new();
    for row in family(results, |work| matches!(work, Work::Nodes(_))) {
        let is_it = |&length: &u64| row.entry.work == Work::Nodes(length);
        let column = lengths.iter().position(is_it)?;
        let empty = || vec![String::new(); lengths.len()];
        lines.entry(named(row)).or_insert_with(empty)[column] = number(row.value.median);
    }
    let lines = lines.into_iter();
    let lines: Vec<_> = lines
        .map(|(name, cells)| [name].into_iter().chain(cells).collect())
        .collect();
    let head = ["ns, of a line of", "1", "3", "10", "30", "100"];
    let table = (!lines.is_empty()).then(|| table(&head, lines))?;
    Some(titled("`nodes`, current", Work::Nodes(1), &table))
}

fn family(results: &Results, is_in: fn(Work) -> bool) -> Vec<&Row> {
    let rows = results.rows.iter();
    rows.filter(|row| is_in(row.entry.work)).collect()
}

fn named(row: &Row) -> String {
    format!("{} ({})", row.entry.subject, row.entry.version)
}

/// Rows with the same yardstick.
fn compared(rows: Vec<&Row>, label: fn(&Row) -> String) -> Option<String> {
    let first = rows.first()?;
    let to = yardstick(first.entry.work).map(|(work, whose)| match whose {
        OURS => format!("ratio to {work}"),
        _ => format!("ratio to {whose}"),
    });
    let mut head = vec!["", unit(first.unit), "quartiles"];
    if let Some(to) = &to {
        head.extend([to, "quartiles"]);
    }
    if first.p50.is_some() {
        head.extend(["p50", "p99"]);
    }
    let cells = rows.iter().map(|row| cells(row, label(row), head.len()));
    Some(table(&head, cells.collect()))
}

fn cells(row: &Row, label: String, columns: usize) -> Vec<String> {
    let ratio = |show: fn(&Spread) -> String| row.ratio.as_ref().map_or(String::new(), show);
    let cells = [
        label,
        number(row.value.median),
        quartiles(&row.value),
        ratio(|ratio| number(ratio.median)),
        ratio(quartiles),
    ];
    let quantiles = [row.p50, row.p99].map(|quantile| quantile.map_or(String::new(), number));
    cells.into_iter().chain(quantiles).take(columns).collect()
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Nanoseconds => "ns",
        Unit::Milliseconds => "ms",
        Unit::Bytes => "bytes",
        Unit::PerSecond => "per second",
    }
}

fn titled(name: &str, work: Work, table: &str) -> String {
    let what = match work {
        Work::Line => "three nodes, streamed, 64 in flight; per message",
        Work::Request => "three nodes, one request awaited at a time; per request",
        Work::Policies => "the same with a timeout and retries on each node; per request",
        Work::Broadcast => "one node, eight branches and a join; per request",
        Work::Rounds => "a loop of 100 hops; per hop",
        Work::Waits => "10,000 messages at once, whose middle node waits for 10 ms; in all",
        Work::Memory => "100,000 traces that wait, spawned or emitted; per trace",
        Work::MemoryHeld => "100,000 traces that wait, as futures that are held; per trace",
        Work::MemoryParked => "100,000 traces that are parked at an `await`; per trace",
        Work::Map => "1,000 items, 64 at a time; per item",
        Work::MapWaits => "the same, and each item waits for 1 ms; per item",
        Work::Features(_) => "`request` with one feature switched on; per request",
        Work::Event => "what an observer adds to `request`; per event",
        Work::Nodes(_) => "a line of so many trivial nodes, awaited; per node",
        Work::Cores(_) => {
            "three nodes, streamed, one of them computes for about 20 µs, on so many workers"
        }
    };
    format!("{name}: {what}\n\n{table}")
}

/// What was not measured, and why.
pub(crate) fn absent(results: &Results) -> String {
    list(results.absent.iter().map(|absent| {
        let work = absent.work.map(|work| format!(", `{work}`"));
        format!(
            "{}{}: {}",
            absent.subject,
            work.unwrap_or_default(),
            absent.why
        )
    }))
}

/// How the subjects do the works, where that matters.
pub(crate) fn notes(results: &Results) -> String {
    list(results.rows.iter().filter_map(|row| {
        let (who, work) = (&row.entry.subject, row.entry.work);
        Some(format!("{who}, `{work}`: {}", row.entry.note.as_ref()?))
    }))
}

/// Where another library costs less than ours.
pub(crate) fn better(results: &Results) -> String {
    let pairs = results.rows.iter().flat_map(|ours| {
        let peers = results.rows.iter().filter(|row| row.beats(ours));
        peers.map(move |peer| (ours, peer))
    });
    let better = list(pairs.map(|(ours, peer)| {
        let (work, flavour) = (ours.entry.work, ours.entry.flavour);
        let (unit, peer_is) = (unit(peer.unit), number(peer.value.median));
        let ours = number(ours.value.median);
        format!(
            "`{work}`, {flavour}: {}, {peer_is} {unit}; ours {ours}",
            named(peer)
        )
    }));
    if better.is_empty() {
        return "At none of these works in this run.".to_owned();
    }
    better
}

/// A list in Markdown, each line once.
fn list(lines: impl Iterator<Item = String>) -> String {
    let lines: BTreeSet<_> = lines.map(|line| format!("- {line}")).collect();
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

fn quartiles(spread: &Spread) -> String {
    format!("{} – {}", number(spread.low), number(spread.high))
}

/// Three digits, and all of a large number.
pub(crate) fn number(value: f64) -> String {
    match value {
        ..9.995 => format!("{value:.2}"),
        ..99.95 => format!("{value:.1}"),
        _ => thousands(value.round() as u64),
    }
}

pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::{all, better, notes, number};
    use crate::results::example;

    #[test]
    fn tables_are_plain_text() {
        expect![[r#"
            Penguin 9000, 2 cores, 8 GB; rustc 1.95.0; commit 1234567; 2 rounds

            |                                           |               work |   ours | yardstick | measured |   quartiles |  target |     |
            |-------------------------------------------|-------------------:|-------:|----------:|---------:|------------:|-----:|----:|
            | three nodes, awaited, to the same by hand | `request`, current | 101 ns |      75.0 |     1.35 | 1.32 – 1.38 | 1.50 | met |

            `request`, current: three nodes, one request awaited at a time; per request

            |                    |   ns |   quartiles | ratio to hand |   quartiles |  p50 | p99 |
            |--------------------|-----:|------------:|--------------:|------------:|-----:|----:|
            | hand (1.0.0)       | 75.0 | 72.5 – 77.5 |          1.00 | 1.00 – 1.00 | 75.0 |     |
            | penguiflow (1.0.0) |  101 |  99.5 – 103 |          1.35 | 1.32 – 1.38 |  101 |     |
            | orka (1.0.0)       |  830 |   765 – 895 |          11.0 | 10.5 – 11.5 |  830 |     |

            - orka, `request`: no reason"#]].assert_eq(&all(&example()));
    }

    #[test]
    fn notes_are_told_once() {
        expect![[r#"
            - hand, `request`: as its docs have it
            - orka, `request`: as its docs have it
            - penguiflow, `request`: as its docs have it"#]]
        .assert_eq(&notes(&example()));
    }

    #[test]
    fn another_library_that_costs_less_is_named() {
        let mut results = example();
        expect!["At none of these works in this run."].assert_eq(&better(&results));
        results.rows[2].ratio = results.rows[0].ratio;
        results.rows[2].value = results.rows[0].value;
        expect!["- `request`, current: orka (1.0.0), 75.0 ns; ours 101"]
            .assert_eq(&better(&results));
    }

    #[test]
    fn figures_have_three_digits() {
        let figures = [0.0512, 9.994, 9.996, 99.96, 1234.5, 1_234_567.0].map(number);
        assert_eq!(
            figures,
            ["0.05", "9.99", "10.0", "100", "1,235", "1,234,567"]
        );
    }
}
