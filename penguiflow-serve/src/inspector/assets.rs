//! The files of the page, which are part of the program.

/// The page itself.
pub(super) const PAGE: &str = include_str!("page/index.html");

/// The content of a file of the page, and its type.
pub(super) fn asset(name: &str) -> Option<(&'static str, &'static str)> {
    let files = FILES.iter().find(|(file, _)| *file == name);
    files.map(|(file, content)| (*content, type_of(file)))
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        const FILES: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("page/", $name)))),*
        ];
    };
}

files![
    "api.js",
    "app.js",
    "dom.js",
    "fields.js",
    "form.js",
    "format.js",
    "graph.js",
    "groups.js",
    "icon.svg",
    "parked.js",
    "parts.js",
    "schema.js",
    "sparkline.js",
    "style.css",
    "timeline.js",
    "trace.js",
    "traces.js",
];

fn type_of(file: &str) -> &'static str {
    match file.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "text/javascript; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    #[test]
    fn each_file_of_the_page_is_part_of_the_program() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/inspector/page");
        for file in fs::read_dir(folder).expect("the folder of the page") {
            let name = file.expect("an entry").file_name();
            let name = name.to_string_lossy();
            assert!(name == "index.html" || asset(&name).is_some(), "{name}");
        }
    }

    #[test]
    fn no_file_asks_another_server_or_parses_markup() {
        let all = FILES.iter().chain([&("index.html", PAGE)]);
        for (name, content) in all {
            for word in [
                "https://",
                "innerHTML",
                "insertAdjacentHTML",
                "outerHTML",
                "eval(",
                " style=\"",
                " onclick=\"",
            ] {
                assert!(!content.contains(word), "{name}: {word}");
            }
        }
    }
}
