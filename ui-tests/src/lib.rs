//! Every compile error of penguiflow as a user sees it: what the tests read.

use std::fs;
use std::path::Path;

/// A program that does not compile, with what rustc prints.
pub struct Case {
    /// Its file's name, which begins with the word of its fault: `edge_in_a_chain`.
    pub name: String,
    /// The program.
    pub source: String,
    /// What rustc prints.
    pub shown: String,
}

/// All cases, by their names.
///
/// # Panics
///
/// If a case has no expectation beside it.
pub fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail");
    let files = fs::read_dir(folder).expect("the cases are there");
    let paths = files.map(|file| file.expect("a folder can be listed").path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    paths.sort();
    paths.iter().map(|path| case(path)).collect()
}

fn case(path: &Path) -> Case {
    let name = path.file_stem().expect("a case has a name");
    let shown = fs::read_to_string(path.with_extension("stderr"));
    Case {
        name: name.to_string_lossy().into_owned(),
        source: fs::read_to_string(path).expect("a case is text"),
        shown: shown.expect("a case has an expectation beside it"),
    }
}
