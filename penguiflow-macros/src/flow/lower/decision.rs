//! What follows a node: an exit, one edge, a choice among arms, or a fork. Forks know how their
//! branches meet.

use proc_macro2::Span;

use crate::flow::graph::{Arm, Graph, Route, Way};

/// What follows a node.
pub(crate) enum Decision<'a> {
    /// Nothing: what it outputs leaves the flow.
    Exit,
    /// This edge, by its place in the graph.
    One(usize),
    /// One of the arms of a `match`.
    Choice(Span, Vec<(&'a Arm, Self)>),
    /// Several ways at once, or one that a join waits for.
    Fork(Fork<'a>),
}

/// Several ways at once.
pub(crate) struct Fork<'a> {
    /// The place from which its ways are counted as they set out, where a `match` decides how many
    /// there are.
    pub(crate) counts: Option<Counts>,
    pub(crate) items: Vec<Item<'a>>,
}

/// From where ways are counted.
#[derive(Clone, Copy)]
pub(crate) enum Counts {
    /// From this place on.
    From(u32),
    /// From a place of those that are counted around it, of which it takes so many at once.
    Within(Counted, u32),
}

/// A place among the emits of a step.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    /// This one.
    Known(u32),
    /// One that is known when it runs, where a `match` beside it has decided for an arm.
    Counted(Counted),
}

/// A place that is counted: the same whatever else has set out, but for what a `match` decides.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Counted {
    /// How many places of known ways are before it.
    pub(crate) offset: u32,
    /// Whether the places behind it do not count with it yet, since it is on an arm.
    pub(crate) widens: bool,
}

/// The first place that is counted.
const COUNTED: Place = Place::Counted(Counted {
    offset: 0,
    widens: false,
});

impl Place {
    /// The place of a way of this width: where a `match` decides that, its arms widen it.
    fn of(self, width: Option<u32>) -> Self {
        match self {
            Self::Counted(Counted { offset, .. }) => Self::Counted(Counted {
                offset,
                widens: width.is_none(),
            }),
            known => known,
        }
    }

    fn behind(self, width: u32) -> Self {
        match self {
            Self::Known(place) => Self::Known(place + width),
            Self::Counted(Counted { offset, widens }) => Self::Counted(Counted {
                offset: offset + width,
                widens,
            }),
        }
    }
}

/// What runs beside others.
pub(crate) enum Item<'a> {
    Way(ForkWay<'a>),
    Group(Group<'a>),
}

/// Branches that meet in a join.
pub(crate) struct Group<'a> {
    pub(crate) number: usize,
    /// The join, by its place among the nodes.
    pub(crate) join: usize,
    /// Its branches, in the order in which they set out, each with its input.
    pub(crate) branches: Vec<(usize, Item<'a>)>,
}

/// One way of a fork.
pub(crate) struct ForkWay<'a> {
    /// The branch that it is, by its number among all of the flow's.
    pub(crate) number: usize,
    /// Its place among the emits of its step.
    pub(crate) place: Place,
    pub(crate) onward: Decision<'a>,
}

/// Reads the decisions of a graph, and numbers their forks, groups and ways.
pub(crate) struct Reader<'a> {
    graph: &'a Graph,
    joins: Vec<usize>,
    pub(crate) groups: usize,
    pub(crate) ways: usize,
}

/// A way with what is left of the joins that it opens.
struct Opening<'a> {
    opens: Vec<(usize, usize)>,
    way: ForkWay<'a>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(graph: &'a Graph) -> Self {
        Self {
            graph,
            joins: graph.joins().map(|(place, _)| place).collect(),
            groups: 0,
            ways: 0,
        }
    }

    /// What follows a node.
    pub(crate) fn after(&mut self, node: usize) -> Decision<'a> {
        self.by(&self.graph.nodes[node].ways, Place::Known(0))
    }

    /// What follows by these ways, the first of which is emitted at this place.
    pub(crate) fn by(&mut self, ways: &'a [Way], first: Place) -> Decision<'a> {
        match ways {
            [] => Decision::Exit,
            [way] if way.opens.is_empty() => self.along(&way.route, first),
            ways => {
                let ways = ways.iter().map(|way| (way.opens.clone(), &way.route));
                self.fork(ways.collect(), first)
            }
        }
    }

    /// Several ways at once.
    pub(crate) fn fork(
        &mut self,
        ways: Vec<(Vec<(usize, usize)>, &'a Route)>,
        first: Place,
    ) -> Decision<'a> {
        let (mut place, mut counts) = (first, None);
        if let Place::Counted(counted) = first {
            let known = ways.iter().filter_map(|(_, route)| width(route));
            counts = Some(Counts::Within(counted, known.sum()));
            place = COUNTED;
        }
        let mut openings = Vec::new();
        let last = ways.len() - 1;
        for (at, (opens, route)) in ways.into_iter().enumerate() {
            let number = self.ways;
            self.ways += 1;
            let width = width(route);
            if let (None, Place::Known(known), true) = (width, place, at < last) {
                counts = Some(Counts::From(known));
                place = COUNTED;
            }
            let of_way = place.of(width);
            let onward = self.along(route, of_way);
            let way = ForkWay {
                number,
                place: of_way,
                onward,
            };
            place = place.behind(width.unwrap_or(0));
            openings.push(Opening { opens, way });
        }
        Decision::Fork(Fork {
            counts,
            items: self
                .grouped(openings)
                .into_iter()
                .map(|(_, item)| item)
                .collect(),
        })
    }

    fn along(&mut self, route: &'a Route, first: Place) -> Decision<'a> {
        match route {
            Route::Edge(edge) => Decision::One(*edge),
            Route::Match(span, arms) => {
                let arms = arms.iter().map(|arm| (arm, self.by(&arm.ways, first)));
                Decision::Choice(*span, arms.collect())
            }
        }
    }

    /// Puts ways together that a join waits for, the outermost join first.
    fn grouped(&mut self, openings: Vec<Opening<'a>>) -> Vec<(usize, Item<'a>)> {
        let mut items: Vec<(usize, Item<'a>)> = Vec::new();
        let mut openings = std::collections::VecDeque::from(openings);
        while let Some(mut opening) = openings.pop_front() {
            if opening.opens.is_empty() {
                items.push((0, Item::Way(opening.way)));
                continue;
            }
            let (join, slot) = opening.opens.remove(0);
            let mut members = vec![(slot, opening)];
            for mut other in std::mem::take(&mut openings) {
                match other.opens.first() {
                    Some((same, slot)) if *same == join => {
                        let slot = *slot;
                        other.opens.remove(0);
                        members.push((slot, other));
                    }
                    _ => openings.push_back(other),
                }
            }
            items.push((0, Item::Group(self.group(join, members))));
        }
        items
    }

    fn group(&mut self, join_number: usize, members: Vec<(usize, Opening<'a>)>) -> Group<'a> {
        let number = self.groups;
        self.groups += 1;
        let mut by_slot: Vec<(usize, Vec<Opening<'a>>)> = Vec::new();
        for (slot, opening) in members {
            match by_slot.iter_mut().find(|(known, _)| *known == slot) {
                Some((_, openings)) => openings.push(opening),
                None => by_slot.push((slot, vec![opening])),
            }
        }
        let mut branches = Vec::new();
        for (slot, openings) in by_slot {
            let items = self.grouped(openings).into_iter();
            branches.extend(items.map(|(_, item)| (slot, item)));
        }
        Group {
            number,
            join: self.joins[join_number],
            branches,
        }
    }
}

/// How many branches set out by a way, if that is known before a `match` decides.
fn width(route: &Route) -> Option<u32> {
    let Route::Match(_, arms) = route else {
        return Some(1);
    };
    let mut widths = arms.iter().map(|arm| {
        let ways = arm.ways.iter().map(|way| width(&way.route));
        ways.sum::<Option<u32>>()
    });
    let first = widths.next()??;
    widths.all(|width| width == Some(first)).then_some(first)
}

impl<'a> Decision<'a> {
    /// All edges that it may lead along.
    pub(crate) fn edges(&self, edges: &mut Vec<usize>) {
        match self {
            Self::Exit => {}
            Self::One(edge) => edges.push(*edge),
            Self::Choice(_, arms) => arms.iter().for_each(|(_, onward)| onward.edges(edges)),
            Self::Fork(fork) => fork.items.iter().for_each(|item| item.edges(edges)),
        }
    }

    /// Its forks, and those in its arms and ways.
    pub(crate) fn forks<'d>(&'d self, forks: &mut Vec<&'d Fork<'a>>) {
        match self {
            Self::Exit | Self::One(_) => {}
            Self::Choice(_, arms) => arms.iter().for_each(|(_, onward)| onward.forks(forks)),
            Self::Fork(fork) => {
                forks.push(fork);
                fork.items.iter().for_each(|item| item.forks(forks));
            }
        }
    }
}

impl<'a> Item<'a> {
    /// All edges that it may lead along.
    pub(crate) fn edges(&self, edges: &mut Vec<usize>) {
        match self {
            Self::Way(way) => way.onward.edges(edges),
            Self::Group(group) => {
                let branches = group.branches.iter();
                branches.for_each(|(_, item)| item.edges(edges));
            }
        }
    }

    pub(crate) fn forks<'d>(&'d self, forks: &mut Vec<&'d Fork<'a>>) {
        match self {
            Self::Way(way) => way.onward.forks(forks),
            Self::Group(group) => {
                let branches = group.branches.iter();
                branches.for_each(|(_, item)| item.forks(forks));
            }
        }
    }
}
