#[derive(serde::Serialize)]
struct Greeting(String);

async fn trim(name: String) -> String {
    name.trim().to_owned()
}

async fn greet(name: String) -> Greeting {
    Greeting(format!("hello, {name}"))
}

async fn shout(greeting: Greeting) -> String {
    greeting.0.to_uppercase() + "!"
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let name = trim(" penguins ".to_owned()).await;
    println!("{}", shout(greet(name).await).await);
}
