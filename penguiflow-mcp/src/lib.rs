//! Flows as tools of the [Model Context Protocol](https://modelcontextprotocol.io).
//!
//! A [`Server`] has flows as its tools, with schemas made of their types. Chunks are progress, a call that
//! is abandoned cancels its trace, and a flow that waits at an `await` asks the user of the client.
//!
//! ```
//! use penguiflow::prelude::*;
//! use penguiflow_mcp::Server;
//!
//! #[node]
//! async fn draft(topic: String) -> String {
//!     format!("On {topic}")
//! }
//!
//! #[node]
//! async fn publish((draft, approved): (String, bool)) -> Option<String> {
//!     approved.then_some(draft)
//! }
//!
//! flow! {
//!     struct Press(String) -> String;
//!
//!     draft -> await bool -> publish;
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let server = Server::new().tool(Press::flow());
//! let tool = &server.tools()[0];
//! assert_eq!(tool.name, "Press");
//! assert_eq!(tool.input_schema["properties"]["input"]["type"], "string");
//! // server.serve_stdio().await?, or a route of axum by server.http()
//! # }
//! ```
//!
//! The page [Flows as tools of MCP](https://github.com/penguiflow/penguiflow-rs/blob/main/docs/mcp.md) says
//! what clients see, and where a call is kept that waits.

mod approval;
mod call;
mod caller;
mod error;
mod handler;
mod progress;
mod schema;
mod server;
mod tool;
mod tool_source;
mod trip;

pub use caller::Caller;
pub use error::Error;
pub use handler::HttpService;
pub use rmcp;
pub use rmcp::transport::streamable_http_server::StreamableHttpServerConfig as HttpConfig;
pub use server::Server;
pub use tool::Tool;
pub use tool_source::ToolSource;

/// The code in the handbook's page, compiled.
#[cfg(doctest)]
mod handbook {
    #[doc = include_str!("../../docs/mcp.md")]
    mod mcp {}
}
