//! A client in the same process, which speaks one version of the protocol and answers forms by a function.

use std::sync::{Arc, Mutex};

use penguiflow_mcp::Server;
use penguiflow_mcp::rmcp::handler::client::ClientHandler;
use penguiflow_mcp::rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ClientConfig,
    ElicitRequestParams, ElicitResult, ElicitationAction, ErrorData, Implementation, InputRequest,
    InputRequiredResult, InputResponses, ProgressNotificationParam, ProtocolVersion,
};
use penguiflow_mcp::rmcp::service::{
    NotificationContext, RequestContext, RoleClient, RunningService, ServiceError,
};
use penguiflow_mcp::rmcp::{ClientLifecycleMode, ClientServiceExt};
use serde_json::{Value, json};

/// What the user does with a form: the message and the fields of the form come in.
pub(crate) type User = Arc<dyn Fn(&str, &Value) -> ElicitResult + Send + Sync>;

#[derive(Clone)]
pub(crate) struct Handler {
    user: Option<User>,
    pub(crate) progress: Arc<Mutex<Vec<String>>>,
}

impl ClientHandler for Handler {
    fn get_info(&self) -> ClientConfig {
        let capabilities = match self.user {
            Some(_) => ClientCapabilities::builder().enable_elicitation().build(),
            None => ClientCapabilities::default(),
        };
        ClientConfig::new(capabilities, Implementation::new("test", "1"))
            .with_protocol_version(ProtocolVersion::V_2025_11_25)
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let user = self.user.as_ref().expect("a client that can ask");
        Ok(answered(user, &request))
    }

    async fn on_progress(
        &self,
        notification: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        let text = notification.message.unwrap_or_default();
        self.progress.lock().expect("not poisoned").push(text);
    }
}

fn answered(user: &User, request: &ElicitRequestParams) -> ElicitResult {
    let ElicitRequestParams::FormElicitationParams {
        message,
        requested_schema,
        ..
    } = request
    else {
        panic!("a form is asked for, and no page");
    };
    let schema = serde_json::to_value(requested_schema).expect("a form serialises");
    user(message, &schema["properties"])
}

pub(crate) struct Client {
    pub(crate) service: RunningService<RoleClient, Handler>,
    pub(crate) progress: Arc<Mutex<Vec<String>>>,
}

impl Client {
    /// One of the newest version, which has rounds.
    pub(crate) async fn newest(server: &Server, user: Option<User>) -> Self {
        let mode = ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        };
        Self::of(server, user, mode).await
    }

    /// One of a version before rounds.
    pub(crate) async fn older(server: &Server, user: Option<User>) -> Self {
        Self::of(server, user, ClientLifecycleMode::Initialize).await
    }

    async fn of(server: &Server, user: Option<User>, mode: ClientLifecycleMode) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        tokio::spawn(server.clone().serve_on(theirs));
        let progress = Arc::default();
        let handler = Handler {
            user,
            progress: Arc::clone(&progress),
        };
        let service = handler.serve_with_lifecycle(ours, mode).await;
        let service = service.expect("the server speaks this version");
        Self { service, progress }
    }

    /// Calls a tool, and answers what it asks for.
    pub(crate) async fn call(&self, name: &str, arguments: Value) -> CallToolResult {
        let called = self.service.call_tool(params(name, arguments)).await;
        called.expect("the call is answered")
    }

    /// Calls a tool, and returns what it asks for.
    pub(crate) async fn once(
        &self,
        params: CallToolRequestParams,
    ) -> Result<CallToolResponse, ServiceError> {
        self.service.call_tool_once(params).await
    }

    /// Calls a tool that is to ask for something.
    pub(crate) async fn asked(&self, params: CallToolRequestParams) -> InputRequiredResult {
        match self.once(params).await.expect("the call is answered") {
            CallToolResponse::InputRequired(required) => required,
            other => panic!("something is asked for: {other:?}"),
        }
    }

    /// Calls a tool that is to end.
    pub(crate) async fn ended(&self, params: CallToolRequestParams) -> CallToolResult {
        match self.once(params).await.expect("the call is answered") {
            CallToolResponse::Complete(result) => result,
            other => panic!("the call ends: {other:?}"),
        }
    }
}

pub(crate) fn params(name: &str, arguments: Value) -> CallToolRequestParams {
    let arguments = arguments.as_object().expect("arguments are an object");
    CallToolRequestParams::new(name.to_owned()).with_arguments(arguments.clone())
}

/// The same call again, with these answers for all that was asked.
pub(crate) fn again(
    params: &CallToolRequestParams,
    required: &InputRequiredResult,
    answer: impl Fn(&str) -> Value,
) -> CallToolRequestParams {
    let requests = required.input_requests.clone().expect("something is asked");
    let responses = requests.iter().map(|(key, request)| {
        let InputRequest::Elicitation(request) = request else {
            panic!("a form is asked for");
        };
        let ElicitRequestParams::FormElicitationParams { message, .. } = &request.params else {
            panic!("a form is asked for");
        };
        (key.clone(), answer(message))
    });
    let responses: InputResponses = responses.collect();
    let state = required.request_state.clone().expect("there is a state");
    params
        .clone()
        .with_input_responses(responses)
        .with_request_state(state)
}

/// A form that is filled in.
pub(crate) fn accept(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

/// A user who fills in all forms so.
pub(crate) fn user(answer: impl Fn(&str, &Value) -> Value + Send + Sync + 'static) -> Option<User> {
    Some(Arc::new(move |message, fields| {
        ElicitResult::new(ElicitationAction::Accept).with_content(answer(message, fields))
    }))
}

/// A user who refuses.
pub(crate) fn refusing() -> Option<User> {
    Some(Arc::new(|_, _| {
        ElicitResult::new(ElicitationAction::Decline)
    }))
}

/// The text of a result.
pub(crate) fn text(result: &CallToolResult) -> &str {
    let text = result.content[0].as_text();
    &text.expect("results are texts").text
}
