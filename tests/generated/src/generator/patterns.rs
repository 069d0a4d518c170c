//! Joins and the patterns of arms: the words in which branches meet and part. What they mean
//! is decided by the reference.

use super::EdgeType;

/// How branches join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// `join`
    Join,
    /// `race`
    Race,
    /// `quorum(k)`
    Quorum(usize),
    /// `settle`
    Settle,
}

impl JoinKind {
    /// As it is written.
    pub fn word(self) -> String {
        match self {
            Self::Join => "join".to_owned(),
            Self::Race => "race".to_owned(),
            Self::Quorum(wanted) => format!("quorum({wanted})"),
            Self::Settle => "settle".to_owned(),
        }
    }

    /// What it is called in the graph.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Race => "race",
            Self::Quorum(_) => "quorum",
            Self::Settle => "settle",
        }
    }

    /// Whether it may drop branches.
    pub fn drops(self) -> bool {
        self != Self::Join
    }
}

/// The pattern of an arm, and what it passes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What it looks for.
    pub pattern: Pattern,
    /// What goes on.
    pub passes: Passes,
}

/// What an arm looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pattern {
    /// Anything.
    Any,
    /// A load of a calm mood.
    Calm,
    /// A load that leans this way.
    Leans(u8),
    /// A load that wants another round.
    Round,
    /// The near route.
    Near,
    /// The far route, if it is odd.
    FarOdd,
    /// The far route.
    Far,
    /// A pair whose first load leans this way.
    PairLeans(u8),
    /// A pair.
    Pair,
    /// Two branches that went well.
    BothWell,
    /// One branch that went well.
    OneWell,
}

/// What an arm passes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passes {
    /// The whole value.
    Whole,
    /// A load that the pattern binds.
    Bound,
    /// That load, changed by an expression.
    Marked,
}

/// What a load that is passed on by an expression has passed.
pub const MARK: u16 = 901;

impl Rule {
    /// The pattern and its guard, as they are written.
    pub fn pattern(self) -> String {
        let load = match self.passes {
            Passes::Whole => "_",
            _ => "load",
        };
        match self.pattern {
            Pattern::Any => "other".to_owned(),
            Pattern::Calm if self.passes == Passes::Whole => "Load { mood: Mood::Calm, .. }".into(),
            Pattern::Calm => "load @ Load { mood: Mood::Calm, .. }".to_owned(),
            Pattern::Leans(way) => format!("load if load.leans({way})"),
            Pattern::Round => "load if load.goes_round()".to_owned(),
            Pattern::Near => format!("Route::Near({load})"),
            Pattern::FarOdd if self.passes == Passes::Whole => {
                "Route::Far { odd: true, .. }".to_owned()
            }
            Pattern::FarOdd => "Route::Far { load, odd: true }".to_owned(),
            Pattern::Far if self.passes == Passes::Whole => "Route::Far { .. }".to_owned(),
            Pattern::Far => "Route::Far { load, odd: _ }".to_owned(),
            Pattern::PairLeans(way) => format!("(load, _) if load.leans({way})"),
            Pattern::Pair => format!("(_, {load})"),
            Pattern::BothWell => format!("(Ok({load}), Ok(_))"),
            Pattern::OneWell => format!("(Ok({load}), Err(_)) | (Err(_), Ok({load}))"),
        }
    }

    /// What is written after the first node of the arm.
    pub fn passed(self) -> String {
        let load = match self.pattern {
            Pattern::Any => "other",
            _ => "load",
        };
        match self.passes {
            Passes::Whole => String::new(),
            Passes::Bound => format!("({load})"),
            Passes::Marked => format!("({load}.past({MARK}))"),
        }
    }

    /// What the arm's chain takes, in a `match` on this.
    pub fn gives(self, matched: EdgeType) -> EdgeType {
        match self.passes {
            Passes::Whole => matched,
            _ => EdgeType::Load,
        }
    }
}
