//! Who calls a tool, as far as the server knows.

use std::fmt;

use http::request::Parts;
use rmcp::RoleServer;
use rmcp::service::RequestContext;

/// Who calls a tool, as far as the server knows: for [`Server::caller`](crate::Server::caller) and
/// [`Server::tenant`](crate::Server::tenant).
pub struct Caller<'a>(pub(crate) &'a RequestContext<RoleServer>);

impl Caller<'_> {
    /// The HTTP request of the call; `None` over stdio.
    pub fn http(&self) -> Option<&Parts> {
        self.0.extensions.get()
    }

    /// A header of the HTTP request.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.http()?.headers.get(name)?.to_str().ok()
    }

    /// What a layer before the server has put into the HTTP request: who has logged in, for example.
    pub fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        self.http()?.extensions.get()
    }

    /// The name by which the client's program introduces itself. Anybody can use any name.
    pub fn client(&self) -> Option<String> {
        self.0.client_info().map(|client| client.name)
    }
}

impl fmt::Debug for Caller<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("client", &self.client())
            .finish_non_exhaustive()
    }
}
