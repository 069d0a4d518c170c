//! `#[node(…)]`: its options, and what a wrong one leaves alone.

use expect_test::expect;

use crate::answers::{completions, explained, faults, shown};

#[test]
fn the_options_of_a_node() {
    let options = [
        "t$0",
        "timeout = \"2s\", ret$0",
        "retry_if = by$0",
        "retries = 3, retry_if = $0",
    ];
    let nodes = options.map(|options| {
        format!("#[node({options})]\nasync fn mine(question: Question) -> Topic {{ todo!() }}\n")
    });
    completions(
        &nodes,
        expect![[r##"
        #[node(t$0)]
            offers timeout
        #[node(timeout = "2s", ret$0)]
            offers retries retry_if
        #[node(retry_if = by$0)]
            offers by_hand
        #[node(retries = 3, retry_if = $0)]
            offers Approval Query Question Reply Search Topic by_hand chat list local send sql triage
    "##]],
    );
    let flows = ["h$0", "hops = 8, ti$0"];
    let flows = flows.map(|options| {
        format!(
            "flow! {{\n#[flow({options})]\nstruct Support(Question) -> Reply;\ntriage -> chat; }}\n"
        )
    });
    completions(
        &flows,
        expect![[r#"
        #[flow(h$0)]
            offers hops
        #[flow(hops = 8, ti$0)]
            offers timeout
    "#]],
    );
    explained(
        "#[node(time$0out = \"2s\")]\nasync fn mine(question: Question) -> Topic { todo!() }\n",
        expect![[r#"
            shows penguiflow::__private::options
                  pub struct timeout
                  `timeout = "2s"`: the longest that one attempt may take. Unbounded unless given.
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
        "retry_if = ",
        "",
    ];
    let nodes = options.map(|options| {
        format!(
            "#[node({options})]\nasync fn mine(question: Question) -> Topic {{ todo!() }}\n\
             flow! {{ struct Support(Question) -> Reply; mine -> chat; }}\n"
        )
    });
    faults(
        &nodes,
        expect![[r#"
            wrong at `"2x"`
            wrong at `timeout`
            wrong at `tim`
            wrong at `3`
            wrong at `"2s"`
            wrong at `retry_if`
            nothing wrong
        "#]],
    );
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
