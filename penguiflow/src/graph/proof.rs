//! What is proved of a graph while it is compiled, beyond what types can say.

use super::Graph;

/// Whether the loop that the edge `from -> to` closes can end: on every way round it, some
/// node can end the path. `N` is the number of nodes.
pub const fn loop_can_end<const N: usize>(graph: &Graph, from: usize, to: usize) -> bool {
    // Whatever can be reached from `to` over nodes that never end a path. Each round
    // carries it one edge further, so N rounds carry it as far as it goes.
    let mut reached = [false; N];
    reached[to] = !graph.nodes[to].leaves;
    let mut round = 0;
    while round < N {
        let mut edge = 0;
        while edge < graph.edges.len() {
            let (from, to) = (graph.edges[edge].from, graph.edges[edge].to);
            reached[to] |= reached[from] && !graph.nodes[to].leaves;
            edge += 1;
        }
        round += 1;
    }
    !reached[from]
}

/// Stops the compiler with a message, at the caller's place.
#[track_caller]
pub const fn fault(message: &'static str) -> ! {
    panic!("{}", message)
}
