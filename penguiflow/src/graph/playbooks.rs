//! The flows among a flow's nodes, to find those that contain themselves. Nothing else is known of
//! a flow here: the constants of flows that contain each other cannot be evaluated.

use super::proof::is_same;

/// A flow, and those that are its nodes. It is a static, which may lead to itself, as a constant
/// may not.
#[derive(Debug)]
pub struct Playbooks {
    flow: Site,
    nodes: &'static [&'static Self],
}

/// The playbooks of a node that is not a flow.
#[derive(Debug)]
pub struct NoPlaybooks;

impl NoPlaybooks {
    /// None.
    pub const fn all() -> &'static Playbooks {
        &Playbooks::NONE
    }
}

/// Where a flow is written, which distinguishes it from all others.
#[derive(Debug)]
struct Site {
    module: &'static str,
    name: &'static str,
    line: u32,
    column: u32,
}

/// The most flows that are looked at.
const MOST: usize = 256;

impl Playbooks {
    /// The playbooks of a function.
    pub const NONE: Self = Self::of("", "", (0, 0), &[]);

    /// The playbooks of the flow with this name, in this module, line and column.
    pub const fn of(
        module: &'static str,
        name: &'static str,
        (line, column): (u32, u32),
        nodes: &'static [&'static Self],
    ) -> Self {
        let flow = Site {
            module,
            name,
            line,
            column,
        };
        Self { flow, nodes }
    }

    /// Whether this flow is a node of its own node again. Of the flows that contain each other,
    /// the last one alone reports it.
    pub const fn leads_back(&self, node: &'static Self) -> bool {
        let reached = Reached::from(node);
        if !reached.has(self) {
            return false;
        }
        let mut place = 0;
        while place < reached.many {
            let other = reached.flows[place];
            if self.flow.is_before(&other.flow) && Reached::from(other).has(self) {
                return false;
            }
            place += 1;
        }
        true
    }
}

impl Site {
    const fn is(&self, other: &Self) -> bool {
        self.line == other.line
            && self.column == other.column
            && is_same(self.name, other.name)
            && is_same(self.module, other.module)
    }

    const fn is_before(&self, other: &Self) -> bool {
        self.line < other.line || self.line == other.line && self.column < other.column
    }
}

/// The flows that a flow leads to, itself among them, each once.
struct Reached {
    flows: [&'static Playbooks; MOST],
    many: usize,
}

impl Reached {
    const fn from(flow: &'static Playbooks) -> Self {
        let mut reached = Self {
            flows: [flow; MOST],
            many: 0,
        };
        reached.add(flow);
        let mut place = 0;
        while place < reached.many {
            let nodes = reached.flows[place].nodes;
            let mut node = 0;
            while node < nodes.len() {
                reached.add(nodes[node]);
                node += 1;
            }
            place += 1;
        }
        reached
    }

    /// Functions lead nowhere.
    const fn add(&mut self, flow: &'static Playbooks) {
        if !flow.nodes.is_empty() && self.many < MOST && !self.has(flow) {
            self.flows[self.many] = flow;
            self.many += 1;
        }
    }

    const fn has(&self, flow: &Playbooks) -> bool {
        let mut place = 0;
        while place < self.many {
            if self.flows[place].flow.is(&flow.flow) {
                return true;
            }
            place += 1;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::Playbooks;

    static ALONE: Playbooks = Playbooks::of("m", "Alone", (9, 1), &[&Playbooks::NONE]);
    static OUTSIDE: Playbooks = Playbooks::of("m", "Outside", (8, 1), &[&FIRST, &ALONE]);
    static FIRST: Playbooks = Playbooks::of("m", "First", (1, 1), &[&Playbooks::NONE, &SECOND]);
    static SECOND: Playbooks = Playbooks::of("m", "Second", (2, 1), &[&ALONE, &THIRD]);
    static THIRD: Playbooks = Playbooks::of("n", "Third", (3, 1), &[&FIRST]);
    static ITSELF: Playbooks = Playbooks::of("m", "Itself", (4, 1), &[&ITSELF, &FIRST]);

    #[test]
    fn the_last_of_the_flows_that_contain_each_other_says_so() {
        assert!(THIRD.leads_back(&FIRST));
        assert!(!FIRST.leads_back(&SECOND));
        assert!(!SECOND.leads_back(&THIRD));
        assert!(ITSELF.leads_back(&ITSELF));
        assert!(!ITSELF.leads_back(&FIRST));
    }

    #[test]
    fn a_flow_that_is_not_among_them_does_not() {
        assert!(!OUTSIDE.leads_back(&FIRST));
        assert!(!OUTSIDE.leads_back(&ALONE));
        assert!(!ALONE.leads_back(&Playbooks::NONE));
    }

    /// As a `macro_rules` makes them.
    #[test]
    fn flows_of_one_line_are_told_apart_by_their_names() {
        static ONE: Playbooks = Playbooks::of("m", "One", (1, 1), &[&OTHER]);
        static OTHER: Playbooks = Playbooks::of("m", "Other", (1, 1), &[&Playbooks::NONE]);
        assert!(!ONE.leads_back(&OTHER));
    }
}
