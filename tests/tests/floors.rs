//! The rooms of the runtime are floors: a file imports files of its own room and of lower ones. In
//! no crate that is read here do files import each other in a circle, but for the grammar of `flow!`,
//! which is recursive. Sources are read as text: `use` items with re-exports followed, and paths
//! that begin with `crate::` or `super::`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The rooms of `penguiflow/src`, the lowest first.
const FLOORS: [&str; 22] = [
    "small_list",
    "message",
    "policy",
    "error",
    "graph",
    "node",
    "edge",
    "event",
    "recording",
    "coverage",
    "metrics",
    "terminal",
    "parking",
    "limits",
    "visit",
    "trace",
    "frontier",
    "flow",
    "durable",
    "running",
    "hosting",
    "testing",
];

/// What has a re-export, or a name for macros, for every floor.
const FACES: [&str; 3] = ["__private", "host", "python"];

#[test]
fn the_runtime_has_no_circles() {
    assert_eq!(Crate::read("penguiflow").circles(), Vec::<String>::new());
}

#[test]
fn the_command_line_has_no_circles() {
    assert_eq!(
        Crate::read("penguiflow-cli").circles(),
        Vec::<String>::new()
    );
}

#[test]
fn the_store_and_its_host_have_no_circles() {
    assert_eq!(
        Crate::read("penguiflow-sqlite").circles(),
        Vec::<String>::new()
    );
}

#[test]
fn the_models_have_no_circles() {
    assert_eq!(
        Crate::read("penguiflow-llm").circles(),
        Vec::<String>::new()
    );
}

#[test]
fn the_server_has_no_circles() {
    assert_eq!(
        Crate::read("penguiflow-serve").circles(),
        Vec::<String>::new()
    );
}

#[test]
fn the_workflows_of_restate_have_no_circles() {
    assert_eq!(
        Crate::read("penguiflow-restate").circles(),
        Vec::<String>::new()
    );
}

#[test]
fn the_tools_of_mcp_have_no_circles() {
    assert_eq!(
        Crate::read("penguiflow-mcp").circles(),
        Vec::<String>::new()
    );
}

#[test]
fn the_macros_have_no_circles_but_their_grammar() {
    let mut circles = Crate::read("penguiflow-macros").circles();
    circles.retain(|circle| !circle.split(", ").all(|file| file.starts_with("flow::ast")));
    assert_eq!(circles, Vec::<String>::new());
}

#[test]
fn a_room_imports_lower_rooms_alone() {
    let floor = |file: &str| {
        let room = file.split("::").next().unwrap_or(file);
        match FLOORS.iter().position(|name| *name == room) {
            None if FACES.contains(&room) => FLOORS.len(),
            None => panic!("`{room}` is no room: add it to `FLOORS`"),
            Some(floor) => floor,
        }
    };
    let runtime = Crate::read("penguiflow");
    for (file, imports) in &runtime.imports() {
        for import in imports {
            assert!(floor(import) <= floor(file), "{file} imports {import}");
        }
    }
}

/// The reader sees a circle where there is one.
#[test]
fn a_circle_is_found() {
    let krate = Crate::of([
        ("", "mod a; mod b; pub use a::A;"),
        ("a", "use crate::b::{B, deeper::C as D};\npub struct A;"),
        ("b", "pub struct B;\nmod deeper;"),
        ("b::deeper", "fn f() -> crate::A { todo!() }\npub struct C;"),
        ("c", "#[cfg(test)]\nmod tests {\n    use crate::d::Z;\n}"),
        ("d", "use crate::c;"),
        ("e", "fn e() { super::f::f() }"),
        ("f", "pub fn f() { super::e::e() }"),
    ]);
    assert_eq!(krate.circles(), ["a, b::deeper", "e, f"]);
}

/// A module's path: `visit::cursor`, or nothing for the root.
type Module = String;

/// The sources of a crate.
struct Crate {
    /// The code of each module, without comments and tests.
    code: BTreeMap<Module, String>,
}

impl Crate {
    fn read(name: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        let mut krate = Self {
            code: BTreeMap::new(),
        };
        krate.read_folder(&root.join("src"), "");
        assert!(krate.code.len() > 10, "{name} was read");
        krate
    }

    fn read_folder(&mut self, folder: &Path, module: &str) {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("the sources are there").path();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let stem = stem.expect("a name in UTF-8");
            let child = match (module, stem) {
                (_, "mod" | "lib") => module.to_owned(),
                ("", stem) => stem.to_owned(),
                (module, stem) => format!("{module}::{stem}"),
            };
            if path.is_dir() {
                self.read_folder(&path, &child);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).expect("text in UTF-8");
                self.code.insert(child, bare(&text));
            }
        }
    }

    fn of<const N: usize>(code: [(&str, &str); N]) -> Self {
        let code = code.into_iter();
        Self {
            code: code
                .map(|(module, text)| (module.to_owned(), bare(text)))
                .collect(),
        }
    }

    /// For each file, the files that have what it imports.
    fn imports(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let exports = self.exports();
        let mut imports = BTreeMap::new();
        for (module, code) in self.code.iter().filter(|(module, _)| !module.is_empty()) {
            let mut targets = BTreeSet::new();
            for (is_public, path) in self.paths(module, code) {
                let is_own_child = path.starts_with(&format!("{module}::"));
                if !(is_public && is_own_child) {
                    targets.insert(self.home(&path, &exports, 0));
                }
            }
            targets.remove(module);
            targets.remove("");
            imports.insert(module.clone(), targets);
        }
        imports
    }

    /// What modules re-export, by the path that it has there.
    fn exports(&self) -> BTreeMap<String, String> {
        let mut exports = BTreeMap::new();
        for (module, code) in &self.code {
            for (is_public, path) in self.paths(module, code) {
                let name = path.rsplit("::").next().unwrap_or(&path);
                if is_public {
                    exports.insert(joined(module, name), path);
                }
            }
        }
        exports
    }

    /// The module that a path comes to, through re-exports.
    fn home(&self, path: &str, exports: &BTreeMap<String, String>, depth: usize) -> Module {
        match exports.get(path) {
            Some(path) if depth < 10 => self.home(path, exports, depth + 1),
            _ if self.code.contains_key(path) => path.to_owned(),
            _ => match path.rsplit_once("::") {
                Some((parent, _)) => self.home(parent, exports, depth),
                None => Module::new(),
            },
        }
    }

    /// The paths into the crate that a module names, and whether it re-exports them.
    fn paths(&self, module: &str, code: &str) -> Vec<(bool, String)> {
        let mut paths = Vec::new();
        let mut rest = String::new();
        for statement in code.split_inclusive([';', '{', '}']) {
            rest.push_str(statement);
            let Some(at) = rest.find("use ").filter(|at| is_item(&rest[..*at])) else {
                let inline = inline(&rest);
                paths
                    .extend(inline.filter_map(|path| Some((false, self.absolute(module, &path)?))));
                rest.clear();
                continue;
            };
            // A tree has braces of its own: it goes on to its semicolon.
            if !statement.ends_with(';') {
                continue;
            }
            let is_public = rest[..at].contains("pub");
            let tree = rest[at + 4..].trim_end_matches(';');
            let leaves = leaves(tree).into_iter();
            paths
                .extend(leaves.filter_map(|leaf| Some((is_public, self.absolute(module, &leaf)?))));
            rest.clear();
        }
        paths
    }

    /// A path of a `use` item from the root of the crate; none if it leads out of the crate.
    fn absolute(&self, module: &str, path: &str) -> Option<String> {
        let (first, rest) = path.split_once("::").unwrap_or((path, ""));
        match first {
            "crate" => Some(rest.to_owned()),
            "self" => Some(joined(module, rest)),
            "super" => {
                let parent = module.rsplit_once("::").map_or("", |(parent, _)| parent);
                match rest.starts_with("super") {
                    true => self.absolute(parent, rest),
                    false => Some(joined(parent, rest)),
                }
            }
            _ => {
                let child = joined(module, first);
                let is_child = self.code.contains_key(&child);
                is_child.then(|| joined(module, path))
            }
        }
    }

    /// Files that import each other, a text for each circle.
    fn circles(&self) -> Vec<String> {
        let imports = self.imports();
        let reached: BTreeMap<_, _> = imports
            .keys()
            .map(|file| (file, reachable(file, &imports)))
            .collect();
        let mut circles = BTreeSet::new();
        for (file, from_file) in &reached {
            let is_mutual =
                |other: &&&Module| from_file.contains(**other) && reached[**other].contains(*file);
            let circle: Vec<_> = reached
                .keys()
                .filter(is_mutual)
                .map(|file| file.as_str())
                .collect();
            if circle.len() > 1 {
                circles.insert(circle.join(", "));
            }
        }
        circles.into_iter().collect()
    }
}

/// All files that a file imports, and that these import.
fn reachable(file: &str, imports: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<Module> {
    let (mut reached, mut next) = (BTreeSet::new(), vec![file.to_owned()]);
    while let Some(file) = next.pop() {
        for import in imports.get(&file).into_iter().flatten() {
            if reached.insert(import.clone()) {
                next.push(import.clone());
            }
        }
    }
    reached
}

/// The code without comments, and without the tests that stand at its end.
fn bare(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let lines = text[..end].lines();
    let code = lines.map(|line| line.split("//").next().unwrap_or(line));
    code.map(|line| format!("{line}\n")).collect()
}

/// Whether what stands before `use` makes it an item: attributes and a visibility.
fn is_item(before: &str) -> bool {
    let last = before.lines().last().unwrap_or(before).trim();
    last.is_empty() || last.starts_with("pub")
}

/// The paths that begin with `crate::` or `super::` in an expression or a type.
fn inline(code: &str) -> impl Iterator<Item = String> {
    let paths = code.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    let paths = paths.filter(|path| path.starts_with("crate::") || path.starts_with("super::"));
    paths.map(|path| path.trim_end_matches(':').to_owned())
}

/// The paths of a `use` tree.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((prefix, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or(tree).trim();
        return vec![path.trim_end_matches("::self").to_owned()];
    };
    let (mut depth, mut branches) = (0, vec![String::new()]);
    for char in group.trim_end().trim_end_matches('}').chars() {
        depth += i32::from(char == '{') - i32::from(char == '}');
        match (char, branches.last_mut()) {
            (',', _) if depth == 0 => branches.push(String::new()),
            (char, Some(branch)) => branch.push(char),
            (_, None) => {}
        }
    }
    let branches = branches.iter().filter(|branch| !branch.trim().is_empty());
    let paths = branches.flat_map(|branch| leaves(&format!("{}{}", prefix.trim(), branch.trim())));
    paths.collect()
}

fn joined(module: &str, rest: &str) -> String {
    match (module, rest) {
        ("", rest) => rest.to_owned(),
        (module, "") => module.to_owned(),
        (module, rest) => format!("{module}::{rest}"),
    }
}
