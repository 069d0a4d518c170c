//! Each block of Rust that a reader would paste is a program by itself. They are built as a reader
//! would build them, in a crate with the dependencies that the README names, and outside of
//! rustdoc, which hides lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use penguiflow_pages::{Page, repository};

/// The line of the README's first program that follows its flow, and one that draws it.
const SCRIPT: &str = "    let script = [\n";
const DRAW: &str = "    print!(\"{}\", agent.graph().to_mermaid());\n";

/// What the model may choose last in that program, and a tool before it that nobody routes.
const LAST: &str = "    /// Answers the question.\n";
const TOOL: &str = "    /// Multiplies numbers.\n    Multiply { numbers: Vec<f64> },\n";

/// Where the README has the crates from.
const PUBLISHED: &str = "git = \"https://github.com/penguiflow/penguiflow-rs\"";

/// The compiler whose error the README shows.
const COMPILER: &str = "rustc 1.95.";

/// The pages whose blocks are whole programs.
const PAGES: [&str; 6] = [
    "README.md",
    "penguiflow/README.md",
    "docs/testing.md",
    "docs/service.md",
    "docs/agents.md",
    "docs/batches.md",
];

/// A crate in the target folder with all programs.
struct Programs {
    folder: PathBuf,
}

static PROGRAMS: LazyLock<Programs> = LazyLock::new(Programs::write);

impl Programs {
    fn write() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs");
        for of_last_time in ["src", "examples"] {
            let _ = fs::remove_dir_all(folder.join(of_last_time));
        }
        let programs = Self { folder };
        programs.add("Cargo.toml", &manifest());
        programs.add("Cargo.lock", &read("Cargo.lock"));
        for page in PAGES.map(Page::read) {
            let name = page.path.replace(['/', '.'], "_").to_lowercase();
            for (block, number) in page.blocks("rust").iter().zip(1..) {
                programs.add(&format!("src/bin/{name}_{number}.rs"), block);
            }
        }
        let first = first_program();
        programs.add(
            "examples/picture.rs",
            &first.replace(SCRIPT, &[DRAW, SCRIPT].concat()),
        );
        let wrong = first.replace(LAST, &[TOOL, LAST].concat());
        programs.add("examples/wrong.rs", &wrong);
        programs
    }

    fn add(&self, file: &str, text: &str) {
        let path = self.folder.join(file);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("the target folder can be written");
        fs::write(path, text).expect("the target folder can be written");
    }

    /// What a command of cargo prints and complains of, and whether it succeeds. Without
    /// `--offline`: a fresh machine may not have what a page needs besides.
    fn cargo(&self, arguments: &[&str]) -> (bool, String, String) {
        let mut cargo = Command::new(env!("CARGO"));
        let cargo = cargo.args(arguments).arg("--quiet");
        let cargo = cargo.current_dir(&self.folder);
        let cargo = cargo.env("CARGO_TARGET_DIR", self.folder.join("target"));
        let output = cargo.output().expect("cargo runs");
        let text = |bytes| String::from_utf8(bytes).expect("cargo prints text");
        let success = output.status.success();
        (success, text(output.stdout), text(output.stderr))
    }
}

fn read(file: &str) -> String {
    fs::read_to_string(repository().join(file)).expect("the file is there")
}

fn first_program() -> String {
    let blocks = Page::read("README.md").blocks("rust");
    blocks.into_iter().next().expect("the README has a program")
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
    assert!(readme.contains(PUBLISHED), "{readme}");
    let others = readme.lines().filter(|line| !line.starts_with("tokio"));
    let dependencies = others.map(of_here).collect::<Vec<_>>().join("\n");
    let testing = testing.lines().map(of_here).collect::<Vec<_>>().join("\n");
    format!(
        "[package]\nname = 'programs'\nedition = '2024'\n[workspace]\n[profile.dev]\ndebug = false\n\
         {dependencies}\n{service}\n{testing}"
    )
}

/// A line of dependencies, with a crate of the repository as it is here.
fn of_here(line: &str) -> String {
    let folder = |name: &str| repository().join(name).display().to_string();
    match line.split_once(" = ") {
        Some((name, _)) if line.contains(PUBLISHED) => {
            line.replace(PUBLISHED, &format!("path = '{}'", folder(name)))
        }
        _ => line.to_owned(),
    }
}

#[test]
fn each_block_is_a_program_of_its_own() {
    let (success, printed, complaint) = PROGRAMS.cargo(&["test", "--bins"]);
    assert!(success, "{printed}{complaint}");
}

#[test]
fn the_picture_is_that_of_the_graph() {
    let (_, printed, complaint) = PROGRAMS.cargo(&["run", "--example", "picture"]);
    let pictures = Page::read("README.md").blocks("mermaid");
    assert!(printed.starts_with(&pictures[0]), "{printed}{complaint}");
}

#[test]
fn the_error_is_that_of_the_compiler() {
    let version = Command::new("rustc").arg("--version").output();
    let version = version.expect("cargo runs where rustc is").stdout;
    if !version.starts_with(COMPILER.as_bytes()) {
        println!("skipped: the error is that of {COMPILER}");
        return;
    }
    let (success, _, complaint) = PROGRAMS.cargo(&["build", "--example", "wrong"]);
    let shown = Page::read("README.md").blocks("text");
    let complaint = complaint.replace("examples/wrong.rs", "src/main.rs");
    assert!(!success && complaint.starts_with(&shown[0]), "{complaint}");
}

#[test]
fn the_program_of_the_registry_page_is_in_the_readme() {
    let [readme, registry] = ["README.md", "penguiflow/README.md"].map(Page::read);
    let programs = registry.blocks("rust");
    assert!(readme.blocks("rust").contains(&programs[0]));
}

/// What they show of examples is in these, so that it is built with them.
#[test]
fn each_excerpt_is_in_the_example() {
    let service = [
        "support_service/src/handlers.rs",
        "support_service/src/support.rs",
    ];
    let agents = [
        "agent_tools/src/main.rs",
        "agent_team/src/team.rs",
        "agent_team/src/define.rs",
    ];
    for (page, files) in [
        ("docs/service.md", &service[..]),
        ("docs/agents.md", &agents),
    ] {
        let sources = files.iter().map(|file| read(&format!("examples/{file}")));
        let sources: String = sources.collect();
        let excerpts = Page::read(page).blocks("rust,ignore");
        assert_eq!(excerpts.len(), files.len());
        for excerpt in excerpts {
            assert!(sources.contains(&excerpt), "{excerpt}");
        }
    }
}
