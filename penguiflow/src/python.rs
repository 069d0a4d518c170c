//! The types that agents wrote to each other in the Python library, for those who port: with
//! its field names and defaults, so that its documents read back.
//!
//! | there | in this library |
//! |---|---|
//! | [`WM`] | the message of a loop, if its facts need no types: a struct of your own otherwise |
//! | `WM.hops`, `WM.budget_hops` | kept, but not read: a flow counts the rounds of its loops itself, bounded by `hops(n)` |
//! | [`FinalAnswer`] | what a loop breaks with: `ControlFlow<FinalAnswer, WM>` |
//! | [`Thought`], [`PlanStep`] | what a node outputs that plans; [`PlanKind`] is what a `match` routes by |
//! | `PlanStep.max_concurrency` | the `n` of [`map_concurrent`](crate::map_concurrent) |
//!
//! ```
//! use penguiflow::prelude::*;
//! use penguiflow::python::{FinalAnswer, WM};
//!
//! #[node]
//! async fn controller(memory: WM) -> ControlFlow<FinalAnswer, WM> {
//!     let hops = memory.hops;
//!     if hops == 3 {
//!         return ControlFlow::Break(FinalAnswer::new(format!("answer after {hops} hops")));
//!     }
//!     ControlFlow::Continue(memory.fact(format!("fact-{hops}")).hops(hops + 1))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), FlowError> {
//! let flow = flow! { controller -> controller };
//! let answer = flow.run_json(r#"{"query": "latest metrics"}"#).await?;
//! assert_eq!(answer.text, "answer after 3 hops");
//! # Ok(())
//! # }
//! ```

use serde::{Deserialize, Serialize};
// Not exported again: with its variant `String` in sight, rustc would write
// `std::string::String` in every message about a flow.
use serde_json::{Map, Value};

/// A working memory: what a controller's loop has gathered about a query.
///
/// ```
/// use penguiflow::python::WM;
///
/// let memory = WM::new("where do penguins live?").fact("on ice").confidence(0.5);
/// assert_eq!((memory.facts.len(), memory.hops, memory.budget_hops), (1, 0, 8));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WM {
    /// The question to answer.
    pub query: String,
    /// The facts found so far.
    #[serde(default)]
    pub facts: Vec<Value>,
    /// How many rounds were taken. A flow counts them itself, and does not read this.
    #[serde(default)]
    pub hops: u32,
    /// How many rounds may be taken. A flow does not read this: give it to `hops(n)` of the
    /// message or the flow.
    #[serde(default = "budget_hops")]
    pub budget_hops: u32,
    /// How sure the facts make of an answer, from 0 to 1.
    #[serde(default)]
    pub confidence: f64,
}

fn budget_hops() -> u32 {
    8
}

impl WM {
    /// A memory without facts or hops, with a budget of 8 hops.
    pub fn new(query: impl Into<String>) -> Self {
        Self {
            query: query.into(),
            facts: Vec::new(),
            hops: 0,
            budget_hops: budget_hops(),
            confidence: 0.0,
        }
    }

    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, fact: impl Into<Value>) -> Self {
        self.facts.push(fact.into());
        self
    }

    /// Sets how many rounds were taken.
    #[must_use]
    pub fn hops(mut self, rounds: u32) -> Self {
        self.hops = rounds;
        self
    }

    /// Sets how many rounds may be taken.
    #[must_use]
    pub fn budget_hops(mut self, rounds: u32) -> Self {
        self.budget_hops = rounds;
        self
    }

    /// Sets how sure the facts make of an answer, from 0 to 1.
    #[must_use]
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = confidence;
        self
    }
}

/// The next step of an agent, and its reason.
///
/// ```
/// use penguiflow::python::{PlanKind, PlanStep, Thought};
///
/// let look = PlanStep::new(PlanKind::Retrieve).arg("top", 5);
/// let thought = Thought::new("the handbook may say it").step(look);
/// assert!(!thought.done);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Thought {
    /// The steps, in order.
    pub steps: Vec<PlanStep>,
    /// Why.
    pub rationale: String,
    /// Whether nothing is left to do after it.
    #[serde(default)]
    pub done: bool,
}

impl Thought {
    /// A thought without steps that is not the last one.
    pub fn new(rationale: impl Into<String>) -> Self {
        Self {
            steps: Vec::new(),
            rationale: rationale.into(),
            done: false,
        }
    }

    /// Adds a step.
    #[must_use]
    pub fn step(mut self, step: PlanStep) -> Self {
        self.steps.push(step);
        self
    }

    /// Makes it the last one.
    #[must_use]
    pub fn done(mut self) -> Self {
        self.done = true;
        self
    }
}

/// One step of a plan.
///
/// ```
/// use penguiflow::python::{PlanKind, PlanStep};
///
/// let step = PlanStep::new(PlanKind::Web).arg("query", "penguins").max_concurrency(4);
/// assert_eq!(step.args["query"], "penguins");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanStep {
    /// The task of the step.
    pub kind: PlanKind,
    /// With what.
    #[serde(default)]
    pub args: Map<String, Value>,
    /// How many calls at a time it may take.
    #[serde(default = "max_concurrency")]
    pub max_concurrency: usize,
}

fn max_concurrency() -> usize {
    1
}

impl PlanStep {
    /// A step without arguments, one call at a time.
    pub fn new(kind: PlanKind) -> Self {
        Self {
            kind,
            args: Map::new(),
            max_concurrency: max_concurrency(),
        }
    }

    /// Adds an argument, or replaces it.
    #[must_use]
    pub fn arg(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.args.insert(name.into(), value.into());
        self
    }

    /// Sets how many calls at a time it may take.
    #[must_use]
    pub fn max_concurrency(mut self, calls: usize) -> Self {
        self.max_concurrency = calls;
        self
    }
}

/// The kinds of [`PlanStep`]. There are no others, so a `match` needs no last arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlanKind {
    /// Look into an index of one's own.
    Retrieve,
    /// Search the web.
    Web,
    /// Ask a database.
    Sql,
    /// Make it shorter.
    Summarize,
    /// Choose who goes on.
    Route,
    /// Do nothing more.
    Stop,
}

/// The answer that a loop ends with.
///
/// ```
/// use penguiflow::python::FinalAnswer;
///
/// let answer = FinalAnswer::new("on ice").citation("birds.md:12");
/// assert_eq!(answer.citations, ["birds.md:12"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FinalAnswer {
    /// The answer.
    pub text: String,
    /// The facts that it rests on.
    #[serde(default)]
    pub citations: Vec<String>,
}

impl FinalAnswer {
    /// An answer without citations.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            citations: Vec::new(),
        }
    }

    /// Adds what it rests on.
    #[must_use]
    pub fn citation(mut self, source: impl Into<String>) -> Self {
        self.citations.push(source.into());
        self
    }
}
