//! Nodes, wherever a flow names them.

use expect_test::expect;

use crate::answers::shown;
use crate::check;

#[test]
fn a_node_in_a_chain() {
    check(
        "triage -> ch$0at;",
        expect![[r#"
            offers chat
            shows fixture::nodes
                  pub struct chat {}
                  Talks.
                  fixture::nodes
                  pub async fn chat(topic: Topic) -> Reply
                  Talks.
            leads to nodes.rs: pub async fn »chat(topic: Topic) -> Reply {
            renames flows.rs: triage -> renamed;
            renames nodes.rs: pub async fn renamed(topic: Topic) -> Reply {
            renames nodes.rs: renamed(topic).await
        "#]],
    );
}

#[test]
fn a_node_in_a_group() {
    check(
        "triage -> [chat, lo$0cal] -> race;",
        expect![[r#"
            offers local
            shows fixture::nodes
                  pub struct local {}
                  Talks when nobody else does.
                  fixture::nodes
                  pub async fn local(topic: Topic) -> Reply
                  Talks when nobody else does.
            leads to nodes.rs: pub async fn »local(topic: Topic) -> Reply {
            renames flows.rs: triage -> [chat, renamed] -> race;
            renames nodes.rs: pub async fn renamed(topic: Topic) -> Reply {
        "#]],
    );
}

#[test]
fn a_node_in_a_part_and_beside_what_is_handed_on() {
    check("triage -> (ch$0at -> send) -> local;", expect![]);
    check("triage -> [chat, _, lo$0cal] -> join;", expect![]);
}

#[test]
fn a_node_in_an_arm() {
    check(
        "triage -> match { Topic::Sql(query) => s$0ql(query), other => chat };",
        expect![[r#"
            offers send sql
            shows fixture::nodes
                  pub struct sql {}
                  Answers a query.
                  fixture::nodes
                  pub async fn sql(query: Query) -> Reply
                  Answers a query.
            leads to nodes.rs: pub async fn »sql(query: Query) -> Reply {
            renames flows.rs: triage -> match { Topic::Sql(query) => renamed(query), other => chat };
            renames nodes.rs: pub async fn renamed(query: Query) -> Reply {
        "#]],
    );
}

#[test]
fn a_node_in_a_map() {
    check(
        "list -> [t$0riage -> chat; 8] -> race;",
        expect![[r#"
            offers triage
            shows fixture::nodes
                  pub struct triage {}
                  Finds the topic of a question.
                  fixture::nodes
                  pub async fn triage(question: Question) -> Topic
                  Finds the topic of a question.
            leads to nodes.rs: pub async fn »triage(question: Question) -> Topic {
            renames flows.rs: list -> [renamed -> chat; 8] -> race;
            renames nodes.rs: pub async fn renamed(question: Question) -> Topic {
            renames nodes.rs: renamed(question).await
        "#]],
    );
}

#[test]
fn a_node_behind_else() {
    check(
        "triage -> chat else lo$0cal;",
        expect![[r#"
            offers local
            shows fixture::nodes
                  pub struct local {}
                  Talks when nobody else does.
                  fixture::nodes
                  pub async fn local(topic: Topic) -> Reply
                  Talks when nobody else does.
            leads to nodes.rs: pub async fn »local(topic: Topic) -> Reply {
            renames flows.rs: triage -> chat else renamed;
            renames nodes.rs: pub async fn renamed(topic: Topic) -> Reply {
        "#]],
    );
}

#[test]
fn a_node_with_fields() {
    check(
        "let web: Sea$0rch = Search::of(\"docs\"); web;",
        expect![[r#"
            offers Search
            shows fixture::nodes
                  pub struct Search {
                      pub site: String,
                  }
                  Searches the web.
            leads to nodes.rs: pub struct »Search {
            renames flows.rs: let web: renamed = renamed::of("docs"); web;
            renames nodes.rs: pub struct renamed {
            renames nodes.rs: impl renamed {
            renames nodes.rs: impl renamed {
        "#]],
    );
    check(
        "let web: Search = Search::o$0f(\"docs\"); web;",
        expect![[r#"
            offers of
            shows fixture::nodes::Search
                  pub fn of(site: &str) -> Self
                  A search of this site.
            leads to nodes.rs: pub fn »of(site: &str) -> Self {
            renames flows.rs: let web: Search = Search::renamed("docs"); web;
            renames nodes.rs: pub fn renamed(site: &str) -> Self {
        "#]],
    );
    check(
        "let web: Search = Search::of(\"docs\"); we$0b;",
        expect![[r#"
            offers web
            shows fixture::flows
                  type web = Search
                  *This is the documentation for* `pub struct Search`
                  Searches the web.
                  let web: Search
            leads to flows.rs: let »web: Search = Search::of("docs"); web;
            renames flows.rs: let renamed: Search = Search::of("docs"); renamed;
        "#]],
    );
}

#[test]
fn a_node_in_an_expression() {
    shown(
        "fn answer() { let flow = flow! { triage -> ch$0at }; }",
        expect![[r#"
            offers chat
            shows fixture::nodes
                  pub struct chat {}
                  Talks.
                  fixture::nodes
                  pub async fn chat(topic: Topic) -> Reply
                  Talks.
            leads to nodes.rs: pub async fn »chat(topic: Topic) -> Reply {
            renames flows.rs: fn answer() { let flow = flow! { triage -> renamed }; }
            renames nodes.rs: pub async fn renamed(topic: Topic) -> Reply {
            renames nodes.rs: renamed(topic).await
        "#]],
    );
}

/// From the function, too, its name reaches the flows.
#[test]
fn a_node_at_its_function() {
    shown(
        "#[node] async fn fir$0st(question: Question) -> Topic { triage(question).await }\n\
         flow! { struct Support(Question) -> Reply; first -> chat; }\n\
         async fn by_hand(question: Question) -> Topic { first(question).await }\n",
        expect![[r#"
            offers 
            shows fixture::flows
                  async fn first(question: Question) -> Topic
                  fixture::flows
                  struct first {}
                  fixture::flows
                  struct first {}
            leads to flows.rs: #[node] async fn »first(question: Question) -> Topic { triage(question).await }
            renames flows.rs: #[node] async fn renamed(question: Question) -> Topic { triage(question).await }
            renames flows.rs: flow! { struct Support(Question) -> Reply; renamed -> chat; }
            renames flows.rs: async fn by_hand(question: Question) -> Topic { renamed(question).await }
        "#]],
    );
}

/// The type that a node owns in place of what is lent to it does not show.
#[test]
fn a_borrowed_list_is_what_was_written() {
    shown(
        "#[node] async fn most(queries: &[Que$0ry]) -> usize { queries.len() }",
        expect![[r#"
            offers Query Question
            shows fixture::nodes
                  pub struct Query {
                      pub columns: usize,
                  }
                  A query in SQL.
            leads to nodes.rs: pub struct »Query {
            renames flows.rs: #[node] async fn most(queries: &[renamed]) -> usize { queries.len() }
            renames nodes.rs: Sql(renamed),
            renames nodes.rs: pub struct renamed {
            renames nodes.rs: pub async fn sql(query: renamed) -> Reply {
        "#]],
    );
}
