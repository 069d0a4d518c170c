//! Writes the seeds of the target `frontier`: a trace of each flow, after each of its steps.

#[path = "../fuzz_targets/frontier/flows.rs"]
mod flows;
#[expect(dead_code, reason = "the target runs what this writes")]
#[path = "../fuzz_targets/frontier/stored.rs"]
mod stored;

use std::fs;
use std::path::Path;

use crate::flows::FLOWS;

fn main() -> std::io::Result<()> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/frontier");
    fs::create_dir_all(&seeds)?;
    for (name, flow) in FLOWS {
        for (stage, text) in flow().texts().into_iter().enumerate() {
            fs::write(
                seeds.join(format!("{name}-{stage:02}")),
                format!("{name}\n{text}"),
            )?;
        }
    }
    Ok(())
}
