//! Large flows, beside the same nodes without the flow.

use anyhow::Result;
use report::Samples;

use crate::flows::Shape;
use crate::project::{FLOWS, Project};

/// The CPU seconds of `cargo check`, run by run.
pub(crate) struct Large {
    pub(crate) shape: Shape,
    pub(crate) nodes: usize,
    pub(crate) alone: Vec<f64>,
    pub(crate) in_a_flow: Vec<f64>,
    /// The bytes that rustc needs with the flow, if that was more than ever before.
    pub(crate) peak: Option<u64>,
}

/// Flows of more nodes are checked once only.
const MANY: usize = 600;

/// All shapes in their sizes up to this one; with and without the flow in turn, so that what
/// else the machine does hits both alike.
pub(crate) fn measure(runs: usize, up_to: usize) -> Result<Vec<Large>> {
    let project = Project::new(FLOWS, false)?;
    project.cost("check", &Shape::Line.program(10, true))?;
    let all = Shape::ALL
        .into_iter()
        .flat_map(|shape| shape.sizes().iter().map(move |&nodes| (shape, nodes)));
    all.filter(|&(_, nodes)| nodes <= up_to)
        .map(|(shape, nodes)| measured(&project, shape, nodes, runs))
        .collect()
}

fn measured(project: &Project, shape: Shape, nodes: usize, runs: usize) -> Result<Large> {
    let check = |in_a_flow| project.cost("check", &shape.program(nodes, in_a_flow));
    let runs = if nodes > MANY { 1 } else { runs };
    let (mut alone, mut in_a_flow, mut peak) = (Vec::new(), Vec::new(), None);
    for _ in 0..runs {
        eprintln!("{nodes} nodes, {}", shape.name());
        alone.push(check(false)?.cpu);
        let flow = check(true)?;
        in_a_flow.push(flow.cpu);
        peak = flow.peak.max(peak);
    }
    Ok(Large {
        shape,
        nodes,
        alone,
        in_a_flow,
        peak,
    })
}

impl Large {
    /// What the flow itself costs: the best run with it less the best one without.
    pub(crate) fn least(&self) -> f64 {
        let least = |runs: &[f64]| Samples::of(runs.iter().copied()).min();
        least(&self.in_a_flow) - least(&self.alone)
    }

    /// The same, as the median of each run's difference.
    pub(crate) fn median(&self) -> f64 {
        let pairs = self.in_a_flow.iter().zip(&self.alone);
        Samples::of(pairs.map(|(flow, alone)| flow - alone)).median()
    }
}

/// The flow of this shape and size, if it was measured.
pub(crate) fn of(large: &[Large], shape: Shape, nodes: usize) -> Option<&Large> {
    let mut all = large.iter();
    all.find(|one| one.shape == shape && one.nodes == nodes)
}

/// How many times more the largest flow of a shape costs than the one of 200 nodes, and how many
/// times more nodes it has.
pub(crate) fn growth(large: &[Large], shape: Shape) -> Option<(f64, f64)> {
    let all = || large.iter().filter(|one| one.shape == shape);
    let first = all().find(|one| one.nodes >= 200)?;
    let last = all().next_back()?;
    let nodes = last.nodes as f64 / first.nodes as f64;
    (nodes > 1.0).then(|| (last.least() / first.least(), nodes))
}

#[cfg(test)]
mod tests {
    use super::{Large, growth};
    use crate::flows::Shape;

    fn line(nodes: usize, alone: [f64; 3], in_a_flow: [f64; 3]) -> Large {
        let (alone, in_a_flow) = (alone.into(), in_a_flow.into());
        Large {
            shape: Shape::Line,
            nodes,
            alone,
            in_a_flow,
            peak: None,
        }
    }

    #[test]
    fn a_flow_costs_what_its_nodes_alone_do_not() {
        let large = line(200, [2.0, 1.0, 4.0], [3.0, 4.0, 4.5]);
        assert_eq!((large.least(), large.median()), (2.0, 1.0));
    }

    #[test]
    fn growth_is_that_of_one_shape() {
        let large = [line(200, [1.0; 3], [2.0; 3]), line(600, [1.0; 3], [4.5; 3])];
        assert_eq!(growth(&large, Shape::Line), Some((3.5, 3.0)));
        assert_eq!(growth(&large, Shape::Mixed), None);
    }
}
