use penguiflow::prelude::*;

struct Greeting(String);

#[node]
async fn trim(name: String) -> String {
    name.trim().to_owned()
}

#[node]
async fn greet(name: String) -> Greeting {
    Greeting(format!("hello, {name}"))
}

#[node]
async fn shout(greeting: Greeting) -> String {
    greeting.0.to_uppercase() + "!"
}

flow! {
    struct Hello(String) -> String;

    trim -> greet -> shout;
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), FlowError> {
    let hello = Hello::flow().run(" penguins ".to_owned()).await?;
    println!("{hello}");
    Ok(())
}
