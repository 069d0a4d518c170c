//! A JSON document that was given on the command line or at the standard input.

use std::io::Read;

use anyhow::{Context, Result};
use serde_json::Value;

pub(super) fn read(argument: &str) -> Result<Value> {
    let mut text = argument.to_owned();
    if argument == "-" {
        text.clear();
        let mut input = std::io::stdin();
        input
            .read_to_string(&mut text)
            .context("the standard input cannot be read")?;
    }
    serde_json::from_str(&text).context("the value is no JSON (a text stands in quotes)")
}
