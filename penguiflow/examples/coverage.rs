//! Prints what the test binaries that ran with `PENGUIFLOW_COVERAGE=folder` have covered of their
//! flows, and fails if something is missing.

use std::env;
use std::process::ExitCode;

use penguiflow::testing::CoverageReport;

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1) else {
        eprintln!("Usage: coverage FOLDER");
        return ExitCode::FAILURE;
    };
    match CoverageReport::read(folder) {
        Ok(report) => {
            println!("{report}");
            ExitCode::from(u8::from(!report.missing().is_empty()))
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
