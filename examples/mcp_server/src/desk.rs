//! The other way round: a node that calls a tool of a server. The server is this program, in a process of
//! its own; its questions go to the terminal, and its progress becomes the node's chunks.

use std::env;
use std::error::Error;
use std::io;
use std::sync::Arc;

use handbook::cli::say;
use penguiflow::prelude::*;
use rmcp::handler::client::ClientHandler;
use rmcp::model::{
    CallToolRequestParams, ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult,
    ElicitationAction, ErrorData, Implementation, ProgressNotificationParam, ProtocolVersion,
};
use rmcp::service::{
    NotificationContext, RequestContext, RoleClient, RunningService, ServiceError,
};
use rmcp::transport::{IntoTransport, TokioChildProcess};
use rmcp::{ClientLifecycleMode, ClientServiceExt};
use tokio::process::Command;
use tokio::sync::broadcast;

use crate::nodes::{Order, Receipt};

/// A server whose tools nodes call.
#[derive(Clone)]
pub(crate) struct McpServer {
    service: Arc<RunningService<RoleClient, User>>,
    progress: broadcast::Sender<String>,
}

/// Why a tool gave no receipt.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    #[error("the server did not answer")]
    Call(#[from] ServiceError),
    #[error("the tool failed: {0}")]
    Failed(String),
    #[error("the tool's result is no receipt")]
    Result(#[from] serde_json::Error),
}

/// Calls the tool `Refund`. The calls of one connection run one after the other here, so that progress
/// is that of this call. A timeout, or a trace that is cancelled, drops the future, by which the server
/// learns that the call is abandoned.
#[node(timeout = "10m", concurrency = 1)]
pub(crate) async fn refund(
    order: Order,
    State(server): State<McpServer>,
    ctx: Ctx,
) -> Result<Receipt, ToolError> {
    let arguments = serde_json::to_value(&order)?;
    let arguments = arguments.as_object().cloned().unwrap_or_default();
    let params = CallToolRequestParams::new("Refund").with_arguments(arguments);
    let mut progress = server.progress.subscribe();
    let call = server.service.call_tool(params);
    tokio::pin!(call);
    let result = loop {
        tokio::select! {
            result = &mut call => break result?,
            Ok(text) = progress.recv() => ctx.chunk(text).await,
        }
    };
    let text = result.content.first().and_then(|content| content.as_text());
    match result.structured_content {
        Some(receipt) if result.is_error != Some(true) => Ok(serde_json::from_value(receipt)?),
        _ => Err(ToolError::Failed(
            text.map(|text| text.text.clone()).unwrap_or_default(),
        )),
    }
}

flow! {
    /// Has an order paid back elsewhere.
    pub(crate) struct Desk(Order) -> Receipt;

    refund;
}

/// The person at the terminal, who answers what a server asks.
pub(crate) struct User {
    answer: fn(&str) -> io::Result<bool>,
    progress: broadcast::Sender<String>,
}

impl ClientHandler for User {
    fn get_info(&self) -> ClientConfig {
        let capabilities = ClientCapabilities::builder().enable_elicitation().build();
        ClientConfig::new(capabilities, Implementation::new("desk", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, .. } = request else {
            return Ok(ElicitResult::new(ElicitationAction::Decline));
        };
        let approved = (self.answer)(&message);
        let approved =
            approved.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        let fields = serde_json::json!({ "approved": approved, "note": "decided at the desk" });
        Ok(ElicitResult::new(ElicitationAction::Accept).with_content(fields))
    }

    async fn on_progress(
        &self,
        progress: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        // Where no call listens, nobody wants it.
        let _ = self.progress.send(progress.message.unwrap_or_default());
    }
}

impl McpServer {
    /// Connects to a server, for a person who answers so.
    pub(crate) async fn connect<T, E, A>(
        transport: T,
        answer: fn(&str) -> io::Result<bool>,
    ) -> Result<Self, Box<dyn Error>>
    where
        T: IntoTransport<RoleClient, E, A>,
        E: Error + Send + Sync + 'static,
    {
        let (progress, _) = broadcast::channel(64);
        let user = User {
            answer,
            progress: progress.clone(),
        };
        let newest = ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        };
        let service = Arc::new(user.serve_with_lifecycle(transport, newest).await?);
        Ok(Self { service, progress })
    }
}

/// Starts a server, and lets the flow call it.
pub(crate) async fn refund_by_tool(order: Order) -> Result<(), Box<dyn Error>> {
    let server = TokioChildProcess::new(Command::new(env::current_exe()?))?;
    let server = McpServer::connect(server, ask).await?;
    let flow = Desk::flow().with_state(server);
    let mut trace = flow.trace(order);
    while let Some(item) = trace.next().await {
        match item? {
            TraceItem::Chunk(chunk) if !chunk.text.is_empty() => say(format!("… {}", chunk.text)),
            TraceItem::Output(receipt) => say(format!(
                "paid {} cents back for order {}",
                receipt.payload.cents, receipt.payload.number
            )),
            _ => {}
        }
    }
    Ok(())
}

/// Asks at the terminal.
fn ask(question: &str) -> io::Result<bool> {
    say(format!("{question} [y/N]"));
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim().eq_ignore_ascii_case("y"))
}
