//! Flows as tools of the Model Context Protocol.
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
