//! What was measured on.

use std::process::Command;
use std::{fs, thread};

use anyhow::Result;

/// The processor, its cores, and the compiler.
pub(crate) fn describe() -> Result<String> {
    let cores = thread::available_parallelism()?;
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model(&info).unwrap_or("a processor of unknown make");
    let version = Command::new("rustc").arg("--version").output()?.stdout;
    let version = String::from_utf8(version)?;
    let version = version.split(" (").next().unwrap_or_default();
    Ok(format!("{model}, {cores} cores, {version}"))
}

/// The name in Linux's description of the processors.
fn model(info: &str) -> Option<&str> {
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    let (_, name) = line.split_once(": ")?;
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::model;

    #[test]
    fn the_name_is_that_of_the_first_processor() {
        let info = "processor\t: 0\nmodel name\t: Penguin 9000\nprocessor\t: 1\nmodel name\t: B\n";
        assert_eq!(model(info), Some("Penguin 9000"));
        assert_eq!(model("CPU part: 0xd0c"), None);
    }
}
