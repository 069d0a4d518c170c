//! Types and patterns in a flow, and what patterns bind.

use expect_test::expect;

use crate::answers::{faults, shown};
use crate::{check, in_a_flow};

#[test]
fn the_types_in_a_header() {
    shown(
        "flow! { struct Support(Que$0stion) -> Reply; triage -> chat; }",
        expect![[r#"
            offers Query Question
            shows fixture::nodes
                  pub struct Question(pub String)
                  What somebody asks.
            leads to nodes.rs: pub struct »Question(pub String);
            renames flows.rs: flow! { struct Support(renamed) -> Reply; triage -> chat; }
            renames nodes.rs: pub struct renamed(pub String);
            renames nodes.rs: pub async fn list(question: renamed) -> Vec<renamed> {
            renames nodes.rs: pub async fn triage(question: renamed) -> Topic {
            renames nodes.rs: async fn call(&self, question: renamed) -> Reply {
            renames nodes.rs: pub async fn by_hand(question: renamed) -> Topic {
        "#]],
    );
    shown(
        "flow! { struct Support(Question) -> Rep$0ly; triage -> chat; }",
        expect![[r#"
            offers Reply
            shows fixture::nodes
                  pub struct Reply(pub String)
                  What is sent back.
            leads to nodes.rs: pub struct »Reply(pub String);
            renames flows.rs: flow! { struct Support(Question) -> renamed; triage -> chat; }
            renames nodes.rs: pub struct renamed(pub String);
            renames nodes.rs: pub async fn sql(query: Query) -> renamed {
            renames nodes.rs: renamed(query.columns.to_string())
            renames nodes.rs: pub async fn chat(topic: Topic) -> renamed {
            renames nodes.rs: renamed(match topic {
            renames nodes.rs: pub async fn local(topic: Topic) -> renamed {
            renames nodes.rs: pub async fn send((reply, _): (renamed, Approval)) -> String {
            renames nodes.rs: async fn call(&self, question: Question) -> renamed {
            renames nodes.rs: renamed(format!("{} in {}", question.0, self.site))
        "#]],
    );
}

#[test]
fn a_type_that_is_awaited() {
    check(
        "triage -> chat -> await App$0roval -> send;",
        expect![[r#"
            offers Approval
            shows fixture::nodes
                  pub struct Approval
                  A person's word.
            leads to nodes.rs: pub struct »Approval;
            renames flows.rs: triage -> chat -> await renamed -> send;
            renames nodes.rs: pub struct renamed;
            renames nodes.rs: pub async fn send((reply, _): (Reply, renamed)) -> String {
        "#]],
    );
}

#[test]
fn a_pattern() {
    check(
        "triage -> match { Topic::S$0ql(query) => sql(query), other => chat };",
        expect![[r#"
            offers Sql
            shows fixture::nodes::Topic
                  Sql(Query)
                  About tables.
            leads to nodes.rs: »Sql(Query),
            renames flows.rs: triage -> match { Topic::renamed(query) => sql(query), other => chat };
            renames nodes.rs: renamed(Query),
            renames nodes.rs: Topic::renamed(query) => query.columns.to_string(),
        "#]],
    );
}

#[test]
fn what_a_pattern_binds() {
    check(
        "triage -> match { Topic::Sql(query) if que$0ry.columns > 2 => sql(query), other => chat };",
        expect![[r#"
            offers query
            shows let query: Query
            leads to flows.rs: triage -> match { Topic::Sql(»query) if query.columns > 2 => sql(query), other => chat };
            renames flows.rs: triage -> match { Topic::Sql(renamed) if renamed.columns > 2 => sql(renamed), other => chat };
        "#]],
    );
}

#[test]
fn a_field_in_a_guard() {
    check(
        "triage -> match { Topic::Sql(query) if query.co$0lumns > 2 => sql(query), other => chat };",
        expect![[r#"
            offers columns
            shows fixture::nodes::Query
                  pub columns: usize
                  What is selected.
            leads to nodes.rs: pub »columns: usize,
            renames flows.rs: triage -> match { Topic::Sql(query) if query.renamed > 2 => sql(query), other => chat };
            renames nodes.rs: pub renamed: usize,
            renames nodes.rs: Reply(query.renamed.to_string())
            renames nodes.rs: Topic::Sql(query) => query.renamed.to_string(),
        "#]],
    );
}

#[test]
fn a_right_flow_has_no_faults() {
    let flows = [
        "triage -> match { Topic::Sql(query) if query.columns > 2 => sql(query), other => chat };",
        "triage -> chat else local;",
        "let web: Search = Search::of(\"docs\"); web;",
        "triage -> chat;\n}\nflow! {\n    struct Outer(Question) -> Reply;\n\n    Support;",
    ];
    faults(
        &flows.map(in_a_flow),
        expect![[r#"
            nothing wrong
            nothing wrong
            nothing wrong
            nothing wrong
        "#]],
    );
}
