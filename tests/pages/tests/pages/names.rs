//! The page on what the macros expand to explains the code that it shows, by the names in it.

use penguiflow_pages::Page;

/// Names of the language, and of types that the code shown does not use.
const ELSEWHERE: [&str; 4] = ["Bounded", "Clone", "into", "resume"];

#[test]
fn each_name_of_the_prose_is_in_the_code() {
    let page = Page::read("docs/how-a-flow-compiles.md");
    let code = page.blocks("rust,ignore").concat();
    for name in page.names() {
        let is_known = code.contains(&name) || ELSEWHERE.contains(&&*name);
        assert!(is_known, "`{name}` is not in the code of the page");
    }
}
