//! The server: its tools and its settings. What it answers is in `handler` and `call`.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rmcp::model::Implementation;

use crate::approval::{Keys, States};
use crate::caller::Caller;
use crate::tool::Tool;
use crate::tool_source::ToolSource;

/// How long a client may take to hand back the answer of its user, unless it is set.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// Something that is known of who calls.
type OfCaller = Arc<dyn Fn(&Caller<'_>) -> Option<String> + Send + Sync>;

/// A server of the Model Context Protocol whose tools are flows. A clone of it is a pointer.
///
/// It serves over stdio by [`serve_stdio`](Self::serve_stdio), over HTTP by [`http`](Self::http), and, as
/// an [`rmcp::ServerHandler`], over every transport of `rmcp`.
///
/// ```no_run
/// use penguiflow::prelude::*;
/// use penguiflow_mcp::Server;
///
/// #[node]
/// async fn shout(text: String) -> String {
///     text.to_uppercase()
/// }
///
/// flow! {
///     struct Shout(String) -> String;
///
///     shout;
/// }
///
/// #[tokio::main(flavor = "current_thread")]
/// async fn main() -> Result<(), penguiflow_mcp::Error> {
///     Server::new().tool(Shout::flow()).serve_stdio().await
/// }
/// ```
#[derive(Clone)]
pub struct Server(Arc<Parts>);

#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) tools: BTreeMap<String, Tool>,
    pub(crate) keys: Keys,
    pub(crate) states: Arc<States>,
    pub(crate) answers_within: Duration,
    pub(crate) caller: Option<OfCaller>,
    pub(crate) tenant: Option<OfCaller>,
    pub(crate) implementation: Implementation,
    pub(crate) instructions: Option<String>,
}

impl Server {
    /// A server without tools, with a key of its own.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Parts {
            tools: BTreeMap::new(),
            keys: Keys::random(),
            states: Arc::default(),
            answers_within: AN_HOUR,
            caller: None,
            tenant: None,
            implementation: Implementation::new("penguiflow", env!("CARGO_PKG_VERSION")),
            instructions: None,
        }))
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0
    }

    fn change(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Adds a flow as a tool: a started flow, in memory or on a store; a [`Flow`](penguiflow::Flow), which
    /// is started; a [`DurableFlow`](penguiflow::host::DurableFlow), whose calls that wait are kept by
    /// their clients; a [`Tool`], which has more said of it.
    ///
    /// # Panics
    ///
    /// If there is a tool of this name already. If a `Flow` is to be started outside of a tokio runtime.
    #[must_use]
    pub fn tool<By>(self, flow: impl ToolSource<By>) -> Self {
        let tool = flow.into_tool();
        let name = tool.name().to_owned();
        assert!(
            !self.0.tools.contains_key(&name),
            "there are two tools `{name}`: give one another name, by `Tool::new(flow).named(…)`"
        );
        self.change(|parts| {
            parts.tools.insert(name, tool);
        })
    }

    /// The name and the version by which the server introduces itself.
    #[must_use]
    pub fn named(self, name: impl Into<String>, version: impl Into<String>) -> Self {
        let implementation = Implementation::new(name, version);
        self.change(|parts| parts.implementation = implementation)
    }

    /// What a model is told of the server as a whole.
    #[must_use]
    pub fn instructions(self, instructions: impl Into<String>) -> Self {
        let instructions = instructions.into();
        self.change(|parts| parts.instructions = Some(instructions))
    }

    /// The key by which it seals what clients keep of calls that wait. Unless it is set, the key is
    /// random: such a call then ends with the process. Processes that share a key go on with each other's
    /// calls.
    #[must_use]
    pub fn key(self, key: [u8; 32]) -> Self {
        self.change(|parts| parts.keys.set(key))
    }

    /// A key that was the server's before: what was sealed by it is still opened.
    #[must_use]
    pub fn old_key(self, key: [u8; 32]) -> Self {
        self.change(|parts| parts.keys.add_old(key))
    }

    /// How long a call that waits can be answered: an hour, unless it is set. In memory it is cancelled
    /// then.
    #[must_use]
    pub fn answers_within(self, time: Duration) -> Self {
        self.change(|parts| parts.answers_within = time)
    }

    /// Who calls, as your authentication knows it. A call that waits is answered by the same caller alone.
    ///
    /// ```
    /// # use penguiflow_mcp::Server;
    /// #[derive(Clone)]
    /// struct User(String); // put into the request by a layer that authenticates
    ///
    /// let server = Server::new().caller(|caller| Some(caller.extension::<User>()?.0.clone()));
    /// ```
    #[must_use]
    pub fn caller(
        self,
        name: impl Fn(&Caller<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.change(|parts| parts.caller = Some(Arc::new(name)))
    }

    /// The tenant of a call's message.
    #[must_use]
    pub fn tenant(
        self,
        tenant: impl Fn(&Caller<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.change(|parts| parts.tenant = Some(Arc::new(tenant)))
    }

    /// The tools as clients see them, with their schemas.
    pub fn tools(&self) -> Vec<rmcp::model::Tool> {
        self.0.tools.values().map(Tool::listed).collect()
    }
}

impl Default for Server {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tools: Vec<_> = self.0.tools.keys().collect();
        f.debug_struct("Server")
            .field("tools", &tools)
            .finish_non_exhaustive()
    }
}
