//! Flows written at random: each byte is one decision about what to write next, so that most
//! of them can be read, and the checks after the parser are reached. Now and then a word
//! stands where it should not.

use std::fmt;

use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};

/// A flow's text.
pub struct Written(pub String);

impl<'a> Arbitrary<'a> for Written {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        let mut writer = Writer {
            bytes: input.bytes(input.len())?.iter(),
            text: String::new(),
            depth: 0,
            alone: 0,
        };
        writer.flow();
        Ok(Self(writer.text))
    }
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

struct Writer<'a> {
    bytes: std::slice::Iter<'a, u8>,
    text: String,
    depth: usize,
    /// How many nodes have a name that no other has.
    alone: usize,
}

const NODES: [&str; 12] = [
    "a", "b", "c", "d", "e", "f", "m::a", "r#match", "join2", "x", "y", "::k::b",
];
const STRAY: [&str; 29] = [
    "->",
    "=>",
    ";",
    ",",
    "else",
    "match",
    "await",
    "let",
    "join",
    "race",
    "settle",
    "quorum(1)",
    "quorum",
    "each",
    "within",
    "[",
    "]",
    "{",
    "}",
    "(0)",
    "::",
    "#[flow]",
    "struct",
    "0",
    "\"1s\"",
    "..",
    "'a",
    "F",
    "_",
];
const PATTERNS: [&str; 10] = [
    "_",
    "X(x)",
    "Y { y, .. }",
    "x",
    "0 | 1",
    "Some(ref x) | None",
    "X(x) if x > 0",
    "[x, ..]",
    "x @ 1..=9",
    "&x",
];
const VALUES: [&str; 5] = ["x", "(x, 1)", "x.y()", "{ x }", "|x| x"];
const TYPES: [&str; 5] = ["A", "Vec<B>", "(A, B)", "&'static str", "m::C<1>"];
const OPTIONS: [&str; 13] = [
    "timeout = \"2s\"",
    "retries = 3",
    "backoff = \"1ms..2s\"",
    "jitter = true",
    "concurrency = 0",
    "rate = \"60/min\"",
    "name = \"n\"",
    "hops = 8",
    "headers = \"first\"",
    "crate = p::q",
    "spawn",
    "hops",
    "",
];

impl Writer<'_> {
    /// The next decision among `count`; the first one when the bytes are used up.
    fn one_of(&mut self, many: usize) -> usize {
        self.bytes
            .next()
            .map_or(0, |byte| usize::from(*byte) % many)
    }

    fn any(&mut self, words: &[&str]) {
        let word = words[self.one_of(words.len())];
        self.say(word);
    }

    fn say(&mut self, word: &str) {
        self.text += word;
        self.text.push(' ');
    }

    /// Mostly one that is named nowhere else: else hardly a flow were right.
    fn node(&mut self) {
        if self.one_of(4) == 1 {
            return self.any(&NODES);
        }
        self.alone += 1;
        self.say(&format!("n{}", self.alone));
    }

    fn flow(&mut self) {
        if self.one_of(4) == 1 {
            self.header();
        }
        while self.bytes.len() > 0 {
            self.statement();
            self.say(";");
        }
    }

    fn header(&mut self) {
        if self.one_of(2) == 1 {
            self.say("#[flow(");
            for _ in 0..self.one_of(3) {
                self.any(&OPTIONS);
                self.say(",");
            }
            self.say(")]");
        }
        self.say("pub struct F(");
        self.any(&TYPES);
        self.say(") ->");
        self.any(&TYPES);
        self.say(";");
    }

    fn statement(&mut self) {
        if self.one_of(16) != 1 {
            return self.chain();
        }
        self.say("let");
        self.any(&NODES[..6]);
        self.say(":");
        self.any(&TYPES);
        self.say("=");
        self.any(&VALUES);
    }

    fn chain(&mut self) {
        self.stage();
        for _ in 0..self.one_of(6) {
            if self.bytes.len() > 0 {
                self.say("->");
                self.stage();
            }
        }
    }

    fn stage(&mut self) {
        self.depth += 1;
        match self.one_of(33) {
            0..=13 => self.node(),
            14..=17 if self.depth < 24 => self.group(),
            18 | 19 if self.depth < 24 => self.map(),
            20..=22 if self.depth < 24 => self.routes(),
            23 | 24 => self.fallback(),
            25 => self.wait(),
            26 | 27 => self.say("join"),
            28 => self.any(&["race", "settle"]),
            29 => self.any(&["quorum(1)", "quorum(2)", "quorum(0)"]),
            30 => self.any(&STRAY),
            31 if self.depth < 24 => self.part(),
            _ => self.node(),
        }
        self.depth -= 1;
    }

    fn group(&mut self) {
        self.say("[");
        for _ in 0..=self.one_of(4) {
            match self.one_of(6) {
                5 => self.say("_"),
                _ => self.chain(),
            }
            self.say(",");
        }
        self.say("]");
    }

    fn part(&mut self) {
        self.say("(");
        self.chain();
        self.say(")");
    }

    fn map(&mut self) {
        self.say("[");
        self.chain();
        self.say(";");
        self.any(&["8", "0", "N", "{ 1 + 1 }"]);
        self.say("]");
    }

    fn routes(&mut self) {
        self.say("match {");
        for _ in 0..=self.one_of(4) {
            self.any(&PATTERNS);
            self.say("=>");
            self.arm();
            self.say(",");
        }
        self.say("}");
    }

    fn arm(&mut self) {
        if self.one_of(3) != 1 {
            return self.chain();
        }
        self.node();
        self.say("(");
        self.any(&VALUES);
        self.say(")");
        if self.one_of(2) == 1 {
            self.say("->");
            self.chain();
        }
    }

    fn fallback(&mut self) {
        self.node_or_part();
        for _ in 0..=self.one_of(3) {
            self.say("else");
            self.node_or_part();
        }
    }

    fn node_or_part(&mut self) {
        match self.one_of(6) {
            5 if self.depth < 24 => self.part(),
            _ => self.node(),
        }
    }

    fn wait(&mut self) {
        self.say("await");
        self.any(&TYPES);
        if self.one_of(2) == 1 {
            self.say("within \"24h\"");
        }
        if self.one_of(2) == 1 {
            self.say("else");
            self.node();
        }
    }
}
