//! Writes the sample of random flows as Rust source, for the library to include.
//! `PENGUIFLOW_SEED` and `PENGUIFLOW_FLOWS` choose another sample.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

// The library has the same module, in public and in full use.
#[allow(dead_code, unused_imports, unreachable_pub)]
#[path = "src/generator/mod.rs"]
mod generator;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=src/generator");
    let seed = setting("PENGUIFLOW_SEED", 1)?;
    let flows = setting("PENGUIFLOW_FLOWS", 30)?;
    let source = generator::write_sample(seed, flows);
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    fs::write(Path::new(&out).join("flows.rs"), source)?;
    Ok(())
}

fn setting(name: &str, default: u64) -> Result<u64, Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed={name}");
    match env::var(name) {
        Ok(text) => text
            .parse()
            .map_err(|_| format!("{name} is a number, not `{text}`").into()),
        Err(_) => Ok(default),
    }
}
