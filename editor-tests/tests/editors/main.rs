//! What an editor shows inside of the macros, while lines are complete and while they are not.
//! Where no rust-analyzer is installed, nothing is shown, and nothing checked.

mod answers;

use answers::{completions, faults, shown};
use expect_test::{Expect, expect};

/// Checks what is shown at the cursor, `$0`, in the statements of a flow.
fn check(statements: &str, expected: Expect) {
    shown(&in_a_flow(statements), expected);
}

fn in_a_flow(statements: &str) -> String {
    format!("flow! {{\n    pub struct Support(Question) -> Reply;\n\n    {statements}\n}}\n")
}

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
                  pub async fn local(_: Topic) -> Reply
                  Talks when nobody else does.
            leads to nodes.rs: pub async fn »local(_: Topic) -> Reply {
            renames flows.rs: triage -> [chat, renamed] -> race;
            renames nodes.rs: pub async fn renamed(_: Topic) -> Reply {
        "#]],
    );
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
                  pub async fn local(_: Topic) -> Reply
                  Talks when nobody else does.
            leads to nodes.rs: pub async fn »local(_: Topic) -> Reply {
            renames flows.rs: triage -> chat else renamed;
            renames nodes.rs: pub async fn renamed(_: Topic) -> Reply {
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
            renames nodes.rs: pub async fn local(_: Topic) -> renamed {
            renames nodes.rs: renamed(String::new())
            renames nodes.rs: pub async fn send((reply, _): (renamed, Approval)) -> String {
            renames nodes.rs: async fn call(&self, question: Question) -> renamed {
            renames nodes.rs: renamed(format!("{} in {}", question.0, self.site))
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
                  size = 0, align = 0x1, no Drop
                  fixture::flows
                  struct first {}
            leads to flows.rs: #[node] async fn »first(question: Question) -> Topic { triage(question).await }
            renames flows.rs: #[node] async fn renamed(question: Question) -> Topic { triage(question).await }
            renames flows.rs: flow! { struct Support(Question) -> Reply; renamed -> chat; }
            renames flows.rs: async fn by_hand(question: Question) -> Topic { renamed(question).await }
        "#]],
    );
}

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
    check("triage -> match { Topic::S$0ql() }", expect![[r#"
        offers Sql
        shows fixture::nodes::Topic
              Sql(Query)
              About tables.
        leads to nodes.rs: »Sql(Query),
        renames flows.rs: triage -> match { Topic::renamed() }
        renames nodes.rs: renamed(Query),
        renames nodes.rs: Topic::renamed(query) => query.columns.to_string(),
    "#]]);
    check("triage -> ch$0at else ;", expect![[r#"
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
    "#]]);
    check("triage -> chat -> await App$0roval -> ;", expect![[r#"
        offers Approval
        shows fixture::nodes
              pub struct Approval
              A person's word.
        leads to nodes.rs: pub struct »Approval;
        renames flows.rs: triage -> chat -> await renamed -> ;
        renames nodes.rs: pub struct renamed;
        renames nodes.rs: pub async fn send((reply, _): (Reply, renamed)) -> String {
    "#]]);
    check("let web: Sea$0rch =", expect![[r#"
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
    "#]]);
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
    let flows = ["triage -> ch$0", "triage -> [chat, lo$0"];
    let flows = flows.map(|flow| format!("fn answer() {{ let flow = flow! {{ {flow} }}; }}\n"));
    completions(
        &flows,
        expect![[r#"
        fn answer() { let flow = flow! { triage -> ch$0 }; }
            offers chat
        fn answer() { let flow = flow! { triage -> [chat, lo$0 }; }
            offers local
    "#]],
    );
}

/// A wrong option is one fault, at that option; the function and its flows know nothing of it.
#[test]
fn a_node_with_a_broken_option() {
    let options = [
        "timeout = \"2x\"",
        "timeout =",
        "tim",
        "retries = 3 timeout",
        "\"2s\", retries = 3, jitter = true",
    ];
    let nodes = options.map(|options| {
        format!(
            "#[node({options})]\nasync fn mine(question: Question) -> Topic {{ todo!() }}\n\
             flow! {{ struct Support(Question) -> Reply; mine -> chat; }}\n"
        )
    });
    faults(&nodes, expect![[r#"
        "2x": `2x` is no duration above zero: write a number and a unit of `ms`, `s`, `m` or `h`, such as "500ms" or "1m 30s"
        timeout: expected `timeout = "2s"`
        tim: unknown option `tim`. The options are `timeout`, `retries`, `backoff`, `jitter`, `retry_if`, `concurrency`, `rate`, `validate`, `name`, `blocking`, `spawn`, `crate`
        3: expected `retries = 3`
        "2s": expected ident
    "#]]);
    shown(
        "#[node(timeout = \"2x\", retries = 3)]\n\
         async fn mine(question: Question) -> Topic { triage(ques$0tion).await }\n\
         flow! { struct Support(Question) -> Reply; mine -> chat; }\n",
        expect![[r#"
            offers 
            shows question: Question
            leads to flows.rs: async fn mine(»question: Question) -> Topic { triage(question).await }
            renames flows.rs: async fn mine(renamed: Question) -> Topic { triage(renamed).await }
        "#]],
    );
}

#[test]
fn a_right_flow_has_no_faults() {
    let flows = [
        "triage -> match { Topic::Sql(query) if query.columns > 2 => sql(query), other => chat };",
        "triage -> chat else local;",
        "let web: Search = Search::of(\"docs\"); web;",
    ];
    faults(&flows.map(in_a_flow), expect![[""]]);
}
