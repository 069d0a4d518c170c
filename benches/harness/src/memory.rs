//! How much memory this process holds.

use std::fs;

/// The resident memory in bytes. Linux alone reports it.
pub(crate) fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells how much is resident");
    kilobytes(&status).expect("a line `VmRSS` in kB") * 1024
}

fn kilobytes(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::kilobytes;

    #[test]
    fn resident_memory_stands_in_a_line_of_its_own() {
        assert_eq!(
            kilobytes("VmHWM:\t  9 kB\nVmRSS:\t    1234 kB\n"),
            Some(1234)
        );
        assert_eq!(kilobytes("VmHWM:\t  9 kB\n"), None);
    }
}
