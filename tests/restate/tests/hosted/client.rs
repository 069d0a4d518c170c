//! A client of tools in the same process, whose user fills in all forms alike.

use std::sync::{Arc, Mutex};

use penguiflow_mcp::Server;
use penguiflow_mcp::rmcp::handler::client::ClientHandler;
use penguiflow_mcp::rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ClientConfig,
    ElicitRequestParams, ElicitResult, ElicitationAction, ErrorData, Implementation,
    InputRequiredResult, ProgressNotificationParam, ProtocolVersion,
};
use penguiflow_mcp::rmcp::service::{
    NotificationContext, RequestContext, RoleClient, RunningService,
};
use penguiflow_mcp::rmcp::{ClientLifecycleMode, ClientServiceExt};
use serde_json::{Value, json};

pub(crate) struct Client(RunningService<RoleClient, User>);

#[derive(Clone)]
struct User {
    /// What is filled in.
    answer: Value,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    progress: Vec<String>,
    questions: Vec<String>,
}

impl ClientHandler for User {
    fn get_info(&self) -> ClientConfig {
        let asks = ClientCapabilities::builder().enable_elicitation().build();
        ClientConfig::new(asks, Implementation::new("test", "1"))
            .with_protocol_version(ProtocolVersion::V_2025_11_25)
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, .. } = request else {
            panic!("a form is asked for: {request:?}");
        };
        self.seen.lock().expect("whole").questions.push(message);
        Ok(ElicitResult::new(ElicitationAction::Accept).with_content(self.answer.clone()))
    }

    async fn on_progress(
        &self,
        progress: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        let text = progress.message.unwrap_or_default();
        self.seen.lock().expect("whole").progress.push(text);
    }
}

impl Client {
    /// One of the newest version, which has rounds.
    pub(crate) async fn newest(server: &Server, answer: Value) -> Self {
        let mode = ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        };
        Self::of(server, answer, mode).await
    }

    /// One of a version before rounds.
    pub(crate) async fn older(server: &Server, answer: Value) -> Self {
        Self::of(server, answer, ClientLifecycleMode::Initialize).await
    }

    async fn of(server: &Server, answer: Value, mode: ClientLifecycleMode) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        tokio::spawn(server.clone().serve_on(theirs));
        let seen = Arc::default();
        let service = User { answer, seen }.serve_with_lifecycle(ours, mode).await;
        Self(service.expect("the server speaks this version"))
    }

    /// Calls a tool that is to ask for something.
    pub(crate) async fn asked(&self, call: CallToolRequestParams) -> InputRequiredResult {
        match self.0.call_tool_once(call).await {
            Ok(CallToolResponse::InputRequired(required)) => required,
            other => panic!("something is asked for: {other:?}"),
        }
    }

    /// Calls a tool that is to end.
    pub(crate) async fn ended(&self, call: CallToolRequestParams) -> CallToolResult {
        match self.0.call_tool_once(call).await {
            Ok(CallToolResponse::Complete(result)) => result,
            other => panic!("the call ends: {other:?}"),
        }
    }

    /// Makes the same call again, with the answers for all that was asked.
    pub(crate) async fn answered(
        &self,
        call: CallToolRequestParams,
        required: InputRequiredResult,
    ) -> CallToolResult {
        let asked = required.input_requests.expect("something is asked");
        let answer = json!({ "action": "accept", "content": self.0.service().answer });
        let answers = asked.into_keys().map(|step| (step, answer.clone()));
        let call = call
            .with_input_responses(answers.collect())
            .with_request_state(required.request_state.expect("there is a state"));
        self.ended(call).await
    }

    /// What the tool has sent of its progress.
    pub(crate) fn progress(&self) -> Vec<String> {
        let seen = self.0.service().seen.lock();
        seen.expect("whole").progress.clone()
    }

    /// What the user was asked while calls ran.
    pub(crate) fn questions(&self) -> Vec<String> {
        let seen = self.0.service().seen.lock();
        seen.expect("whole").questions.clone()
    }
}

pub(crate) fn params(tool: &str, arguments: Value) -> CallToolRequestParams {
    let arguments = arguments.as_object().expect("arguments are an object");
    CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments.clone())
}
