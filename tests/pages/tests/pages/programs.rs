//! Each block of Rust that a reader would paste is a program by itself. They are built as a reader
//! would build them, in a crate with the dependencies that the README names, and outside of
//! rustdoc, which hides lines.

use std::fs;
use std::path::Path;
use std::process::Command;

use penguiflow_pages::{Page, repository};

/// The pages whose blocks are whole programs.
const PAGES: [&str; 4] = [
    "README.md",
    "penguiflow/README.md",
    "docs/testing.md",
    "docs/service.md",
];

#[test]
fn each_block_is_a_program_of_its_own() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
    let _ = fs::remove_dir_all(folder.join("src"));
    fs::create_dir_all(folder.join("src/bin")).expect("the target folder can be written");
    let write = |file: &str, text: &str| fs::write(folder.join(file), text).expect("a file");
    write("Cargo.toml", &manifest());
    let lock = fs::read_to_string(repository().join("Cargo.lock")).expect("a lock file");
    write("Cargo.lock", &lock);
    for page in PAGES.map(Page::read) {
        let name = page.path.replace(['/', '.'], "_").to_lowercase();
        for (block, number) in page.blocks("rust").iter().zip(1..) {
            write(&format!("src/bin/{name}_{number}.rs"), block);
        }
    }
    // Without `--offline`: a fresh machine may not have what a page needs besides.
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["test", "--quiet", "--bins"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"));
    let output = cargo.output().expect("cargo runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
}

/// The dependencies of the README and of the page on testing, with this penguiflow, and with the
/// features of tokio that the page on services adds.
fn manifest() -> String {
    let toml = |page: &str| Page::read(page).blocks("toml").concat();
    let (readme, testing, service) = (
        toml("README.md"),
        toml("docs/testing.md"),
        toml("docs/service.md"),
    );
    let published = "git = \"https://github.com/penguiflow/penguiflow-rs\"";
    let here = format!("path = '{}'", repository().join("penguiflow").display());
    assert!(readme.contains(published), "{readme}");
    let others = readme.lines().filter(|line| !line.starts_with("tokio"));
    let dependencies = others.collect::<Vec<_>>().join("\n");
    let dependencies = dependencies.replace(published, &here);
    format!(
        "[package]\nname = 'programs'\nedition = '2024'\n[workspace]\n{dependencies}\n{service}\n{testing}"
    )
}

#[test]
fn the_registry_page_begins_with_the_program_of_the_readme() {
    let [readme, registry] = ["README.md", "penguiflow/README.md"].map(Page::read);
    assert_eq!(
        readme.blocks("rust").first(),
        registry.blocks("rust").first()
    );
}
