//! `penguiflow draw`

use std::fs;
use std::io::Read;

use anyhow::{Context, Result};
use penguiflow::StoredGraph;

use crate::args::Draw;

pub(super) fn run(args: &Draw) -> Result<String> {
    let name = args.graph.display();
    let text = match args.graph.as_os_str() == "-" {
        true => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map(|_| text)
        }
        false => fs::read_to_string(&args.graph),
    };
    let text = text.with_context(|| format!("`{name}` cannot be read"))?;
    let graph = StoredGraph::from_json(&text).with_context(|| format!("`{name}` is no graph"))?;
    Ok(args
        .picture
        .of(&graph)
        .unwrap_or_else(|| graph.to_mermaid()))
}
