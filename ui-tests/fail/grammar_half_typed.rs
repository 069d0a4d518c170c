//! Eight errors: what is still being typed, and nothing of what uses it.
use penguiflow::prelude::*;

struct Question(String);
struct Prompt(String);

#[node(timeout = , retries = 3)]
async fn triage(question: &Question) -> Result<Question, std::io::Error> {
    Ok(Question(question.0.clone()))
}

#[node(ret)]
async fn pack(question: Question) -> Prompt {
    Prompt(question.0)
}

flow! {
    struct WithoutOutput(Question) -> ;

    triage -> pack;
}

flow! {
    struct WithoutArrow(Question);

    triage -> pack;
}

flow! {
    struct WithoutInput() -> Prompt;

    triage -> pack;
}

flow! {
    struct WithoutSignature;

    triage -> pack;
}

flow! {
    struct WithoutEnd(Question) -> Prompt;

    triage -> pack;
    triage -> crate::
}

#[tokio::main]
async fn main() -> Result<(), FlowError> {
    let question = || Question(String::new());
    let _: Prompt = WithoutOutput::flow().run(question()).await?;
    let _: Prompt = WithoutArrow::flow().run(question()).await?;
    let _: Prompt = WithoutInput::flow().run(question()).await?;
    let _: Prompt = WithoutSignature::flow().run(question()).await?;
    let _: Prompt = WithoutEnd::flow().run(question()).await?;
    let flow = flow! { triage -> };
    let _: Prompt = flow.run(question()).await?;
    Ok(())
}
