//! Lines that are still being typed.

use expect_test::expect;

use crate::answers::{completions, faults, shown};
use crate::{check, in_a_flow};

/// What is already there stays, also in the very line that is not yet complete.
#[test]
fn what_stands_in_an_incomplete_line() {
    check(
        "triage -> ch$0at ->",
        expect![[r#"
            offers chat
            shows fixture::nodes
                  pub struct chat {}
                  Talks.
                  fixture::nodes
                  pub async fn chat(topic: Topic) -> Reply
                  Talks.
            leads to nodes.rs: pub async fn »chat(topic: Topic) -> Reply {
            renames flows.rs: triage -> renamed ->
            renames nodes.rs: pub async fn renamed(topic: Topic) -> Reply {
            renames nodes.rs: renamed(topic).await
        "#]],
    );
    check(
        "triage -> [ch$0at, ] ->",
        expect![[r#"
            offers chat
            shows fixture::nodes
                  pub struct chat {}
                  Talks.
                  fixture::nodes
                  pub async fn chat(topic: Topic) -> Reply
                  Talks.
            leads to nodes.rs: pub async fn »chat(topic: Topic) -> Reply {
            renames flows.rs: triage -> [renamed, ] ->
            renames nodes.rs: pub async fn renamed(topic: Topic) -> Reply {
            renames nodes.rs: renamed(topic).await
        "#]],
    );
    check(
        "triage -> match { Topic::Sql(query) => s$0ql(query), Topic:: }",
        expect![[r#"
            offers send sql
            shows fixture::nodes
                  pub struct sql {}
                  Answers a query.
                  fixture::nodes
                  pub async fn sql(query: Query) -> Reply
                  Answers a query.
            leads to nodes.rs: pub async fn »sql(query: Query) -> Reply {
            renames flows.rs: triage -> match { Topic::Sql(query) => renamed(query), Topic:: }
            renames nodes.rs: pub async fn renamed(query: Query) -> Reply {
        "#]],
    );
    check(
        "triage -> match { Topic::S$0ql() }",
        expect![[r#"
        offers Sql
        shows fixture::nodes::Topic
              Sql(Query)
              About tables.
        leads to nodes.rs: »Sql(Query),
        renames flows.rs: triage -> match { Topic::renamed() }
        renames nodes.rs: renamed(Query),
        renames nodes.rs: Topic::renamed(query) => query.columns.to_string(),
    "#]],
    );
    check(
        "triage -> ch$0at else ;",
        expect![[r#"
            offers chat
            shows fixture::nodes
                  pub struct chat {}
                  Talks.
                  fixture::nodes
                  pub async fn chat(topic: Topic) -> Reply
                  Talks.
            leads to nodes.rs: pub async fn »chat(topic: Topic) -> Reply {
            renames flows.rs: triage -> renamed else ;
            renames nodes.rs: pub async fn renamed(topic: Topic) -> Reply {
            renames nodes.rs: renamed(topic).await
        "#]],
    );
    check(
        "triage -> chat -> await App$0roval -> ;",
        expect![[r#"
        offers Approval
        shows fixture::nodes
              pub struct Approval
              A person's word.
        leads to nodes.rs: pub struct »Approval;
        renames flows.rs: triage -> chat -> await renamed -> ;
        renames nodes.rs: pub struct renamed;
        renames nodes.rs: pub async fn send((reply, _): (Reply, renamed)) -> String {
    "#]],
    );
    check(
        "let web: Sea$0rch =",
        expect![[r#"
        offers Search
        shows fixture::nodes
              pub struct Search {
                  pub site: String,
              }
              Searches the web.
        leads to nodes.rs: pub struct »Search {
        renames flows.rs: let web: renamed =
        renames nodes.rs: pub struct renamed {
        renames nodes.rs: impl renamed {
        renames nodes.rs: impl renamed {
    "#]],
    );
    shown(
        "flow! { struct Support(Que$0stion\n triage -> chat; }",
        expect![[r#"
            offers Query Question
            shows fixture::nodes
                  pub struct Question(pub String)
                  What somebody asks.
            leads to nodes.rs: pub struct »Question(pub String);
            renames flows.rs: flow! { struct Support(renamed
            renames nodes.rs: pub struct renamed(pub String);
            renames nodes.rs: pub async fn list(question: renamed) -> Vec<renamed> {
            renames nodes.rs: pub async fn triage(question: renamed) -> Topic {
            renames nodes.rs: async fn call(&self, question: renamed) -> Reply {
            renames nodes.rs: pub async fn by_hand(question: renamed) -> Topic {
        "#]],
    );
}

#[test]
fn completion_in_an_incomplete_line() {
    let statements = [
        "$0",
        "tr$0",
        "triage ->$0",
        "triage -> ch$0",
        "triage -> crate::nodes::$0",
        "triage -> crate::nodes::ch$0",
        "triage -> ch$0\n    chat -> local;",
        "triage -> [$0",
        "triage -> [chat, lo$0] -> race;",
        "triage -> [chat -> $0",
        "triage -> match { $0 }",
        "triage -> match { Topic::$0 }",
        "triage -> match { Topic::$0, other => chat };",
        "triage -> match { Topic::$0 => chat };",
        "triage -> match { Topic::Sql(query) => sql(query), $0 }",
        "triage -> match { Topic::Sql(query) => sql(query), Topic::T$0 };",
        "triage -> match { Topic::Sql(query) => s$0 }",
        "triage -> match { Topic::Sql(query) => sql(qu$0) }",
        "triage -> match { Topic::Sql(query) => sql(query.$0), other => chat };",
        "triage -> match { Topic::Sql(query) if query.$0 }",
        "triage -> match { Topic::Sql(query) if query.$0 => sql(query), other => chat };",
        "triage -> chat else $0",
        "triage -> chat else lo$0",
        "triage -> chat -> await $0",
        "triage -> chat -> await App$0",
        "let web: Sea$0",
        "let web: Search = Search::$0",
        "let web: Search = Search::of(\"docs\"); w$0",
    ];
    let flows = statements.map(in_a_flow);
    completions(
        &flows,
        expect![[r#"
            $0
                offers Approval Query Question Reply Search Support Topic chat list local send sql triage
            tr$0
                offers triage
            triage ->$0
                offers Approval Query Question Reply Search Support Topic chat list local send sql triage
            triage -> ch$0
                offers chat
            triage -> crate::nodes::$0
                offers Approval Query Question Reply Search Topic chat list local send sql triage
            triage -> crate::nodes::ch$0
                offers chat
            triage -> ch$0
                offers chat
            triage -> [$0
                offers Approval Query Question Reply Search Support Topic chat list local send sql triage
            triage -> [chat, lo$0] -> race;
                offers local
            triage -> [chat -> $0
                offers Approval Query Question Reply Search Support Topic chat list local send sql triage
            triage -> match { $0 }
                offers Approval Query Question Reply Search Support Topic Topic::Sql Topic::Talk chat list local send sql triage
            triage -> match { Topic::$0 }
                offers Sql Talk
            triage -> match { Topic::$0, other => chat };
                offers Sql Talk
            triage -> match { Topic::$0 => chat };
                offers Sql Talk
            triage -> match { Topic::Sql(query) => sql(query), $0 }
                offers Approval Query Question Reply Search Support Topic Topic::Sql Topic::Talk chat list local send sql triage
            triage -> match { Topic::Sql(query) => sql(query), Topic::T$0 };
                offers Talk
            triage -> match { Topic::Sql(query) => s$0 }
                offers send sql
            triage -> match { Topic::Sql(query) => sql(qu$0) }
                offers query
            triage -> match { Topic::Sql(query) => sql(query.$0), other => chat };
                offers columns
            triage -> match { Topic::Sql(query) if query.$0 }
                offers columns
            triage -> match { Topic::Sql(query) if query.$0 => sql(query), other => chat };
                offers columns
            triage -> chat else $0
                offers Approval Query Question Reply Search Support Topic chat list local send sql triage
            triage -> chat else lo$0
                offers local
            triage -> chat -> await $0
                offers Approval Query Question Reply Search Support Topic chat list local send sql triage
            triage -> chat -> await App$0
                offers Approval
            let web: Sea$0
                offers Search
            let web: Search = Search::$0
                offers of
            let web: Search = Search::of("docs"); w$0
                offers web
        "#]],
    );
    let headers = [
        "struct Support(Que$0",
        "struct Support(Que$0)",
        "struct Support(Que$0) -> Reply; triage -> chat;",
        "struct Support(Question) -> Rep$0",
        "struct Support(Question) -> Rep$0; triage -> chat;",
        "struct Support(Question) -> Reply\n    tri$0",
    ];
    let flows = headers.map(|header| format!("flow! {{\n    {header}\n}}\n"));
    completions(
        &flows,
        expect![[r#"
        struct Support(Que$0
            offers Query Question
        struct Support(Que$0)
            offers Query Question
        struct Support(Que$0) -> Reply; triage -> chat;
            offers Query Question
        struct Support(Question) -> Rep$0
            offers Reply
        struct Support(Question) -> Rep$0; triage -> chat;
            offers Reply
        tri$0
            offers triage
    "#]],
    );
}

#[test]
fn completion_in_an_expression() {
    let flows = [
        "$0",
        "triage ->$0",
        "triage -> ch$0",
        "triage -> [chat, lo$0",
    ];
    let flows = flows.map(|flow| format!("fn answer() {{ let flow = flow! {{ {flow} }}; }}\n"));
    completions(
        &flows,
        expect![[r#"
        fn answer() { let flow = flow! { $0 }; }
            offers Approval Query Question Reply Search Topic chat list local send sql triage
        fn answer() { let flow = flow! { triage ->$0 }; }
            offers Approval Query Question Reply Search Topic chat list local send sql triage
        fn answer() { let flow = flow! { triage -> ch$0 }; }
            offers chat
        fn answer() { let flow = flow! { triage -> [chat, lo$0 }; }
            offers local
    "#]],
    );
}

/// Nothing is said beside it, neither of the flow's type nor of what uses it.
#[test]
fn an_incomplete_line_is_one_fault() {
    let statements = [
        "triage -> chat ->",
        "triage -> [chat, ] ->",
        "triage -> crate::nodes::",
        "triage -> match { Topic:: }",
        "triage -> match { Topic::Sql(query) => , other => chat }",
        "triage -> match { Topic::Sql(query) if query. => sql(query), other => chat }",
        "triage -> chat else",
        "triage -> chat -> await",
        "let web: = ; triage -> chat",
        "let",
    ];
    let using = "async fn answer(question: Question) -> Option<Reply> {\n    \
         Support::flow().run(question).await.ok()\n}\n";
    let flows = statements.map(|line| in_a_flow(line) + using);
    faults(
        &flows,
        expect![[r#"
            wrong at `-`
            wrong at `-`
            wrong at `-`
            wrong at `}`
            wrong at `,`
            wrong at `=`
            wrong at `else`
            wrong at `await`
            wrong at `=`
            wrong at `flow!`
        "#]],
    );
    let headers = [
        "struct Support(Question) -> ;",
        "struct Support(Question)",
        "struct Support()",
        "struct Support",
    ];
    let flows =
        headers.map(|header| format!("flow! {{\n    {header}\n\n    triage -> chat;\n}}\n{using}"));
    faults(
        &flows,
        expect![[r#"
            wrong at `;`
            wrong at `triage`
            wrong at `)`
            wrong at `triage`
        "#]],
    );
}
