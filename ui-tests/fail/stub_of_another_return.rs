//! One error: a stub returns something else than its node.

use penguiflow::prelude::*;

#[derive(Debug)]
struct Question(String);
struct Docs(Vec<String>);

#[node]
async fn ask(text: String) -> Question {
    Question(text)
}

#[node(retries = 3)]
async fn retrieve(question: &Question) -> Result<Docs, std::io::Error> {
    Ok(Docs(vec![question.0.clone()]))
}

fn main() {
    let flow = flow! { ask -> retrieve };
    let _ = flow.stub::<retrieve>(|_: &Question| async { Docs(Vec::new()) });
}
