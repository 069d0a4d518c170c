//! The graphs of the sample are those that were drawn.

use penguiflow::Graph;
use penguiflow_generated_tests::generator::{Chain, NodeTraits, Plan, Shape, Stage};
use penguiflow_generated_tests::{CaseReport, sample};

/// The const table that `flow!` emits says what its text says: nodes, edges, loops,
/// entries, exits and policies.
#[test]
fn each_graph_is_the_one_that_was_drawn() {
    for (plan, subject) in sample() {
        let _report = CaseReport::of(&plan);
        let graph = subject.graph();
        check_policies(graph, &plan);
        match plan.tree() {
            [] => check_graph(graph, &plan),
            chains => check_tree(graph, &plan, chains),
        }
    }
}

fn check_policies(graph: &Graph, plan: &Plan) {
    for info in graph.nodes {
        let Some(node) = plan.node(info.name) else {
            continue;
        };
        let traits = plan.nodes[node].traits();
        // Its attempts send nothing, so silence ends them as a timeout does.
        let timeout = info.policy.timeout.or(info.policy.idle);
        let timeout = timeout.map(|limit| limit.as_millis() as u64);
        assert_eq!(info.policy.retries, traits.retries);
        assert_eq!(info.policy.concurrency, traits.limit);
        assert_eq!(timeout, traits.timed.then_some(NodeTraits::TIMEOUT_MS));
        if plan.nodes[node].played().is_none() {
            assert_eq!(info.can_end, traits.can_end_a_loop());
        }
        for attempts in 1..=traits.retries {
            let wait = info.policy.backoff.longest(attempts).as_millis() as u64;
            assert_eq!(wait, traits.wait(attempts));
            // The reference model knows no chance.
            assert!(!info.policy.backoff.jitter);
        }
    }
}

fn check_graph(graph: &Graph, plan: &Plan) {
    let nodes = plan.mentioned();
    let drawn: Vec<_> = nodes.iter().map(|node| plan.name(*node)).collect();
    assert_eq!(names(graph), drawn);
    assert_eq!(shape(graph, &nodes), plan.shape());
}

fn names(graph: &Graph) -> Vec<String> {
    graph
        .nodes
        .iter()
        .map(|node| node.name.to_owned())
        .collect()
}

/// The graph's shape, in the plan's numbers.
fn shape(graph: &Graph, nodes: &[usize]) -> Shape {
    let edges = graph.edges.iter();
    Shape {
        entries: graph.entries.iter().map(|node| nodes[*node]).collect(),
        exits: graph.exits.iter().map(|node| nodes[*node]).collect(),
        edges: edges
            .map(|edge| (nodes[edge.from], nodes[edge.to], edge.is_hop))
            .collect(),
    }
}

/// Edges by the names of their ends, each with whether it goes round a loop.
type Edges = Vec<(String, String, bool)>;

fn check_tree(graph: &Graph, plan: &Plan, chains: &[Chain]) {
    let mut drawing = Drawing {
        plan,
        edges: Vec::new(),
    };
    let (mut entries, mut exits) = (Vec::new(), Vec::new());
    for chain in chains {
        let ends = drawing.chain(chain, &["OpenSea".to_owned()]);
        exits.extend(ends);
    }
    let mut edges = drawing.edges;
    edges.retain(|(from, to, _)| {
        if from == "OpenSea" {
            entries.push(to.clone());
        }
        from != "OpenSea"
    });
    let name = |place: &usize| graph.nodes[*place].name.to_owned();
    let found = graph.edges.iter();
    let found = found.map(|edge| (name(&edge.from), name(&edge.to), edge.is_hop));
    assert_eq!(sorted(found.collect()), sorted(edges));
    assert_eq!(
        sorted(graph.entries.iter().map(name).collect()),
        sorted(entries)
    );
    assert_eq!(
        sorted(graph.exits.iter().map(name).collect()),
        sorted(exits)
    );
}

fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort();
    all
}

struct Drawing<'a> {
    plan: &'a Plan,
    edges: Edges,
}

impl Drawing<'_> {
    /// Draws what comes after these nodes, and returns the last ones of it.
    fn chain(&mut self, chain: &[Stage], from: &[String]) -> Vec<String> {
        let begin = from.to_vec();
        chain
            .iter()
            .fold(begin, |from, stage| self.stage(stage, &from))
    }

    fn stage(&mut self, stage: &Stage, from: &[String]) -> Vec<String> {
        match stage {
            Stage::Node(node) => self.node(self.plan.name(*node), from),
            Stage::HandOn => from.to_vec(),
            Stage::Fallback(nodes) => self.fallback(nodes, from),
            Stage::Map(map) => {
                let [first, last] = map.names.clone();
                let begin = self.node(first, from);
                let ends = self.chain(&map.chain, &begin);
                self.node(last, &ends)
            }
            Stage::Await(place) => {
                let mut ends = self.node("await Load".to_owned(), from);
                if let Some(node) = place.fallback {
                    let after = self.node(self.plan.name(node), &ends);
                    ends.extend(after);
                }
                ends
            }
            Stage::Group(branches) => self.all(branches.iter(), from),
            Stage::Match(arms) => self.all(arms.iter().map(|arm| &arm.chain), from),
            Stage::Join(join) => {
                let ends = self.all(join.branches.iter(), from);
                self.node(join.name.clone(), &ends)
            }
            Stage::Loop(round) => {
                let heads = self.fallback(&round.heads, from);
                self.chain(&round.body, &heads)
            }
            Stage::Back(head) => {
                self.link(from, &self.plan.name(*head), true);
                Vec::new()
            }
        }
    }

    /// Each node leads to the next one, and all to what follows.
    fn fallback(&mut self, nodes: &[usize], from: &[String]) -> Vec<String> {
        let names: Vec<_> = nodes.iter().map(|node| self.plan.name(*node)).collect();
        self.link(from, &names[0], false);
        for pair in names.windows(2) {
            self.link(&pair[..1], &pair[1], false);
        }
        names
    }

    /// The ends of several chains, each once.
    fn all<'c>(&mut self, chains: impl Iterator<Item = &'c Chain>, from: &[String]) -> Vec<String> {
        let ends = chains.flat_map(|chain| self.chain(chain, from)).collect();
        let mut ends = sorted(ends);
        ends.dedup();
        ends
    }

    fn node(&mut self, name: String, from: &[String]) -> Vec<String> {
        self.link(from, &name, false);
        vec![name]
    }

    fn link(&mut self, from: &[String], to: &str, is_hop: bool) {
        let edges = from
            .iter()
            .map(|from| (from.clone(), to.to_owned(), is_hop));
        self.edges.extend(edges);
    }
}
