//! The page that tells what was measured.

use crate::cost::{Cost, Samples};
use crate::flows::Shape;
use crate::hello::Hello;
use crate::large::{Large, growth};

type Row = Vec<String>;
/// A kind of build, and what it has cost.
type Build = (&'static str, fn(&Hello) -> &[Cost]);

pub(crate) fn of(machine: &str, runs: usize, hello: &[Hello], large: &[Large]) -> String {
    let [line, mixed] = Shape::ALL.map(|shape| of_shape(large, shape));
    let [line_grows, mixed_grows] = Shape::ALL.map(|shape| grows(large, shape));
    format!(
        include_str!("page.md"),
        machine = machine,
        runs = runs,
        hello = of_hello(hello),
        line = line,
        mixed = mixed,
        line_grows = line_grows,
        mixed_grows = mixed_grows,
    )
}

fn of_hello(hello: &[Hello]) -> String {
    let head = [
        "",
        "crates",
        "CPU s, least",
        "median",
        "wall s, least",
        "median",
    ];
    let kinds: [Build; 3] = [
        ("clean build", |hello| &hello.clean),
        ("`cargo build` after a change to one node", |hello| {
            &hello.rebuild
        }),
        ("`cargo check` after a change to one node", |hello| {
            &hello.recheck
        }),
    ];
    let rows = kinds.iter().flat_map(|(kind, costs)| {
        hello.iter().map(move |hello| {
            let of = |figure: fn(&Cost) -> f64| Samples::of(costs(hello).iter().map(figure));
            let (cpu, wall) = (of(|cost| cost.cpu), of(|cost| cost.wall));
            let figures = [cpu.min(), cpu.median(), wall.min(), wall.median()];
            let row = [format!("{kind}, {}", hello.name), hello.crates.to_string()];
            row.into_iter().chain(figures.map(seconds)).collect()
        })
    });
    table(&head, rows.collect())
}

fn of_shape(large: &[Large], shape: Shape) -> String {
    let head = [
        "nodes",
        "without the flow, s",
        "with it, s",
        "the flow, s, least",
        "median",
        "ms per node",
    ];
    let rows = large.iter().filter(|one| one.shape == shape).map(|one| {
        let least = |runs: &[f64]| seconds(Samples::of(runs.iter().copied()).min());
        vec![
            one.nodes.to_string(),
            least(&one.alone),
            least(&one.in_a_flow),
            seconds(one.least()),
            seconds(one.median()),
            format!("{:.1}", one.least() * 1e3 / one.nodes as f64),
        ]
    });
    table(&head, rows.collect())
}

fn grows(large: &[Large], shape: Shape) -> String {
    growth(large, shape).map_or("an unknown number of".to_owned(), |times| {
        format!("{times:.1}")
    })
}

fn seconds(figure: f64) -> String {
    format!("{figure:.2}")
}

/// A table in Markdown that is aligned as plain text, too: the first column to the left.
fn table(head: &[&str], rows: Vec<Row>) -> String {
    let head: Row = head.iter().map(|&cell| cell.to_owned()).collect();
    let all = || [&head].into_iter().chain(&rows);
    let width = |column: usize| all().map(|row| row[column].chars().count()).max();
    let widths: Vec<_> = (0..head.len())
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut lines: Vec<_> = all().map(|row| line(row, &widths)).collect();
    lines.insert(1, rule(&widths));
    lines.join("\n")
}

fn line(row: &Row, widths: &[usize]) -> String {
    let cells = row.iter().zip(widths).enumerate();
    let cells: Vec<_> = cells
        .map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        })
        .collect();
    format!("| {} |", cells.join(" | "))
}

/// What stands below the head.
fn rule(widths: &[usize]) -> String {
    let cells = widths
        .iter()
        .enumerate()
        .map(|(column, width)| match column {
            0 => "-".repeat(width + 2),
            _ => "-".repeat(width + 1) + ":",
        });
    format!("|{}|", cells.collect::<Vec<_>>().join("|"))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::table;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["clean", "27"], ["a change", "6"]].map(|row| row.map(str::to_owned).into());
        expect![[r"
            |          | crates |
            |----------|-------:|
            | clean    |     27 |
            | a change |      6 |"]]
        .assert_eq(&table(&["", "crates"], rows.into()));
    }
}
