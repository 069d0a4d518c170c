//! Every link leads somewhere, on a forge, on a registry's page and in the book.

use std::fs;
use std::path::{Component, Path, PathBuf};

use penguiflow_pages::{Link, Page, repository};

/// Where the repository is on the forge.
const FORGE: &str = "https://github.com/penguiflow/penguiflow-rs";

/// Pages that are read in the repository alone.
const IN_THE_REPOSITORY: [&str; 7] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "README.md",
    "benches/README.md",
    "benches/instructions/README.md",
    "benches/peers/README.md",
    "fuzz/README.md",
];

/// Pages that are read elsewhere, too: on a registry's page.
const ON_A_REGISTRY: [&str; 4] = [
    "penguiflow/README.md",
    "penguiflow-cli/README.md",
    "penguiflow-macros/README.md",
    "penguiflow-otel/README.md",
];

/// The pages of the handbook.
fn handbook() -> Vec<String> {
    let files = fs::read_dir(repository().join("docs")).expect("the handbook is there");
    let names = files.map(|file| file.expect("a folder can be listed").file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned());
    let mut pages: Vec<_> = names.filter(|name| name.ends_with(".md")).collect();
    pages.sort();
    pages
}

#[test]
fn the_book_has_each_page_of_the_handbook_once() {
    let summary = Page::read("docs/SUMMARY.md").links();
    let mut listed: Vec<_> = summary.into_iter().map(|link| link.target).collect();
    listed.sort();
    let mut pages = handbook();
    pages.retain(|page| page != "SUMMARY.md");
    assert_eq!(listed, pages);
}

#[test]
fn links_lead_somewhere() {
    let pages = handbook().into_iter().map(|name| format!("docs/{name}"));
    let others = IN_THE_REPOSITORY.iter().chain(&ON_A_REGISTRY);
    for path in pages.chain(others.map(|&path| path.to_owned())) {
        let page = Page::read(&path);
        for link in page.links() {
            let is_broken = broken(&page, &link);
            assert_eq!(is_broken, None, "{path}:{}: {}", link.line, link.target);
        }
    }
}

/// Why a link leads nowhere. Other sites are not looked at.
fn broken(page: &Page, link: &Link) -> Option<&'static str> {
    let (target, anchor) = match link.target.split_once('#') {
        Some((target, anchor)) => (target, Some(anchor)),
        None => (&*link.target, None),
    };
    let (path, is_relative) = match target.strip_prefix(FORGE) {
        Some(rest) => (on_the_forge(rest), false),
        None if target.contains("://") => return None,
        None if target.is_empty() => (page.path.clone().into(), true),
        None => (beside(page, target), true),
    };
    if is_relative && ON_A_REGISTRY.contains(&&*page.path) {
        return Some("a registry's page has no file beside it");
    }
    if is_relative && page.path.starts_with("docs/") && !path.starts_with("docs") {
        return Some("the book has only what is in docs");
    }
    if !repository().join(&path).exists() {
        return Some("there is no such file");
    }
    let anchors = || Page::read(&path.to_string_lossy()).anchors();
    match anchor {
        Some(anchor) if !anchors().iter().any(|one| one == anchor) => Some("no such heading"),
        _ => None,
    }
}

/// `/blob/main/docs/nodes.md` is a file, and nothing the repository itself.
fn on_the_forge(rest: &str) -> PathBuf {
    let file = rest.strip_prefix("/blob/main/");
    let file = file.or_else(|| rest.strip_prefix("/tree/main/"));
    file.unwrap_or_default().into()
}

fn beside(page: &Page, target: &str) -> PathBuf {
    let folder = Path::new(&page.path).parent().unwrap_or(Path::new(""));
    let mut path = PathBuf::new();
    for component in folder.join(target).components() {
        match component {
            Component::ParentDir => _ = path.pop(),
            other => path.push(other),
        }
    }
    path
}
