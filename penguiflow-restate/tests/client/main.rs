//! What a client sends, and what it makes of a server that refuses it.

mod server;
#[cfg(feature = "rustls")]
mod tls;

use penguiflow::prelude::*;
use penguiflow_restate::{Client, Error};
use server::TOKEN;

#[node]
async fn double(n: u32) -> u32 {
    n * 2
}

flow! {
    #[flow(durable)]
    struct Doubling(u32) -> u32;

    double;
}

/// A request to the admin interface, and one to the ingress.
async fn asks(client: &Client) -> Result<(), Error> {
    client.register("http://workers.internal:9080").await?;
    client.flow(Doubling::flow()).emit(7).await?;
    Ok(())
}

/// Protects users of Restate Cloud: the ingress and the admin interface are sent the token.
#[tokio::test]
async fn the_token_is_sent_to_both_interfaces() {
    let url = server::start().await;
    let client = Client::new(&url, &url).token(TOKEN);
    asks(&client).await.expect("the server takes the token");
}

/// Protects the token: neither what a client shows nor an error has it.
#[tokio::test]
async fn the_token_is_not_shown() {
    let url = server::start().await;
    let client = Client::new(&url, &url).token("key_of-another");
    let error = asks(&client).await.expect_err("it is not the token");
    let shown = format!("{client:?} {error:?} {error}");
    assert!(!shown.contains("key_of-another"), "{shown}");
}

#[tokio::test]
async fn a_server_that_refuses_the_client_is_an_error_that_names_the_token() {
    let url = server::start().await;
    let client = Client::new(&url, &url);
    for (client, code, text) in [
        (client.clone(), 401, "the server asks for a valid token"),
        (
            client.token("key_of-another"),
            403,
            "the server does not allow this",
        ),
    ] {
        let Err(Error::Refused { status, message }) = asks(&client).await else {
            panic!("{code}");
        };
        assert_eq!(status, code);
        assert!(message.starts_with(text), "{message}");
    }
}

#[tokio::test]
async fn a_token_that_no_header_can_have_is_an_error() {
    let url = server::start().await;
    let client = Client::new(&url, &url).token(format!("{TOKEN}\n"));
    let error = asks(&client).await.expect_err("a line break");
    assert!(
        error.to_string().contains("the token has a character"),
        "{error}"
    );
    assert!(!format!("{error} {error:?}").contains(TOKEN), "{error:?}");
}

#[cfg(not(feature = "rustls"))]
#[tokio::test]
async fn without_its_feature_https_is_an_error_that_names_it() {
    let client = Client::new("https://127.0.0.1:1", "https://127.0.0.1:1");
    let error = asks(&client).await.expect_err("no TLS");
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(
        error.to_string().contains("the feature `rustls`"),
        "{error}"
    );
}
