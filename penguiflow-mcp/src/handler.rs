//! The requests of the protocol, and the transports.

use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ErrorData, ListToolsResult, PaginatedRequestParams,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer, ServerInitializeError};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ServiceExt, transport};

use crate::call;
use crate::error::Error;
use crate::server::Server;

/// The server as a service of `tower`, for a route of axum or of another router.
pub type HttpService = StreamableHttpService<Server, LocalSessionManager>;

impl Server {
    /// Serves the process that has started this one, over its standard input and output, until the input
    /// ends. Nothing else may print to the standard output meanwhile; logs go to the standard error.
    ///
    /// # Errors
    ///
    /// If the client does not speak the protocol.
    pub async fn serve_stdio(self) -> Result<(), Error> {
        self.serve_on(transport::stdio()).await
    }

    /// Serves one client over a transport of `rmcp`, such as a pair of a reader and a writer, until it
    /// has closed it.
    ///
    /// # Errors
    ///
    /// If the client does not speak the protocol.
    pub async fn serve_on<T, E, A>(self, transport: T) -> Result<(), Error>
    where
        T: transport::IntoTransport<RoleServer, E, A>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let service = match self.serve(transport).await {
            Ok(service) => service,
            // The client has closed the transport before its first request.
            Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
            Err(error) => return Err(Error::begin(error)),
        };
        service.waiting().await.map_err(Error::serve)?;
        Ok(())
    }

    /// The server over HTTP: the streamable transport of the protocol, as a service for a route. It takes
    /// requests to a host of this machine alone, until [`http_with`](Self::http_with) names others.
    ///
    /// ```no_run
    /// # use penguiflow_mcp::Server;
    /// # async fn served(server: Server) -> std::io::Result<()> {
    /// let routes = axum::Router::new().route_service("/mcp", server.http());
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    /// axum::serve(listener, routes).await
    /// # }
    /// ```
    pub fn http(&self) -> HttpService {
        self.http_with(StreamableHttpServerConfig::default())
    }

    /// The same with other settings: the hosts and origins that are allowed, the largest body, and when
    /// it stops.
    pub fn http_with(&self, config: StreamableHttpServerConfig) -> HttpService {
        let server = self.clone();
        StreamableHttpService::new(move || Ok(server.clone()), Default::default(), config)
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        let mut info = ServerConfig::new(capabilities);
        info.server_info = self.parts().implementation.clone();
        info.instructions.clone_from(&self.parts().instructions);
        info
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        Some(self.parts().tools.get(name)?.listed())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        call::call(self.parts(), request, &context).await
    }
}
