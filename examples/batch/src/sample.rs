//! Makes a file of records, and the decisions on the large ones: the same ones each time.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// One record of so many is large.
const LARGE: u64 = 2_500;
/// One line of so many was cut off.
const CUT: u64 = 7_001;

/// Writes a file with this number of records.
pub(crate) fn records(file: &Path, count: u64) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(file)?);
    for number in 1..=count {
        writeln!(file, "{}", record(number))?;
    }
    file.flush()
}

/// Writes the decisions on the large records among so many: every third is denied.
pub(crate) fn decisions(file: &Path, count: u64) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(file)?);
    for number in (LARGE..=count).step_by(LARGE as usize) {
        let approved = !number.is_multiple_of(3 * LARGE);
        writeln!(
            file,
            r#"{{"order": "R-{number}", "approved": {approved}, "by": "Ada"}}"#
        )?;
    }
    file.flush()
}

fn record(number: u64) -> String {
    let cents = match number % LARGE {
        0 => 100_000 + number,
        _ => 500 + number * 7_919 % 50_000,
    };
    let customer = number % 5_000 + 1;
    let end = if number.is_multiple_of(CUT) { "" } else { "}" };
    format!(r#"{{"order": "R-{number}", "customer": "C-{customer}", "cents": {cents}{end}"#)
}
