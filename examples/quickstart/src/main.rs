//! Answers a question from a folder of text files.

fn main() {}
