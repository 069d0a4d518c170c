//! Writes the flows of `tests/hygiene` anew, with the name of penguiflow given to each macro.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let original = "../hygiene/src/flows.rs";
    println!("cargo::rerun-if-changed={original}");
    let flows = std::fs::read_to_string(original)?;
    // What describes the file is said where it is included.
    let items = flows.trim_start_matches(|c| c != '\n');
    let items = items
        .replace("use ::penguiflow::", "use ::pf::")
        .replace("#[node(", "#[node(crate = ::pf, ")
        .replace("#[node]", "#[node(crate = ::pf)]")
        .replace("#[flow(", "#[flow(crate = ::pf, ")
        .replace("FromRef)]", "FromRef)]\n#[from_ref(crate = ::pf)]")
        .replace("Retryable)]", "Retryable)]\n#[retryable(crate = ::pf)]");
    let (head, flows) = items.split_once("flow! {").ok_or("there are flows")?;
    let flows: String = flows.split("flow! {").map(told).collect();
    let out = std::env::var("OUT_DIR")?;
    let renamed = Path::new(&out).join("flows.rs");
    Ok(std::fs::write(renamed, head.to_owned() + &flows)?)
}

/// A flow, with the option if it has none yet, and what follows it.
fn told(flow: &str) -> String {
    let body = flow.split("\n}").next().unwrap_or_default();
    match body.contains("#[flow(") {
        true => format!("flow! {{{flow}"),
        false => format!("flow! {{ #[flow(crate = ::pf)]{flow}"),
    }
}
