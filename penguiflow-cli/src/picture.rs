//! A graph in the form that was asked for.

use penguiflow::{StoredGraph, Theme};

use crate::args::Picture;

impl Picture {
    /// The picture; none if none was named.
    pub(crate) fn of(&self, graph: &StoredGraph) -> Option<String> {
        match self {
            Self { svg: true, .. } => Some(self.svg_of(graph)),
            Self { mermaid: true, .. } => Some(graph.to_mermaid()),
            Self { dot: true, .. } => Some(graph.to_dot()),
            _ => None,
        }
    }

    fn svg_of(&self, graph: &StoredGraph) -> String {
        let mut svg = graph.svg();
        if self.types {
            svg = svg.types();
        }
        if self.dark {
            svg = svg.theme(Theme::Dark);
        }
        svg.to_string()
    }
}
