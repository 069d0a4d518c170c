//! A flow's outcome, worked out from its plan by walking every way through it, one after
//! the other: no time, no tasks, no engine.

use penguiflow::ErrorKind;

use crate::deed::{Act, deed};
use crate::generator::{Dice, Kind, Plan, Shape};
use crate::load::{Load, Mood};

/// What must become of a message.
#[derive(Debug, Clone, Default)]
pub struct Fate {
    /// The outputs, sorted.
    pub outputs: Vec<Output>,
    /// The errors, one of which ends the trace if there are any.
    pub failures: Vec<Failure>,
    /// The attempts, as node and attempt, sorted. All of them run if nothing fails.
    pub attempts: Vec<(u16, u32)>,
}

/// An output: its payload and its topic.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Output {
    /// The payload.
    pub load: Load,
    /// Where the message was stamped last.
    pub topic: Option<String>,
}

/// A way to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub kind: ErrorKind,
    /// Where.
    pub node: String,
    /// After how many attempts.
    pub attempts: u32,
}

impl Fate {
    /// Whether every path ends in `None`.
    pub fn is_filtered(&self) -> bool {
        self.outputs.is_empty() && self.failures.is_empty()
    }
}

/// The most attempts that a foretold message takes, whatever it meets.
pub const MOST_ATTEMPTS: usize = 300;

/// What must become of this load in this flow; `None` if that takes too many attempts.
pub fn foretell(plan: &Plan, load: &Load, hops: u32) -> Option<Fate> {
    let shape = plan.shape();
    let mut fate = Fate::default();
    let mut walkers: Vec<_> = shape
        .entries
        .iter()
        .map(|node| Walker::at(*node, load))
        .collect();
    while let Some(walker) = walkers.pop() {
        let onward = walker.step(plan, &shape, hops, &mut fate);
        walkers.extend(onward);
        if fate.attempts.len() > MOST_ATTEMPTS {
            return None;
        }
    }
    fate.outputs.sort();
    fate.attempts.sort_unstable();
    Some(fate)
}

/// A random load, and what must become of it.
pub fn throw(dice: &mut Dice, plan: &Plan, hops: u32) -> (Load, Fate) {
    for _ in 0..4 {
        let load = Load::thrown(dice);
        if let Some(fate) = foretell(plan, &load, hops) {
            return (load, fate);
        }
    }
    let load = Load::new(dice.bits(), Mood::Brief);
    let fate = foretell(plan, &load, hops);
    (
        load,
        fate.expect("a load that leaves loops at once is soon done"),
    )
}

/// A message on one way through the flow.
#[derive(Clone)]
struct Walker {
    node: usize,
    load: Load,
    topic: Option<String>,
    rounds: u32,
}

impl Walker {
    fn at(node: usize, load: &Load) -> Self {
        Self {
            node,
            load: load.clone(),
            topic: None,
            rounds: 0,
        }
    }

    /// Runs the node that it is at, and says who goes on from there.
    fn step(mut self, plan: &Plan, shape: &Shape, hops: u32, fate: &mut Fate) -> Vec<Self> {
        let (kind, node) = (plan.nodes[self.node], plan.label(self.node));
        let (act, attempts) = last_act(kind, node, &self.load);
        fate.attempts
            .extend((0..attempts).map(|attempt| (node, attempt)));
        if let Some(kind) = failure(act) {
            let node = plan.name(self.node);
            fate.failures.push(Failure {
                kind,
                node,
                attempts,
            });
            return Vec::new();
        }
        self.pass(kind, node);
        match act {
            Act::End => Vec::new(),
            Act::Leave => self.put_out(fate),
            _ if shape.exits.contains(&self.node) => self.put_out(fate),
            _ => self.go_on(plan, shape, hops, fate),
        }
    }

    fn pass(&mut self, kind: Kind, node: u16) {
        self.load = self.load.past(node);
        if kind.habits().stamps {
            self.topic = Some(node.to_string());
        }
    }

    fn put_out(self, fate: &mut Fate) -> Vec<Self> {
        let Self { load, topic, .. } = self;
        fate.outputs.push(Output { load, topic });
        Vec::new()
    }

    fn go_on(self, plan: &Plan, shape: &Shape, hops: u32, fate: &mut Fate) -> Vec<Self> {
        let mut onward = Vec::new();
        for (to, is_hop) in shape.edges_from(self.node) {
            let rounds = self.rounds + u32::from(is_hop);
            if is_hop && rounds >= hops {
                fate.failures.push(Failure {
                    kind: ErrorKind::BudgetExhausted,
                    node: plan.name(self.node),
                    attempts: 0,
                });
                return Vec::new();
            }
            onward.push(Self {
                node: to,
                rounds,
                ..self.clone()
            });
        }
        onward
    }
}

/// What a visit comes to, after how many attempts.
fn last_act(kind: Kind, node: u16, load: &Load) -> (Act, u32) {
    let habits = kind.habits();
    let mut attempt = 0;
    loop {
        let act = deed(kind, node, load, attempt).act;
        let again = match act {
            Act::Fail { again } => again || habits.stubborn,
            Act::Stall => true,
            _ => false,
        };
        attempt += 1;
        if !again || attempt > habits.retries {
            return (act, attempt);
        }
    }
}

fn failure(act: Act) -> Option<ErrorKind> {
    match act {
        Act::Fail { .. } => Some(ErrorKind::Failed),
        Act::Stall => Some(ErrorKind::TimedOut),
        Act::Panic => Some(ErrorKind::Panicked),
        Act::Pass | Act::End | Act::Leave => None,
    }
}
