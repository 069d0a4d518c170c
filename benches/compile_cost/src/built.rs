//! Flows that are built and not only checked: what LLVM is given, and what it makes of it.

use anyhow::Result;
use report::Samples;

use crate::flows::Shape;
use crate::project::{FLOWS, Project};

/// A flow that was built.
pub(crate) struct Built {
    pub(crate) shape: Shape,
    pub(crate) nodes: usize,
    /// The CPU seconds of an optimised build, run by run.
    pub(crate) release: Vec<f64>,
    /// The lines of what LLVM is given in a build that is not optimised.
    pub(crate) llvm_lines: usize,
}

impl Built {
    pub(crate) fn least(&self) -> f64 {
        Samples::of(self.release.iter().copied()).min()
    }
}

/// A flow of each shape, of which nothing but the program itself is built.
pub(crate) fn measure(runs: usize) -> Result<Vec<Built>> {
    let project = Project::new(FLOWS, false)?;
    project.cost_of_release(&Shape::Line.program(10, true))?;
    let flows = [(Shape::Line, 50), (Shape::Mixed, 48)].into_iter();
    flows
        .map(|(shape, nodes)| built(&project, shape, nodes, runs))
        .collect()
}

fn built(project: &Project, shape: Shape, nodes: usize, runs: usize) -> Result<Built> {
    let program = shape.program(nodes, true);
    let mut release = Vec::new();
    for run in 0..runs {
        eprintln!("{nodes} nodes, {}, built", shape.name());
        // Cargo builds nothing anew unless something has changed.
        let program = format!("{program}// {run}\n");
        release.push(project.cost_of_release(&program)?.cpu);
    }
    Ok(Built {
        shape,
        nodes,
        release,
        llvm_lines: project.llvm_ir(&program)?.lines().count(),
    })
}
