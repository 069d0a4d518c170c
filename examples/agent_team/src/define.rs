//! The specialist for terms: it calls the tool of an MCP server, and asks the model where that does not
//! help.

use std::env;
use std::error::Error;
use std::sync::Arc;

use penguiflow::prelude::*;
use penguiflow_llm::prelude::*;
use rmcp::ServiceExt;
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::{RoleClient, RunningService, ServiceError};
use rmcp::transport::{IntoTransport, TokioChildProcess};
use tokio::process::Command;

use crate::glossary::{Meaning, Term};
use crate::team::{Finding, Task};

/// A connection to the server that has the tool `Glossary`.
#[derive(Clone)]
pub(crate) struct GlossaryServer(Arc<RunningService<RoleClient, ()>>);

/// Why the tool gave no meaning.
#[derive(Debug, thiserror::Error, Retryable)]
pub(crate) enum ToolError {
    #[retry]
    #[error("the server cannot be reached")]
    Call(#[from] ServiceError),
    #[fatal]
    #[error("the tool failed: {0}")]
    Failed(String),
    #[fatal]
    #[error("the tool gave no meaning")]
    Result(#[from] serde_json::Error),
}

flow! {
    /// Defines a term: by the glossary, or else by the model.
    pub(crate) struct Define(String) -> Finding;

    look_up else define;
}

/// Calls the tool. A timeout drops the call, by which the server learns that nobody waits for it.
#[node(timeout = "10s", retries = 1)]
pub(crate) async fn look_up(
    term: String,
    State(server): State<GlossaryServer>,
) -> Result<Finding, ToolError> {
    let asked = serde_json::to_value(Term { term: term.clone() })?;
    let arguments = asked.as_object().cloned().unwrap_or_default();
    let call = CallToolRequestParams::new("Glossary").with_arguments(arguments);
    let Meaning { meaning } = meaning(server.0.call_tool(call).await?)?;
    Ok(Finding {
        task: Task::Define { term },
        text: meaning,
    })
}

#[node(timeout = "60s", retries = 2)]
pub(crate) async fn define(
    term: String,
    State(model): State<Arc<dyn Model>>,
    ctx: Ctx,
) -> Result<Finding, ModelError> {
    let chat = Chat::system("Define a term in one sentence.").user(&term);
    let text = model.complete(&ctx, chat).quiet().await?;
    Ok(Finding {
        task: Task::Define { term },
        text,
    })
}

/// The tool's typed result. One that failed says why in a text.
fn meaning(result: CallToolResult) -> Result<Meaning, ToolError> {
    match result.structured_content {
        Some(meaning) if result.is_error != Some(true) => Ok(serde_json::from_value(meaning)?),
        _ => {
            let text = result.content.first().and_then(|content| content.as_text());
            let said = text.map(|text| text.text.clone());
            Err(ToolError::Failed(said.unwrap_or_default()))
        }
    }
}

impl GlossaryServer {
    /// Starts this program as the server, in a process that ends with the connection.
    pub(crate) async fn start() -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(env::current_exe()?);
        command.arg("--glossary");
        Self::connect(TokioChildProcess::new(command)?).await
    }

    /// Connects to a server.
    pub(crate) async fn connect<T, E, A>(transport: T) -> Result<Self, Box<dyn Error>>
    where
        T: IntoTransport<RoleClient, E, A>,
        E: Error + Send + Sync + 'static,
    {
        Ok(Self(Arc::new(().serve(transport).await?)))
    }
}
