//! What of a request's head becomes the envelope of its message.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderName;
use axum::http::request::Parts;
use penguiflow::Message;

use super::timeout::deadline;
use super::trace_parent::trace_id;
use crate::problem::{Problem, bad_request};

/// How the envelope of a message is read from a request: its tenant, its deadline and its trace.
///
/// The routes take it by [`Options::caller`](crate::Options::caller); handlers of one's own that use
/// [`Caller`](crate::Caller) or [`JsonMessage`](crate::JsonMessage), as a layer:
///
/// ```
/// use axum::{Extension, Router};
/// use penguiflow_serve::CallerOptions;
/// use std::time::Duration;
///
/// let caller = CallerOptions::new().tenant_header("x-org").longest(Duration::from_secs(60));
/// let app: Router = Router::new().layer(Extension(caller));
/// ```
#[derive(Debug, Clone, Default)]
pub struct CallerOptions {
    tenant: Tenant,
    longest: Option<Duration>,
}

/// Finds a request's tenant.
type TenantOf = dyn Fn(&Parts) -> Option<String> + Send + Sync;

#[derive(Clone)]
enum Tenant {
    Header(HeaderName),
    By(Arc<TenantOf>),
}

impl CallerOptions {
    /// The tenant is that of the header `x-tenant`, and a request without a deadline has none.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another header has the tenant. A client can write into it what it likes: where tenants share
    /// limits or keys, use [`tenant_by`](Self::tenant_by).
    ///
    /// # Panics
    ///
    /// If this is no name of a header in lower case.
    #[must_use]
    pub fn tenant_header(mut self, name: &'static str) -> Self {
        self.tenant = Tenant::Header(HeaderName::from_static(name));
        self
    }

    /// Takes the tenant from what one's own layer has found out, such as a token's claims among the
    /// extensions.
    ///
    /// ```
    /// use axum::http::request::Parts;
    /// use penguiflow_serve::CallerOptions;
    ///
    /// #[derive(Clone)]
    /// struct Claims {
    ///     org: String,
    /// }
    ///
    /// let caller = CallerOptions::new()
    ///     .tenant_by(|parts: &Parts| Some(parts.extensions.get::<Claims>()?.org.clone()));
    /// # drop(caller);
    /// ```
    #[must_use]
    pub fn tenant_by(
        mut self,
        tenant: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.tenant = Tenant::By(Arc::new(tenant));
        self
    }

    /// The longest time that a request may take: it is the deadline of those that set none, or a later
    /// one. A message that is only handed over, by `emit`, has the deadline that its request sets.
    #[must_use]
    pub fn longest(mut self, time: Duration) -> Self {
        self.longest = Some(time);
        self
    }

    /// The name of the tenant's header, where a header has it.
    pub(crate) fn header_of_tenant(&self) -> Option<&str> {
        match &self.tenant {
            Tenant::Header(name) => Some(name.as_str()),
            Tenant::By(_) => None,
        }
    }

    /// The envelope of a request whose answer is waited for.
    ///
    /// # Errors
    ///
    /// If a header is not what it should be.
    pub(crate) fn message(&self, parts: &Parts) -> Result<Message<()>, Problem> {
        let mut message = self.handed_over(parts)?;
        let longest = self.longest.map(|time| tokio::time::Instant::now() + time);
        message.deadline = message.deadline.into_iter().chain(longest).min();
        match trace_id(&parts.headers) {
            Some(trace_id) => Ok(message.trace_id(trace_id)),
            None => Ok(message),
        }
    }

    /// The envelope of a request that hands a message over: its trace has an id of its own, since ids
    /// of traces that outlive their requests must not meet again.
    pub(crate) fn handed_over(&self, parts: &Parts) -> Result<Message<()>, Problem> {
        let mut message = Message::new(()).tenant(self.tenant(parts)?);
        message.deadline = deadline(&parts.headers)?;
        Ok(message)
    }

    fn tenant(&self, parts: &Parts) -> Result<String, Problem> {
        match &self.tenant {
            Tenant::By(tenant) => Ok(tenant(parts).unwrap_or_default()),
            Tenant::Header(name) => match parts.headers.get(name) {
                None => Ok(String::new()),
                Some(value) => match value.to_str() {
                    Ok(tenant) => Ok(tenant.to_owned()),
                    Err(_) => Err(bad_request(format!(
                        "the header `{name}` is not plain text"
                    ))),
                },
            },
        }
    }
}

impl Default for Tenant {
    fn default() -> Self {
        Self::Header(HeaderName::from_static("x-tenant"))
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "Header({name})"),
            Self::By(_) => f.write_str("By(..)"),
        }
    }
}
