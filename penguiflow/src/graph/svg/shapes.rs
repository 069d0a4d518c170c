//! The shape of each kind of node, with its name in it.

use super::layout::Box;
use super::place::{Place, number};
use super::text;
use crate::graph::picture::Shape;

pub(super) fn of(placed: &Box) -> String {
    match placed.is_marked {
        true => format!(r#"<g class="marked">{}</g>"#, shape(placed)),
        false => shape(placed),
    }
}

/// The shape of a node, in a group that a page finds by the node's name.
pub(super) fn named(placed: &Box) -> String {
    let name = text::escaped(&placed.name);
    format!(r#"<g class="visit" data-node="{name}">{}</g>"#, of(placed))
}

fn shape(placed: &Box) -> String {
    let name = |at: Place| written(placed, at);
    let middle = placed.middle;
    match placed.shape {
        None => rect(placed, "end", placed.height / 2.0, 0.0) + &name(middle),
        Some(Shape::Function) => rect(placed, "node", 6.0, 0.0) + &name(middle),
        Some(Shape::Playbook) => {
            let inner = rect(placed, "inner", 3.0, 3.5);
            rect(placed, "node playbook", 6.0, 0.0) + &inner + &name(middle)
        }
        Some(Shape::Join) => hexagon(placed) + &name(middle),
        Some(Shape::Map) => {
            let topmost = Place {
                x: middle.x - 4.0,
                y: middle.y + 4.0,
            };
            pile(placed) + &name(topmost)
        }
        Some(Shape::Await) => {
            let moved = Place {
                x: middle.x + 8.0,
                ..middle
            };
            rect(placed, "node await", placed.height / 2.0, 0.0) + &bars(placed) + &name(moved)
        }
    }
}

/// The name, and below it what the node did.
fn written(placed: &Box, at: Place) -> String {
    let (name, figures) = (&placed.lines, &placed.figures);
    let whole = (name.len() + figures.len()) as f64;
    let below = |lines: f64| Place {
        y: at.y + lines * text::LINE,
        ..at
    };
    let named = below((name.len() as f64 - whole) / 2.0);
    let mut drawn = text::centred("name", named, name);
    for (line, figure) in figures.iter().enumerate() {
        let at = below(name.len() as f64 + line as f64 + 0.5 - whole / 2.0);
        let class = if line == 0 { "figure" } else { "figure bad" };
        drawn += &text::centred(class, at, std::slice::from_ref(figure));
    }
    drawn
}

/// What hides the arrow behind its text.
pub(super) fn behind(at: Place, lines: &[String]) -> String {
    let (width, height) = text::size(lines);
    rect_at(at, (width + 4.0, height), "behind", 3.0)
}

/// A rectangle that is smaller than its box by an inset on each side.
fn rect(placed: &Box, class: &str, radius: f64, inset: f64) -> String {
    let size = (placed.width - 2.0 * inset, placed.height - 2.0 * inset);
    rect_at(placed.middle, size, class, radius)
}

fn rect_at(middle: Place, (width, height): (f64, f64), class: &str, radius: f64) -> String {
    let corner = (middle.x - width / 2.0, middle.y - height / 2.0);
    let [x, y, width, height, radius] = [corner.0, corner.1, width, height, radius].map(number);
    format!(
        r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"/>"#
    )
}

fn hexagon(placed: &Box) -> String {
    let (half, rise) = (placed.width / 2.0, placed.height / 2.0);
    let slant = half - 10.0;
    let corners = [
        (-half, 0.0),
        (-slant, -rise),
        (slant, -rise),
        (half, 0.0),
        (slant, rise),
        (-slant, rise),
    ];
    let corners = corners.map(|(x, y)| {
        let (x, y) = (placed.middle.x + x, placed.middle.y + y);
        format!("{},{}", number(x), number(y))
    });
    let points = corners.join(" ");
    format!(r#"<polygon class="node join" points="{points}"/>"#)
}

/// Three sheets, of which the topmost is whole.
fn pile(placed: &Box) -> String {
    let size = (placed.width - 8.0, placed.height - 8.0);
    let sheet = |(by, class): (f64, &str)| {
        let middle = Place {
            x: placed.middle.x + by,
            y: placed.middle.y - by,
        };
        rect_at(middle, size, class, 3.0)
    };
    let sheets = [
        (4.0, "node map sheet"),
        (0.0, "node map sheet"),
        (-4.0, "node map"),
    ];
    sheets.map(sheet).concat()
}

/// The sign of a pause, before the name.
fn bars(placed: &Box) -> String {
    let left = placed.middle.x - placed.width / 2.0 + 14.0;
    let top = number(placed.middle.y - 5.0);
    [0.0, 5.0]
        .map(|by| {
            let x = number(left + by);
            format!(r#"<rect class="bar" x="{x}" y="{top}" width="3" height="10"/>"#)
        })
        .concat()
}
