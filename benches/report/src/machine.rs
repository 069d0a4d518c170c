//! What was measured on.

use std::process::Command;
use std::{fs, thread};

use anyhow::Result;
use serde::Serialize;

/// The machine and the compiler.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// The processor.
    pub cpu: String,
    /// How many of its cores there are.
    pub cores: usize,
    /// Its memory in GB, on Linux.
    pub memory: Option<u64>,
    /// The version of the kernel, on Linux.
    pub kernel: Option<String>,
    /// The version of the compiler.
    pub rustc: String,
}

impl Machine {
    /// The one that this runs on.
    pub fn here() -> Result<Self> {
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").ok();
        Ok(Self {
            cpu: model(&cpu)
                .unwrap_or("a processor of unknown make")
                .to_owned(),
            cores: thread::available_parallelism()?.get(),
            memory: gigabytes(&memory),
            kernel: kernel.map(|kernel| kernel.trim().to_owned()),
            rustc: rustc()?,
        })
    }
}

/// The compiler's name and version, without its commit.
pub fn rustc() -> Result<String> {
    let version = Command::new("rustc").arg("--version").output()?.stdout;
    let version = String::from_utf8(version)?;
    Ok(version.split(" (").next().unwrap_or_default().to_owned())
}

/// The name in Linux's description of the processors.
fn model(info: &str) -> Option<&str> {
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    let (_, name) = line.split_once(": ")?;
    Some(name)
}

/// The total in Linux's description of the memory.
fn gigabytes(info: &str) -> Option<u64> {
    let mut lines = info.lines();
    let total = lines.find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = total.trim().strip_suffix(" kB")?.parse().ok()?;
    Some((kilobytes * 1024).div_ceil(1_000_000_000))
}

#[cfg(test)]
mod tests {
    use super::{gigabytes, model};

    #[test]
    fn the_name_is_that_of_the_first_processor() {
        let info = "processor\t: 0\nmodel name\t: Penguin 9000\nprocessor\t: 1\nmodel name\t: B\n";
        assert_eq!(model(info), Some("Penguin 9000"));
        assert_eq!(model("CPU part: 0xd0c"), None);
    }

    #[test]
    fn memory_is_told_in_kilobytes() {
        assert_eq!(
            gigabytes("MemTotal:       16000000 kB\nMemFree: 1 kB\n"),
            Some(17)
        );
        assert_eq!(gigabytes(""), None);
    }
}
