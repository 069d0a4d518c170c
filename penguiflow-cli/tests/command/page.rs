//! The output in `docs/command-line.md` is that of the command. `UPDATE_EXPECT=1` renews it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::shop::Shop;
use crate::{texts, words};

const START: &str = "```console\n$ penguiflow ";

#[tokio::test]
async fn the_page_shows_what_the_command_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/command-line.md");
    let page = fs::read_to_string(&path).expect("the page");
    let renewed = renewed(&page).await;
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, renewed).expect("the page is written");
    } else {
        assert!(
            page == renewed,
            "the page is not up to date: run this with UPDATE_EXPECT=1"
        );
    }
}

/// The page with the output of each of its commands, all over the same store.
async fn renewed(page: &str) -> String {
    let shop = Shop::open().await;
    let mut parts = page.split(START);
    let mut renewed = parts.next().unwrap_or_default().to_owned();
    let mut count = 0;
    for part in parts {
        let (line, rest) = part.split_once('\n').expect("a command is a line");
        let (_, after) = rest.split_once("```").expect("a block has an end");
        renewed += &format!("{START}{line}\n{}```{after}", printed(&shop, line));
        count += 1;
    }
    assert!(count > 5, "the page was read");
    renewed
}

/// What stands in a terminal after the command, an error too.
fn printed(shop: &Shop, line: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_penguiflow"))
        .args(words(line))
        .current_dir(shop.folder())
        .env("COLUMNS", "80")
        .env("PENGUIFLOW_STORE", "shop.db")
        .env("PENGUIFLOW_NOW", "2026-11-30T12:00:00Z")
        .output();
    let (out, err) = texts(&output.expect("the command runs"));
    out + &err
}
