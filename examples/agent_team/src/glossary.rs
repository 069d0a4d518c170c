//! The glossary: a flow as a tool of MCP, which this program serves over standard input and output with
//! `--glossary`.

use penguiflow::prelude::*;
use penguiflow_mcp::{Server, Tool};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The terms, each with its meaning in one sentence.
const TERMS: [(&str, &str); 6] = [
    (
        "budget",
        "A budget bounds the hops, the tokens or the time of a trace.",
    ),
    ("hop", "A hop is a round of a loop."),
    ("join", "A join waits for the outputs of several branches."),
    ("map", "A map runs the same nodes for each item of a list."),
    (
        "playbook",
        "A playbook is a flow that stands as a node in another flow.",
    ),
    ("trace", "A trace is the way of one message through a flow."),
];

/// What a client asks for.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Term {
    /// One of the project's terms.
    pub(crate) term: String,
}

/// What the term means.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Meaning {
    pub(crate) meaning: String,
}

/// Why there is no meaning.
#[derive(Debug, thiserror::Error)]
#[error("the glossary does not know `{0}`")]
pub(crate) struct UnknownTerm(String);

flow! {
    /// Says what a term means.
    pub(crate) struct Glossary(Term) -> Meaning;

    find;
}

#[node]
pub(crate) async fn find(asked: Term) -> Result<Meaning, UnknownTerm> {
    let is_asked = |(term, _): &&(&str, &str)| term.eq_ignore_ascii_case(asked.term.trim());
    match TERMS.iter().find(is_asked) {
        Some((_, meaning)) => Ok(Meaning {
            meaning: (*meaning).to_owned(),
        }),
        None => Err(UnknownTerm(asked.term)),
    }
}

/// The server, with its one tool.
pub(crate) fn server() -> Server {
    let tool = Tool::new(Glossary::flow()).described("Says what a term of the project means.");
    Server::new().tool(tool)
}
