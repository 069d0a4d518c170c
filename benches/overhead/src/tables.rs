//! The figures as tables in Markdown, which are plain text as well.

use std::collections::{BTreeMap, BTreeSet};

use harness::{Feature, Flavour, Unit, Work};
use report::table;

use crate::programs::Kind;
use crate::results::{Results, Row, Spread};
use crate::targets::{OURS, yardstick};

/// What a user pays for, and by which work it is measured.
const COSTS: [(&str, Work); 10] = [
    ("a request through three nodes", Work::Request),
    (
        "the same, with a timeout and retries on each node",
        Work::Policies,
    ),
    ("one more node, in a line of 100", Work::Nodes(100)),
    ("one round of a loop", Work::Rounds),
    ("a node, eight branches and their join", Work::Broadcast),
    ("one item of a map", Work::Map),
    (
        "a message through a started flow of three nodes",
        Work::Line,
    ),
    ("one event, where a flow has an observer", Work::Event),
    ("memory of a trace that waits in a node", Work::Memory),
    (
        "memory of a trace that is parked at an `await`",
        Work::MemoryParked,
    ),
];

/// All tables, for a terminal.
pub(crate) fn all(results: &Results) -> String {
    let parts = [
        Some(on(results)),
        Some(costs(results)),
        Some(targets(results)),
        features(results),
        peers(results),
        Some(notes(results)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

/// The targets, and what could not be measured.
pub(crate) fn brief(results: &Results) -> String {
    let parts = [on(results), verdicts(results), notes(results)];
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

/// What a user pays, beside what the same costs by hand.
pub(crate) fn costs(results: &Results) -> String {
    let rows = COSTS.iter().filter_map(|&(what, work)| {
        let ours = results.row(OURS, work, Flavour::Current)?;
        let by_hand = yardstick(work).and_then(|(work, whose)| {
            let row = results.row(whose, work, Flavour::Current)?;
            Some((
                format!("{} {}", number(row.value.median), unit(row.unit)),
                whose,
            ))
        });
        let (by_hand, whose) = by_hand.unwrap_or_default();
        let cost = format!("{} {}", number(ours.value.median), unit(ours.unit));
        Some(vec![what.to_owned(), cost, by_hand, whose.to_owned()])
    });
    table(&["", "PenguiFlow", "by hand", "as"], rows.collect())
}

/// Each target beside its figure, and why it is missed: each reason once.
pub(crate) fn targets(results: &Results) -> String {
    let mut reasons: Vec<(BTreeSet<Work>, &str)> = Vec::new();
    for verdict in &results.targets {
        let Some(reason) = verdict.reason() else {
            continue;
        };
        let work = verdict.target.work;
        match reasons.iter_mut().find(|(_, known)| *known == reason) {
            Some((works, _)) => _ = works.insert(work),
            None => reasons.push((BTreeSet::from([work]), reason)),
        }
    }
    let reasons = reasons.into_iter().map(|(works, reason)| {
        let works: Vec<_> = works.iter().map(|work| format!("`{work}`")).collect();
        format!("- {}: {reason}", works.join(", "))
    });
    let reasons: Vec<_> = reasons.collect();
    let parts = [verdicts(results), reasons.join("\n")];
    parts.join("\n\n").trim_end().to_owned()
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

/// What it costs to switch on a feature.
pub(crate) fn features(results: &Results) -> Option<String> {
    let is_feature = |row: &&Row| matches!(row.entry.work, Work::Features(_));
    let rows = results.rows.iter().filter(is_feature).map(|row| {
        let ratio = |show: fn(&Spread) -> String| row.ratio.as_ref().map_or(String::new(), show);
        let Work::Features(feature) = row.entry.work else {
            return Vec::new();
        };
        vec![
            format!("`{feature}`"),
            number(row.value.median),
            quartiles(&row.value),
            ratio(|ratio| number(ratio.median)),
            ratio(quartiles),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let to = format!("ratio to `{}`", Feature::None);
    let head = ["", "ns", "quartiles", &to, "quartiles"];
    (!rows.is_empty()).then(|| table(&head, rows))
}

/// Ours and the other libraries: a line for each, a column for each work that one of them
/// does. What costs less than ours is bold.
pub(crate) fn peers(results: &Results) -> Option<String> {
    let peers = || results.rows.iter().filter(|row| row.is_peer());
    let is_peer = |row: &&Row| row.is_peer() || row.entry.subject == OURS;
    let columns: BTreeSet<_> = peers()
        .map(|row| (row.entry.work, row.entry.flavour))
        .collect();
    let mut lines: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for row in results.rows.iter().filter(is_peer) {
        let line = lines
            .entry((row.kind != Kind::Ours, named(row)))
            .or_default();
        line.insert((row.entry.work, row.entry.flavour), cell(row, results));
    }
    let lines = lines.into_iter().map(|((_, name), mut cells)| {
        let cells = columns
            .iter()
            .map(|at| cells.remove(at).unwrap_or_default());
        [name].into_iter().chain(cells).collect()
    });
    let heads = columns.iter().map(|&(work, flavour)| column(work, flavour));
    let heads: Vec<_> = [String::new()].into_iter().chain(heads).collect();
    let heads: Vec<_> = heads.iter().map(String::as_str).collect();
    (!columns.is_empty()).then(|| table(&heads, lines.collect()))
}

fn named(row: &Row) -> String {
    format!("{} ({})", row.entry.subject, row.entry.version)
}

fn column(work: Work, flavour: Flavour) -> String {
    match work.flavours() {
        [_] => format!("`{work}`, {}", unit(work.unit())),
        _ => format!("`{work}`, {flavour}, {}", unit(work.unit())),
    }
}

fn cell(row: &Row, results: &Results) -> String {
    let figure = number(row.value.median);
    let ours = results.row(OURS, row.entry.work, row.entry.flavour);
    match ours.is_some_and(|ours| row.beats(ours)) {
        true => format!("**{figure}**"),
        false => figure,
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Nanoseconds => "ns",
        Unit::Milliseconds => "ms",
        Unit::Bytes => "bytes",
        Unit::PerSecond => "per second",
    }
}

/// How each subject does the works, where that matters, and what it cannot do: a line for each.
pub(crate) fn notes(results: &Results) -> String {
    let mut notes: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for Row { entry, .. } in &results.rows {
        let note = entry.note.iter();
        let note = note.map(|note| format!("`{}`: {note}", entry.work));
        notes.entry(&entry.subject).or_default().extend(note);
    }
    for absent in &results.absent {
        let work = absent.work.map(|work| format!("`{work}` "));
        let note = format!("{}not measured: {}", work.unwrap_or_default(), absent.why);
        notes.entry(&absent.subject).or_default().insert(note);
    }
    let notes = notes.into_iter().filter(|(_, notes)| !notes.is_empty());
    let lines = notes.map(|(subject, notes)| {
        let notes: Vec<_> = notes.into_iter().collect();
        format!("- **{subject}**: {}", notes.join("; "))
    });
    lines.collect::<Vec<_>>().join("\n")
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

    use super::{all, number, peers};
    use crate::results::example;

    #[test]
    fn tables_are_plain_text() {
        expect![[r#"
            Penguin 9000, 2 cores, 8 GB; rustc 1.95.0; commit 1234567; 2 rounds

            |                               | PenguiFlow | by hand |   as |
            |-------------------------------|-----------:|--------:|-----:|
            | a request through three nodes |     101 ns | 75.0 ns | hand |

            |                                           |               work |   ours | yardstick | measured |   quartiles | target |     |
            |-------------------------------------------|-------------------:|-------:|----------:|---------:|------------:|-------:|----:|
            | three nodes, awaited, to the same by hand | `request`, current | 101 ns |      75.0 |     1.35 | 1.32 – 1.38 |   1.50 | met |

            |                    | `request`, ns |
            |--------------------|--------------:|
            | penguiflow (1.0.0) |           101 |
            | orka (1.0.0)       |           830 |

            - **hand**: `request`: as its docs have it
            - **orka**: `request` not measured: no reason; `request`: as its docs have it
            - **penguiflow**: `request`: as its docs have it"#]].assert_eq(&all(&example()));
    }

    #[test]
    fn another_library_that_costs_less_is_bold() {
        let mut results = example();
        results.rows[2].ratio = results.rows[0].ratio;
        results.rows[2].value = results.rows[0].value;
        expect![[r#"
            |                    | `request`, ns |
            |--------------------|--------------:|
            | penguiflow (1.0.0) |           101 |
            | orka (1.0.0)       |      **75.0** |"#]]
        .assert_eq(&peers(&results).expect("a peer was measured"));
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
