//! Everything that a service needs to send its spans, set up at once.

use std::fmt;
use std::sync::Arc;

use opentelemetry_http::HttpClient;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::flow_ids::FlowIds;
use crate::gen_ai::GenAi;
use crate::plain_http::PlainHttp;

/// A service whose spans go to a collector, in batches, by OTLP over HTTP with protobuf.
///
/// What is not set follows the variables of OpenTelemetry, such as `OTEL_EXPORTER_OTLP_ENDPOINT` and
/// `OTEL_RESOURCE_ATTRIBUTES`.
///
/// ```no_run
/// use penguiflow_otel::Service;
/// use tracing_subscriber::layer::SubscriberExt;
/// use tracing_subscriber::util::SubscriberInitExt;
///
/// // Beside a layer of one's own:
/// let (layer, otel) = Service::named("support").build()?;
/// tracing_subscriber::registry()
///     .with(tracing_subscriber::fmt::layer())
///     .with(layer)
///     .init();
/// otel.shutdown()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct Service {
    name: String,
    endpoint: Option<String>,
    client: Option<Arc<dyn HttpClient>>,
    filter: Targets,
    gen_ai: GenAi,
}

impl Service {
    /// A service of this name. Its collector gets the spans of attempts, too: of flows everything down
    /// to `DEBUG`, of all else what is `INFO` or above.
    pub fn named(name: impl Into<String>) -> Self {
        let filter = Targets::new()
            .with_default(LevelFilter::INFO)
            .with_target("penguiflow", LevelFilter::DEBUG);
        Self {
            name: name.into(),
            endpoint: None,
            client: None,
            filter,
            gen_ai: GenAi::Off,
        }
    }

    /// Where the collector is, such as `http://localhost:4318`: spans go to `/v1/traces` there.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Sends with this client, which may speak `https`. It must not need a runtime.
    pub fn client(mut self, client: impl HttpClient + 'static) -> Self {
        self.client = Some(Arc::new(client));
        self
    }

    /// Sends the spans and events that these targets let pass.
    pub fn filter(mut self, filter: Targets) -> Self {
        self.filter = filter;
        self
    }

    /// Whether spans follow the conventions for generative AI.
    pub fn gen_ai(mut self, gen_ai: GenAi) -> Self {
        self.gen_ai = gen_ai;
        self
    }

    /// Makes this the subscriber of the whole program.
    ///
    /// # Errors
    /// Fails where the program has a subscriber already, or if the endpoint is no address.
    pub fn install(self) -> Result<Otel, SetupError> {
        let (layer, otel) = self.build()?;
        let subscriber = tracing_subscriber::registry().with(layer);
        subscriber.try_init().map_err(SetupError::Subscriber)?;
        Ok(otel)
    }

    /// A layer for a subscriber, and what ends the sending.
    ///
    /// # Errors
    /// Fails if the endpoint is no address, or one with `https` while no client is set.
    pub fn build<S>(self) -> Result<(impl Layer<S> + Send + Sync + use<S>, Otel), SetupError>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let exporter = exporter(self.endpoint, self.client)?;
        let provider = SdkTracerProvider::builder()
            .with_id_generator(FlowIds::default())
            .with_resource(Resource::builder().with_service_name(self.name).build())
            .with_batch_exporter(exporter)
            .build();
        let layer = crate::layer(&provider, self.gen_ai).with_filter(self.filter);
        Ok((layer, Otel { provider }))
    }
}

fn exporter(
    endpoint: Option<String>,
    client: Option<Arc<dyn HttpClient>>,
) -> Result<SpanExporter, SetupError> {
    let mut exporter = SpanExporter::builder().with_http();
    if let Some(endpoint) = endpoint {
        if client.is_none() && endpoint.starts_with("https:") {
            return Err(SetupError::Https(endpoint));
        }
        exporter = exporter.with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')));
    }
    let client = client.unwrap_or_else(|| Arc::new(PlainHttp::default()));
    let exporter = exporter.with_shared_http_client(client);
    exporter.build().map_err(SetupError::Exporter)
}

/// Sends a service's spans, until it is shut down or dropped.
#[derive(Debug)]
#[must_use = "spans are sent until this is dropped"]
pub struct Otel {
    provider: SdkTracerProvider,
}

impl Otel {
    /// Sends what has ended and is not sent yet, and waits for it on this thread.
    ///
    /// # Errors
    /// Fails if the collector cannot be reached or does not take it.
    pub fn flush(&self) -> OTelSdkResult {
        self.provider.force_flush()
    }

    /// The same, and nothing is sent afterwards. Flows should have ended: a span that has not is lost.
    ///
    /// # Errors
    /// Fails if the collector cannot be reached or does not take it.
    pub fn shutdown(self) -> OTelSdkResult {
        // `shutdown` alone ends well even where the last batch was not taken.
        let flushed = self.flush();
        flushed.and(self.provider.shutdown())
    }

    /// The provider, for tracers of one's own.
    pub fn provider(&self) -> &SdkTracerProvider {
        &self.provider
    }
}

/// Subscribers keep the provider's tracer for ever, so it does not end by itself.
impl Drop for Otel {
    fn drop(&mut self) {
        // An error after `shutdown`: it is over already.
        _ = self.provider.shutdown();
    }
}

/// Why a [`Service`] was not set up.
#[derive(Debug)]
#[non_exhaustive]
pub enum SetupError {
    /// The exporter refused its settings.
    Exporter(ExporterBuildError),
    /// The endpoint is one with `https`, and no client is set.
    Https(String),
    /// The program has a subscriber already.
    Subscriber(TryInitError),
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exporter(error) => write!(f, "the exporter refused its settings: {error}"),
            Self::Https(endpoint) => write!(
                f,
                "`{endpoint}` needs a client that speaks https: set one by `Service::client`"
            ),
            // Its own text says the same.
            Self::Subscriber(_) => f.write_str("the program has a subscriber already"),
        }
    }
}

impl std::error::Error for SetupError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Exporter(error) => error.source(),
            Self::Https(_) | Self::Subscriber(_) => None,
        }
    }
}
