//! Gives each box and each arrow of a picture its place, by the crate `dagre`: layers from top to
//! bottom with few crossings (Gansner and others: A Technique for Drawing Directed Graphs, 1993).

use dagre::graph::{Graph as Sheet, GraphOptions};
use dagre::layout::types::LabelPos;
use dagre::{EdgeLabel, LayoutOptions, NodeLabel};

use super::place::Place;
use super::text;
use crate::graph::figures::{self, Figures, NodeFigures};
use crate::graph::picture::{Arrow, ArrowKind, End, OPEN_SEA, Picture, ROOKERY, Shape};

/// The margin around the whole, and around the text in a box, in pixels.
const MARGIN: f64 = 16.0;
const PADDING: (f64, f64) = (14.0, 10.0);

/// The room for figures that a page writes by itself: `1204 × · 12.4 ms`, and a line for failures.
const ROOM: [&str; 2] = ["                  ", " "];

/// What stands below the names of nodes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Below<'f> {
    Nothing,
    Figures(&'f Figures),
    /// Room for what a page writes there.
    Room,
}

impl Below<'_> {
    fn lines(self, node: &str) -> Vec<String> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Figures(figures) => figures.node(node).map_or_else(Vec::new, written),
            Self::Room => ROOM.map(str::to_owned).to_vec(),
        }
    }
}

/// A box: of a node, or of an end of the flow, which has no shape.
pub(super) struct Box {
    pub(super) shape: Option<Shape>,
    pub(super) name: String,
    pub(super) is_marked: bool,
    pub(super) lines: Vec<String>,
    /// How often it was visited, and what failed.
    pub(super) figures: Vec<String>,
    pub(super) middle: Place,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The way of an arrow, and its text in the middle of it.
pub(super) struct Route {
    pub(super) kind: ArrowKind,
    pub(super) points: Vec<Place>,
    pub(super) label: Option<(Place, Vec<String>)>,
}

pub(super) struct Layout {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) boxes: Vec<Box>,
    pub(super) routes: Vec<Route>,
}

impl Layout {
    pub(super) fn of(picture: &Picture<'_>, arrows: &[Arrow], below: Below<'_>) -> Self {
        let ends: Vec<End> = ends(picture, arrows).collect();
        let mut boxes: Vec<_> = ends
            .iter()
            .map(|end| unplaced(picture, *end, below))
            .collect();
        let mut sheet = Sheet::with_options(GraphOptions {
            directed: true,
            multigraph: true,
            compound: false,
        });
        for (end, box_) in ends.iter().zip(&boxes) {
            let mut label = NodeLabel::default();
            (label.width, label.height) = (box_.width, box_.height);
            sheet.set_node(key(*end), Some(label));
        }
        for (number, arrow) in arrows.iter().enumerate() {
            let name = number.to_string();
            sheet.set_edge(
                key(arrow.from),
                key(arrow.to),
                Some(unrouted(arrow)),
                Some(&name),
            );
        }
        dagre::layout(&mut sheet, Some(options()));
        for (end, box_) in ends.iter().zip(&mut boxes) {
            box_.middle = sheet
                .node(&key(*end))
                .map_or(Place { x: 0.0, y: 0.0 }, middle);
        }
        let routes = arrows.iter().enumerate().filter_map(|(number, arrow)| {
            let name = number.to_string();
            let label = sheet.edge(&key(arrow.from), &key(arrow.to), Some(&name))?;
            Some(route(arrow, label))
        });
        let routes = routes.collect();
        Self::around(boxes, routes)
    }

    /// Moves all of it to the margin, and measures it.
    fn around(mut boxes: Vec<Box>, mut routes: Vec<Route>) -> Self {
        let corners = boxes.iter().flat_map(Box::corners);
        let labels = routes.iter().filter_map(|route| route.label.as_ref());
        let labels = labels.flat_map(|(at, lines)| corners_of(*at, text::size(lines)));
        let points = routes.iter().flat_map(|route| route.points.iter().copied());
        let all: Vec<_> = corners.chain(labels).chain(points).collect();
        let least = |of: fn(&Place) -> f64| all.iter().map(of).fold(f64::MAX, f64::min);
        let most = |of: fn(&Place) -> f64| all.iter().map(of).fold(f64::MIN, f64::max);
        let (left, top) = (least(|at| at.x) - MARGIN, least(|at| at.y) - MARGIN);
        let (right, bottom) = (most(|at| at.x) + MARGIN, most(|at| at.y) + MARGIN);
        let shift = |at: &mut Place| (at.x, at.y) = (at.x - left, at.y - top);
        boxes.iter_mut().for_each(|box_| shift(&mut box_.middle));
        for route in &mut routes {
            route.points.iter_mut().for_each(shift);
            route.label.iter_mut().for_each(|(at, _)| shift(at));
        }
        Self {
            width: (right - left).ceil() as u32,
            height: (bottom - top).ceil() as u32,
            boxes,
            routes,
        }
    }
}

impl Box {
    fn corners(&self) -> [Place; 2] {
        corners_of(self.middle, (self.width, self.height))
    }
}

fn corners_of(at: Place, (width, height): (f64, f64)) -> [Place; 2] {
    let (half, rise) = (width / 2.0, height / 2.0);
    [(-half, -rise), (half, rise)].map(|(x, y)| Place {
        x: at.x + x,
        y: at.y + y,
    })
}

/// The ends of arrows, each once: OpenSea, the nodes, and Rookery if an arrow leads there.
fn ends<'g>(picture: &'g Picture<'_>, arrows: &'g [Arrow]) -> impl Iterator<Item = End> + 'g {
    let nodes = (0..picture.nodes.len()).map(End::Node);
    let all = [End::OpenSea]
        .into_iter()
        .chain(nodes)
        .chain([End::Rookery]);
    all.filter(|end| {
        arrows
            .iter()
            .any(|arrow| [arrow.from, arrow.to].contains(end))
    })
}

fn key(end: End) -> String {
    match end {
        End::OpenSea => OPEN_SEA.to_owned(),
        End::Node(place) => place.to_string(),
        End::Rookery => ROOKERY.to_owned(),
    }
}

fn unplaced(picture: &Picture<'_>, end: End, below: Below<'_>) -> Box {
    let (shape, name, is_marked) = match end {
        End::OpenSea => (None, OPEN_SEA, false),
        End::Rookery => (None, ROOKERY, false),
        End::Node(place) => {
            let node = &picture.nodes[place];
            (Some(node.shape), node.name, node.is_marked)
        }
    };
    let lines = text::lines(name);
    let figures = match end {
        End::Node(_) => below.lines(name),
        End::OpenSea | End::Rookery => Vec::new(),
    };
    let (width, height) = text::size(&[lines.clone(), figures.clone()].concat());
    // The slant of a hexagon, and the bars of an `await`.
    let beside = match shape {
        Some(Shape::Join) => 12.0,
        Some(Shape::Await) => 16.0,
        _ => 0.0,
    };
    Box {
        shape,
        name: name.to_owned(),
        is_marked,
        lines,
        figures,
        middle: Place { x: 0.0, y: 0.0 },
        width: width + 2.0 * PADDING.0 + beside,
        height: height + 2.0 * PADDING.1,
    }
}

/// Visits and their time; then failures, if there are any.
fn written(figures: &NodeFigures) -> Vec<String> {
    let time = figures
        .median
        .map(|time| format!(" · {}", figures::time(time)));
    let mut lines = vec![format!("{} ×{}", figures.visits, time.unwrap_or_default())];
    let retried = figures.attempts.saturating_sub(figures.visits);
    let counts = [(retried, "retried"), (figures.failed, "failed")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if !counts.is_empty() {
        lines.push(counts.join(", "));
    }
    lines
}

fn unrouted(arrow: &Arrow) -> EdgeLabel {
    let (width, height) = text::size(&text::lines(&arrow.label));
    let mut label = EdgeLabel::default();
    if width > 0.0 {
        (label.width, label.height) = (width + 12.0, height + 8.0);
        label.labelpos = LabelPos::Center;
    }
    label
}

fn options() -> LayoutOptions {
    LayoutOptions {
        nodesep: 36.0,
        edgesep: 20.0,
        ranksep: 40.0,
        ..LayoutOptions::default()
    }
}

fn middle(label: &NodeLabel) -> Place {
    Place {
        x: label.x.unwrap_or_default(),
        y: label.y.unwrap_or_default(),
    }
}

fn route(arrow: &Arrow, label: &EdgeLabel) -> Route {
    let points = label.points.iter().map(|point| Place {
        x: point.x,
        y: point.y,
    });
    let lines = text::lines(&arrow.label);
    Route {
        kind: arrow.kind,
        points: points.collect(),
        label: match (label.x, label.y) {
            (Some(x), Some(y)) if !lines.is_empty() => Some((Place { x, y }, lines)),
            _ => None,
        },
    }
}
