//! The targets, beside what was measured.

use report::{Samples, table};

use crate::built::Built;
use crate::flows::Shape;
use crate::hello::Hello;
use crate::large::{Large, growth, of};

/// At most so much of something.
struct Target {
    goal: &'static str,
    most: f64,
    /// If it was measured.
    measured: Option<f64>,
}

/// A table of all that was measured.
pub(crate) fn of_all(hello: &[Hello], large: &[Large], built: &[Built]) -> String {
    let targets = [of_hello(hello), of_large(large), of_built(built)];
    let rows = targets.iter().flatten().filter_map(|target| {
        let measured = target.measured?;
        let met = if measured <= target.most {
            "met"
        } else {
            "not met"
        };
        let [measured, most] = [measured, target.most].map(number);
        Some(vec![target.goal.to_owned(), measured, most, met.to_owned()])
    });
    table(&["", "measured", "target", ""], rows.collect())
}

fn of_hello(hello: &[Hello]) -> Vec<Target> {
    let ours = hello.first();
    vec![Target {
        goal: "crates of three nodes that say hello",
        most: 27.0,
        measured: ours.map(|hello| hello.crates as f64),
    }]
}

fn of_large(large: &[Large]) -> Vec<Target> {
    let [some, most] = [200, 2_000].map(|nodes| of(large, Shape::Line, nodes));
    let grows = growth(large, Shape::Line).map(|(times, nodes)| times / nodes);
    vec![
        Target {
            goal: "CPU s to check a line of 200, beyond its nodes",
            most: 1.4,
            measured: some.map(Large::least),
        },
        Target {
            goal: "growth from a line of 200 to the largest; linear is 1",
            most: 1.2,
            measured: grows,
        },
        Target {
            goal: "CPU s to check a line of 2,000, its nodes included",
            most: 45.0,
            measured: most.map(|line| Samples::of(line.in_a_flow.iter().copied()).min()),
        },
        Target {
            goal: "GB to check a line of 2,000",
            most: 1.6,
            measured: most.and_then(|line| Some(line.peak? as f64 / 1e9)),
        },
    ]
}

/// When every flow was a machine of steps, these were 12.9 s, 465,000 and 445,000: a third of the
/// time, and half of the lines.
fn of_built(built: &[Built]) -> Vec<Target> {
    let mixed = built.iter().find(|one| one.shape == Shape::Mixed);
    let line = built.iter().find(|one| one.shape == Shape::Line);
    vec![
        Target {
            goal: "CPU s of a release build of 48 mixed nodes",
            most: 4.3,
            measured: mixed.map(Built::least),
        },
        Target {
            goal: "lines of LLVM of 48 mixed nodes, in debug",
            most: 232_000.0,
            measured: mixed.map(|mixed| mixed.llvm_lines as f64),
        },
        Target {
            goal: "lines of LLVM of a line of 50, in debug",
            most: 222_000.0,
            measured: line.map(|line| line.llvm_lines as f64),
        },
    ]
}

fn number(figure: f64) -> String {
    match figure {
        ..100.0 => format!("{figure:.2}"),
        _ => format!("{figure:.0}"),
    }
}
