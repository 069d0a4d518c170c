//! Writes the page of what was measured.

use report::{Machine, Samples, table};

use crate::built::Built;
use crate::cost::Cost;
use crate::flows::Shape;
use crate::hello::Hello;
use crate::large::{Large, growth};
use crate::targets;

/// A kind of build, and what it has cost.
type Build = (&'static str, fn(&Hello) -> &[Cost]);

pub(crate) fn of(
    machine: &Machine,
    runs: usize,
    hello: &[Hello],
    large: &[Large],
    built: &[Built],
) -> String {
    let [line, mixed] = Shape::ALL.map(|shape| of_shape(large, shape));
    let [line_grows, mixed_grows] = Shape::ALL.map(|shape| grows(large, shape));
    format!(
        include_str!("page.md"),
        machine = format!(
            "{}, {} cores, {}",
            machine.cpu, machine.cores, machine.rustc
        ),
        runs = runs,
        targets = targets::of_all(hello, large, built),
        hello = of_hello(hello),
        line = line,
        mixed = mixed,
        line_grows = line_grows,
        mixed_grows = mixed_grows,
        built = of_built(built),
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
        "peak, MB",
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
            one.peak
                .map_or_else(String::new, |peak| (peak / 1_000_000).to_string()),
        ]
    });
    table(&head, rows.collect())
}

fn grows(large: &[Large], shape: Shape) -> String {
    growth(large, shape).map_or("Growth was not measured.".to_owned(), |(times, nodes)| {
        format!(
            "From some 200 nodes to the largest the flow costs {times:.1} times as much; linear \
             is {nodes:.1}."
        )
    })
}

fn of_built(built: &[Built]) -> String {
    let head = [
        "",
        "release, CPU s, least",
        "median",
        "lines of LLVM in debug",
    ];
    let rows = built.iter().map(|one| {
        let release = Samples::of(one.release.iter().copied());
        vec![
            format!("{}, {} nodes", one.shape.name(), one.nodes),
            seconds(release.min()),
            seconds(release.median()),
            one.llvm_lines.to_string(),
        ]
    });
    table(&head, rows.collect())
}

fn seconds(figure: f64) -> String {
    format!("{figure:.2}")
}
