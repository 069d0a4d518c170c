//! Arrows as paths: straight between their points, with round corners.

use super::layout::Route;
use super::place::{Place, number};
use crate::graph::picture::ArrowKind;

/// The radius of a corner, in pixels.
const RADIUS: f64 = 12.0;

impl ArrowKind {
    const ALL: [Self; 5] = [
        Self::Plain,
        Self::Arm,
        Self::Round,
        Self::Fallback,
        Self::Break,
    ];

    /// The class of the style sheet.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Arm => "arm",
            Self::Round => "round",
            Self::Fallback => "fallback",
            Self::Break => "break",
        }
    }
}

/// The heads of the arrows, one for each colour.
pub(super) fn heads() -> String {
    let head = |kind: ArrowKind| {
        let class = kind.class();
        format!(
            r#"<marker id="penguiflow-{class}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path class="head {class}" d="M0 0.5 8 4 0 7.5z"/></marker>"#
        )
    };
    ArrowKind::ALL.map(head).concat()
}

pub(super) fn arrow(route: &Route) -> String {
    let class = route.kind.class();
    let way = way(&route.points);
    format!(r#"<path class="arrow {class}" marker-end="url(#penguiflow-{class})" d="{way}"/>"#)
}

/// From the first point to the last one, with a round corner at each between.
fn way(points: &[Place]) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return String::new();
    };
    let mut way = format!("M{}", pair(*first));
    for corner in points.windows(3) {
        if let [before, at, after] = corner {
            let (from, to) = (towards(*at, *before), towards(*at, *after));
            way += &format!("L{}Q{} {}", pair(from), pair(*at), pair(to));
        }
    }
    way + &format!("L{}", pair(*last))
}

/// The point on the way to another one where the corner's round begins: at most half the way.
fn towards(at: Place, other: Place) -> Place {
    let (x, y) = (other.x - at.x, other.y - at.y);
    let distance = x.hypot(y);
    let part = match distance > 0.0 {
        true => (RADIUS / distance).min(0.5),
        false => 0.0,
    };
    Place {
        x: at.x + x * part,
        y: at.y + y * part,
    }
}

fn pair(at: Place) -> String {
    format!("{} {}", number(at.x), number(at.y))
}

#[cfg(test)]
mod tests {
    use super::{Place, way};

    #[test]
    fn corners_are_round_and_shorter_than_half_the_way() {
        let at = |x, y| Place { x, y };
        assert_eq!(way(&[at(0.0, 0.0), at(0.0, 40.0)]), "M0 0L0 40");
        let corner = [at(0.0, 0.0), at(0.0, 40.0), at(10.0, 40.0)];
        assert_eq!(way(&corner), "M0 0L0 28Q0 40 5 40L10 40");
        assert_eq!(way(&[]), "");
    }
}
