//! The handbook shows the README's program, which is compiled.

use std::fs;
use std::path::Path;

/// The first program of a page.
fn program(page: &str, fence: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = fs::read_to_string(path).expect("the page is there");
    let (_, rest) = text.split_once(fence).expect("a program");
    let (program, _) = rest.split_once("```").expect("its end");
    program.to_owned()
}

#[test]
fn the_handbook_has_the_program_of_the_readme() {
    let of_readme = program("README.md", "```rust,no_run\n");
    let of_handbook = program("../docs/observing.md", "```rust,ignore\n");
    assert_eq!(of_handbook, of_readme);
}
