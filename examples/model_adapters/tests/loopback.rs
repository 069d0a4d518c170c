//! Each client answers typed questions, against a server in this process.

use std::error::Error;

use genai::adapter::AdapterKind;
use genai::resolver::{AuthData, Endpoint, ServiceTargetResolver};
use genai::{ModelIden, ServiceTarget};
use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;
use rig::providers::openai::OpenAIConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const COMPLETION: &str = r#"{"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "{\"answer\": [1, 2]}"},
    "finish_reason": "stop"}], "usage": {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}}"#;

/// Answers every request with the completion, and gives the address.
async fn serve() -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = String::new();
            let mut buffer = [0; 4096];
            // The schema is in the body, whose last bytes close it.
            while !(request.contains("json_schema") && request.ends_with('}')) {
                match stream.read(&mut buffer).await {
                    Ok(count) if count > 0 => request += &String::from_utf8_lossy(&buffer[..count]),
                    _ => return,
                }
            }
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
            let length = COMPLETION.len();
            let response = format!("{head}\r\ncontent-length: {length}\r\n\r\n{COMPLETION}");
            let _ = stream.write_all(response.as_bytes()).await;
        }
    });
    Ok(format!("http://{address}/v1/"))
}

async fn check(model: impl Model) -> Result<(), Box<dyn Error>> {
    let test = Ctx::for_test();
    let ctx = test.build();
    let chat = Chat::system("You count.").user("Up to 2!");
    let numbers: Vec<u32> = model.ask(&ctx, chat).max_tokens(100).await?;
    assert_eq!(numbers, [1, 2]);
    assert_eq!(test.spent_tokens(), 25);
    Ok(())
}

#[tokio::test]
async fn async_openai_is_a_model() -> Result<(), Box<dyn Error>> {
    let address = serve().await?;
    let config =
        async_openai::config::OpenAIConfig::new().with_api_base(address.trim_end_matches('/'));
    let client = async_openai::Client::with_config(config.with_api_key("none"));
    check(model_adapters::async_openai(client, "m")).await
}

#[tokio::test]
async fn genai_is_a_model() -> Result<(), Box<dyn Error>> {
    let address = serve().await?;
    let resolver = ServiceTargetResolver::from_resolver_fn(move |target: ServiceTarget| {
        Ok::<_, genai::resolver::Error>(ServiceTarget {
            endpoint: Endpoint::from_owned(address.clone()),
            auth: AuthData::from_single("none"),
            model: ModelIden::new(AdapterKind::OpenAI, target.model.model_name),
        })
    });
    let client = genai::Client::builder()
        .with_service_target_resolver(resolver)
        .build()?;
    check(model_adapters::genai(client, "m")).await
}

#[tokio::test]
async fn rig_is_a_model() -> Result<(), Box<dyn Error>> {
    let address = serve().await?;
    let provider = OpenAIConfig::new("none").with_base_url(address.trim_end_matches('/'));
    let model = rig::Model::new(provider.chat("m"), rig::rig_reqwest::shared());
    check(model_adapters::rig(model.erase(), "m")).await
}
