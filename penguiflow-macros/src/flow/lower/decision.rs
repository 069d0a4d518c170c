//! What follows a node: an exit, one edge, a choice among arms, or a fork. Forks know how their
//! branches meet.

use proc_macro2::Span;

use super::flow::{Arm, Flow, Join, Route, Way};

/// What follows a node.
pub(crate) enum Decision<'a> {
    /// Nothing: what it outputs leaves the flow.
    Exit,
    /// This edge, or, above the edges, this entry.
    One(usize),
    /// One of the arms of a `match`.
    Choice(Span, Vec<(&'a Arm, Self)>),
    /// Several ways at once, or one that a join waits for.
    Fork(Fork<'a>),
}

/// Several ways at once.
pub(crate) struct Fork<'a> {
    /// Where the places of its ways begin, if a `match` decides how many ways there are.
    pub(crate) first_place: Option<FirstPlace>,
    pub(crate) siblings: Vec<Sibling<'a>>,
}

/// Where the places of ways begin that are counted at run time.
#[derive(Clone, Copy)]
pub(crate) enum FirstPlace {
    /// From this place on.
    At(u32),
    /// At a place of the fork around it, of which it takes this many at once.
    Within(CountedPlace, u32),
}

/// A place among the emits of a step.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
    /// This one.
    Known(u32),
    /// One that is known at run time, since a `match` decides how many ways have places before it.
    Counted(CountedPlace),
}

/// A place that is counted at run time. It depends on the arms that were chosen, and never on which
/// of the ways begins first.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct CountedPlace {
    /// How many places the ways before it have whose number is known.
    pub(crate) offset: u32,
    /// Whether the way is on an arm, so that the places after it are to be moved by it.
    pub(crate) is_on_arm: bool,
}

/// The first place that is counted.
const FIRST_COUNTED: Place = Place::Counted(CountedPlace {
    offset: 0,
    is_on_arm: false,
});

impl Place {
    /// The place of a way that takes this many places, if that is known.
    fn of_way(self, width: Option<u32>) -> Self {
        match self {
            Self::Counted(CountedPlace { offset, .. }) => Self::Counted(CountedPlace {
                offset,
                is_on_arm: width.is_none(),
            }),
            known => known,
        }
    }

    /// The place after this many more.
    fn after(self, width: u32) -> Self {
        match self {
            Self::Known(place) => Self::Known(place + width),
            Self::Counted(CountedPlace { offset, is_on_arm }) => Self::Counted(CountedPlace {
                offset: offset + width,
                is_on_arm,
            }),
        }
    }
}

/// What runs at the same time as others.
pub(crate) enum Sibling<'a> {
    Way(ForkWay<'a>),
    Group(Group<'a>),
}

/// Branches that meet in a join.
pub(crate) struct Group<'a> {
    pub(crate) number: usize,
    pub(crate) join: &'a Join,
    /// The join's node.
    pub(crate) end: usize,
    /// Its branches in the order in which they begin, each with its input.
    pub(crate) branches: Vec<(usize, Sibling<'a>)>,
}

/// One way of a fork.
pub(crate) struct ForkWay<'a> {
    /// Its number among all ways of the flow.
    pub(crate) number: usize,
    /// Its place among the emits of its step.
    pub(crate) place: Place,
    pub(crate) onward: Decision<'a>,
}

/// Reads the decisions of a flow, and numbers groups and ways.
pub(crate) struct Reader<'a> {
    flow: &'a Flow,
    joins: Vec<(usize, &'a Join)>,
    pub(crate) groups: usize,
    pub(crate) ways: usize,
}

/// A way, with the joins that it opens and no group has been made of yet.
struct OpenWay<'a> {
    opens: Vec<(usize, usize)>,
    way: ForkWay<'a>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(flow: &'a Flow) -> Self {
        Self {
            flow,
            joins: flow
                .joins()
                .map(|(node, join)| (node.index, join))
                .collect(),
            groups: 0,
            ways: 0,
        }
    }

    /// Where the flow's input goes.
    pub(crate) fn entry(&mut self) -> Decision<'a> {
        match self.flow.entries.as_slice() {
            [only] => self.along(&only.way.route, Place::Known(0)),
            entries => {
                let ways = entries.iter().map(|entry| &entry.way);
                self.fork(ways.collect(), Place::Known(0))
            }
        }
    }

    /// What follows a node.
    pub(crate) fn after(&mut self, node: usize) -> Decision<'a> {
        self.by(&self.flow.nodes[node].ways, Place::Known(0))
    }

    /// What follows by these ways, of which the first has this place.
    pub(crate) fn by(&mut self, ways: &'a [Way], first: Place) -> Decision<'a> {
        match ways {
            [] => Decision::Exit,
            [way] if way.opens.is_empty() => self.along(&way.route, first),
            ways => self.fork(ways.iter().collect(), first),
        }
    }

    /// Several ways at once.
    pub(crate) fn fork(&mut self, ways: Vec<&'a Way>, first: Place) -> Decision<'a> {
        let (mut place, mut first_place) = (first, None);
        if let Place::Counted(counted) = first {
            let known = ways.iter().filter_map(|way| width(&way.route));
            first_place = Some(FirstPlace::Within(counted, known.sum()));
            place = FIRST_COUNTED;
        }
        let mut open_ways = Vec::new();
        let last = ways.len() - 1;
        for (at, way) in ways.into_iter().enumerate() {
            let number = self.ways;
            self.ways += 1;
            let width = width(&way.route);
            if let (None, Place::Known(known), true) = (width, place, at < last) {
                first_place = Some(FirstPlace::At(known));
                place = FIRST_COUNTED;
            }
            let of_way = place.of_way(width);
            open_ways.push(OpenWay {
                opens: way.opens.clone(),
                way: ForkWay {
                    number,
                    place: of_way,
                    onward: self.along(&way.route, of_way),
                },
            });
            place = place.after(width.unwrap_or(0));
        }
        Decision::Fork(Fork {
            first_place,
            siblings: self.grouped(open_ways),
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

    /// Groups the ways that a join waits for, the outermost join first.
    fn grouped(&mut self, open_ways: Vec<OpenWay<'a>>) -> Vec<Sibling<'a>> {
        let mut siblings = Vec::new();
        let mut open_ways = std::collections::VecDeque::from(open_ways);
        while let Some(mut open_way) = open_ways.pop_front() {
            if open_way.opens.is_empty() {
                siblings.push(Sibling::Way(open_way.way));
                continue;
            }
            let (join, slot) = open_way.opens.remove(0);
            let mut members = vec![(slot, open_way)];
            for mut other in std::mem::take(&mut open_ways) {
                match other.opens.first() {
                    Some((same, slot)) if *same == join => {
                        let slot = *slot;
                        other.opens.remove(0);
                        members.push((slot, other));
                    }
                    _ => open_ways.push_back(other),
                }
            }
            siblings.push(Sibling::Group(self.group(join, members)));
        }
        siblings
    }

    fn group(&mut self, join_number: usize, members: Vec<(usize, OpenWay<'a>)>) -> Group<'a> {
        let number = self.groups;
        self.groups += 1;
        let mut by_slot: Vec<(usize, Vec<OpenWay<'a>>)> = Vec::new();
        for (slot, open_way) in members {
            match by_slot.iter_mut().find(|(known, _)| *known == slot) {
                Some((_, open_ways)) => open_ways.push(open_way),
                None => by_slot.push((slot, vec![open_way])),
            }
        }
        let mut branches = Vec::new();
        for (slot, open_ways) in by_slot {
            let siblings = self.grouped(open_ways).into_iter();
            branches.extend(siblings.map(|sibling| (slot, sibling)));
        }
        let (end, join) = self.joins[join_number];
        Group {
            number,
            join,
            end,
            branches,
        }
    }
}

/// How many branches a way has, if that does not depend on a `match`.
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
            Self::Fork(fork) => fork
                .siblings
                .iter()
                .for_each(|sibling| sibling.edges(edges)),
        }
    }

    /// Its forks, and those in its arms and ways.
    pub(crate) fn forks<'d>(&'d self, forks: &mut Vec<&'d Fork<'a>>) {
        match self {
            Self::Exit | Self::One(_) => {}
            Self::Choice(_, arms) => arms.iter().for_each(|(_, onward)| onward.forks(forks)),
            Self::Fork(fork) => {
                forks.push(fork);
                fork.siblings
                    .iter()
                    .for_each(|sibling| sibling.forks(forks));
            }
        }
    }
}

impl<'a> Sibling<'a> {
    /// All edges that it may lead along.
    pub(crate) fn edges(&self, edges: &mut Vec<usize>) {
        match self {
            Self::Way(way) => way.onward.edges(edges),
            Self::Group(group) => {
                let branches = group.branches.iter();
                branches.for_each(|(_, sibling)| sibling.edges(edges));
            }
        }
    }

    pub(crate) fn forks<'d>(&'d self, forks: &mut Vec<&'d Fork<'a>>) {
        match self {
            Self::Way(way) => way.onward.forks(forks),
            Self::Group(group) => {
                let branches = group.branches.iter();
                branches.for_each(|(_, sibling)| sibling.forks(forks));
            }
        }
    }
}
