//! The kinds of nodes that flows are made of, and what is known of each. `nodes` in the
//! library defines them for the compiler; the two are compared by a test.

/// A kind of node: a struct that is named by a `let`, or a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
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
}

/// What travels along an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freight {
    /// A load.
    Load,
    /// A load in a carton.
    Carton,
}

/// What is known of a kind of node.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// The name of its type.
    pub name: &'static str,
    /// What it takes.
    pub takes: Freight,
    /// What follows its edges.
    pub gives: Freight,
    /// Whether it may return an error.
    pub fails: bool,
    /// How often a failed attempt is tried again.
    pub retries: u32,
    /// Whether every error is tried again, whatever it says.
    pub stubborn: bool,
    /// Whether it has a timeout, of [`Habits::TIMEOUT_MS`].
    pub timed: bool,
    /// How many visits may run at once.
    pub limit: Option<usize>,
    /// Whether it may end the path with `None`.
    pub ends: bool,
    /// Whether it may leave the flow with `Break`.
    pub leaves: bool,
    /// Whether it sets the topic.
    pub stamps: bool,
    /// Whether it runs in a task of its own.
    pub spawned: bool,
    /// A function's number. Structs are given theirs by the plan.
    pub function: Option<u16>,
}

impl Habits {
    /// The timeout of all nodes that have one.
    pub const TIMEOUT_MS: u64 = 40;

    const PLAIN: Self = Self {
        name: "Plain",
        takes: Freight::Load,
        gives: Freight::Load,
        fails: false,
        retries: 0,
        stubborn: false,
        timed: false,
        limit: None,
        ends: false,
        leaves: false,
        stamps: false,
        spawned: false,
        function: None,
    };

    /// Whether it may do anything but follow the edges.
    pub fn can_end_a_loop(&self) -> bool {
        self.ends || self.leaves
    }
}

impl Kind {
    /// All kinds.
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
    pub fn habits(self) -> Habits {
        let plain = Habits::PLAIN;
        match self {
            Self::Plain => plain,
            Self::Trier => Habits {
                name: "Trier",
                fails: true,
                retries: 2,
                ..plain
            },
            Self::Sieve => Habits {
                name: "Sieve",
                ends: true,
                ..plain
            },
            Self::Fork => Habits {
                name: "Fork",
                leaves: true,
                ..plain
            },
            Self::Racer => Habits {
                name: "Racer",
                timed: true,
                retries: 1,
                ..plain
            },
            Self::Narrow => Habits {
                name: "Narrow",
                limit: Some(1),
                ..plain
            },
            Self::Postmark => Habits {
                name: "Postmark",
                stamps: true,
                ..plain
            },
            Self::Daring => Habits {
                name: "Daring",
                fails: true,
                retries: 1,
                leaves: true,
                stamps: true,
                ..plain
            },
            Self::Choosy => Habits {
                name: "Choosy",
                fails: true,
                retries: 1,
                timed: true,
                limit: Some(2),
                ends: true,
                ..plain
            },
            Self::Packer => Habits {
                name: "Packer",
                gives: Freight::Carton,
                ..plain
            },
            Self::Unpacker => Habits {
                name: "Unpacker",
                takes: Freight::Carton,
                fails: true,
                ..plain
            },
            Self::Runaway => Habits {
                name: "Runaway",
                fails: true,
                retries: 1,
                timed: true,
                spawned: true,
                ..plain
            },
            Self::Wade => Habits {
                name: "wade",
                function: Some(100),
                ..plain
            },
            Self::Dive => Habits {
                name: "dive",
                ends: true,
                function: Some(101),
                ..plain
            },
            Self::Slide => Habits {
                name: "slide",
                leaves: true,
                function: Some(102),
                ..plain
            },
            Self::Preen => Habits {
                name: "preen",
                fails: true,
                retries: 3,
                stubborn: true,
                function: Some(103),
                ..plain
            },
        }
    }
}
