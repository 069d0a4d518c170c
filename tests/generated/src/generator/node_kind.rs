//! The kinds of nodes that flows are made of, and what is known of each. `nodes` in the
//! library defines them for the compiler; the two are compared by a test.

use super::EdgeType;

/// A kind of node: a struct that is named by a `let`, or a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// Takes a load by value, and passes it on.
    Plain,
    /// May fail, and is tried again unless its error says no.
    Trier,
    /// May end the path.
    Sieve,
    /// May leave the flow.
    Fork,
    /// Has a timeout and a retry.
    Racer,
    /// Lets one visit in at a time.
    Narrow,
    /// Changes the headers.
    Postmark,
    /// May fail or leave the flow, in an envelope.
    Daring,
    /// May fail, take too long or end the path, two at a time, with a retry.
    Choosy,
    /// Packs a load into a carton.
    Packer,
    /// Unpacks a carton, or fails.
    Unpacker,
    /// Runs in a task of its own.
    Runaway,
    /// A plain function.
    Wade,
    /// A function that may end the path.
    Dive,
    /// A function that may leave the flow.
    Slide,
    /// A function with an error that is always retried.
    Preen,
    /// Sorts loads into routes.
    Sorter,
    /// Takes a route, whichever it is.
    Reader,
    /// Makes a list of a load, which may be empty.
    Lister,
    /// Takes over from a node that failed, and takes the failure.
    Mender,
    /// Takes over from an `await`.
    StandIn,
    /// Takes over from an `await`, and takes the failure.
    ToldStandIn,
    /// Ties what came to a join into one load.
    Tie(EdgeType),
    /// Plays another flow, by its place among those that the plan plays.
    Play(usize),
    /// Plays a part in parentheses, by its place among those that the plan plays.
    Part(usize),
}

/// What is known of a kind of node.
#[derive(Debug, Clone, Copy)]
pub struct NodeTraits {
    /// The name of its type.
    pub name: &'static str,
    /// What it takes.
    pub takes: EdgeType,
    /// What follows its edges.
    pub gives: EdgeType,
    /// Whether it may return an error.
    pub fails: bool,
    /// How often a failed attempt is tried again.
    pub retries: u32,
    /// The milliseconds between its first two attempts, and the most between any.
    pub backoff: (u64, u64),
    /// Whether every error is tried again, whatever it says.
    pub stubborn: bool,
    /// Whether a fallback takes over only for errors that ask for another attempt.
    pub picky: bool,
    /// Whether it has a timeout, of [`NodeTraits::TIMEOUT_MS`].
    pub timed: bool,
    /// How many visits may run at once.
    pub limit: Option<usize>,
    /// Whether it may end the path with `None`.
    pub ends: bool,
    /// Whether it may leave the flow with `Break`.
    pub leaves: bool,
    /// Whether it sets headers.
    pub stamps: bool,
    /// Whether it runs in a task of its own.
    pub spawned: bool,
    /// A function's number. Structs are given theirs by the plan.
    pub function: Option<u16>,
}

impl NodeTraits {
    /// The timeout of all nodes that have one.
    pub const TIMEOUT_MS: u64 = 40;

    /// Whether it may do anything but follow the edges.
    pub fn can_end_a_loop(&self) -> bool {
        self.ends || self.leaves
    }

    /// The milliseconds before the next attempt, after that many of them.
    pub fn wait(&self, attempts: u32) -> u64 {
        let (first, longest) = self.backoff;
        (first << (attempts - 1)).min(longest)
    }

    /// A node that only passes loads on.
    fn of(name: &'static str) -> Self {
        Self {
            name,
            takes: EdgeType::Load,
            gives: EdgeType::Load,
            fails: false,
            retries: 0,
            backoff: (500, 30_000),
            stubborn: false,
            picky: false,
            timed: false,
            limit: None,
            ends: false,
            leaves: false,
            stamps: false,
            spawned: false,
            function: None,
        }
    }

    fn fails(self) -> Self {
        Self {
            fails: true,
            ..self
        }
    }

    fn retries(self, retries: u32, backoff: (u64, u64)) -> Self {
        Self {
            retries,
            backoff,
            ..self
        }
    }

    fn timed(self) -> Self {
        Self {
            timed: true,
            ..self
        }
    }

    fn limit(self, limit: usize) -> Self {
        let limit = Some(limit);
        Self { limit, ..self }
    }

    fn ends(self) -> Self {
        Self { ends: true, ..self }
    }

    fn leaves(self) -> Self {
        Self {
            leaves: true,
            ..self
        }
    }

    fn stamps(self) -> Self {
        Self {
            stamps: true,
            ..self
        }
    }

    fn function(self, number: u16) -> Self {
        let function = Some(number);
        Self { function, ..self }
    }
}

impl NodeKind {
    /// The place of what it plays among those that the plan plays.
    pub fn played(self) -> Option<usize> {
        match self {
            Self::Play(place) | Self::Part(place) => Some(place),
            _ => None,
        }
    }

    /// All kinds that need no company of others.
    pub const ALL: [Self; 16] = [
        Self::Plain,
        Self::Trier,
        Self::Sieve,
        Self::Fork,
        Self::Racer,
        Self::Narrow,
        Self::Postmark,
        Self::Daring,
        Self::Choosy,
        Self::Packer,
        Self::Unpacker,
        Self::Runaway,
        Self::Wade,
        Self::Dive,
        Self::Slide,
        Self::Preen,
    ];

    /// What is known of it.
    pub fn traits(self) -> NodeTraits {
        let of = NodeTraits::of;
        match self {
            Self::Plain => of("Plain"),
            Self::Trier => of("Trier").fails().retries(2, (5, 8)),
            Self::Sieve => of("Sieve").ends(),
            Self::Fork => of("Fork").leaves(),
            Self::Racer => of("Racer").timed().retries(1, (10, 30_000)),
            Self::Narrow => of("Narrow").limit(1),
            Self::Postmark => of("Postmark").stamps(),
            Self::Daring => NodeTraits {
                picky: true,
                ..of("Daring").fails().retries(1, (1, 20)).leaves().stamps()
            },
            Self::Choosy => of("Choosy")
                .fails()
                .retries(1, (10, 30_000))
                .timed()
                .limit(2)
                .ends(),
            Self::Packer => NodeTraits {
                gives: EdgeType::Carton,
                ..of("Packer")
            },
            Self::Unpacker => NodeTraits {
                takes: EdgeType::Carton,
                ..of("Unpacker").fails()
            },
            Self::Runaway => NodeTraits {
                spawned: true,
                ..of("Runaway").fails().retries(1, (3, 30_000)).timed()
            },
            Self::Wade => of("wade").function(100),
            Self::Dive => of("dive").function(101).ends(),
            Self::Slide => of("slide").function(102).leaves(),
            Self::Preen => NodeTraits {
                stubborn: true,
                ..of("preen").function(103).fails().retries(3, (2, 30_000))
            },
            Self::Sorter => NodeTraits {
                gives: EdgeType::Route,
                ..of("Sorter")
            },
            Self::Reader => NodeTraits {
                takes: EdgeType::Route,
                ..of("Reader")
            },
            Self::Lister => NodeTraits {
                gives: EdgeType::List,
                ..of("Lister")
            },
            Self::Mender => of("Mender"),
            Self::StandIn => NodeTraits {
                gives: EdgeType::Pair,
                ..of("StandIn").fails().retries(1, (3, 30_000))
            },
            Self::ToldStandIn => NodeTraits {
                gives: EdgeType::Pair,
                ..of("ToldStandIn")
            },
            Self::Part(_) => of("Part"),
            Self::Play(place) => of("Play").retries((place % 2) as u32, (3, 30_000)),
            Self::Tie(takes) => NodeTraits {
                takes,
                ..of(takes.tie()).fails().retries(1, (3, 30_000))
            },
        }
    }
}
