//! How the client connects to a server: by TCP, and for `https://` by TLS over it.

use hyper_util::client::legacy::connect::HttpConnector;

#[cfg(feature = "rustls")]
pub(super) use tls::Connector;

#[cfg(not(feature = "rustls"))]
pub(super) type Connector = HttpConnector;

/// Connects to `http://` alone.
#[cfg(not(feature = "rustls"))]
pub(super) fn connector(is_secure: bool) -> Result<Connector, String> {
    match is_secure {
        true => Err("`https://` needs the feature `rustls` of `penguiflow-restate`".to_owned()),
        false => Ok(tcp()),
    }
}

/// Connects to `http://`, and to `https://` too if it is to be secure.
#[cfg(feature = "rustls")]
pub(super) fn connector(is_secure: bool) -> Result<Connector, String> {
    tls::over(tcp(), is_secure)
}

fn tcp() -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    tcp
}

#[cfg(feature = "rustls")]
mod tls {
    use std::sync::Arc;

    use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
    use hyper_util::client::legacy::connect::HttpConnector;
    use rustls::crypto::{CryptoProvider, aws_lc_rs};
    use rustls::{ClientConfig, RootCertStore};

    pub(crate) type Connector = HttpsConnector<HttpConnector>;

    /// Connects over TCP. If it is to be secure, it reads the certificates that the system trusts.
    pub(crate) fn over(mut tcp: HttpConnector, is_secure: bool) -> Result<Connector, String> {
        // A program whose crates enable two providers has no default one.
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let config = match is_secure {
            true => config
                .with_native_roots()
                .map_err(|error| error.to_string())?,
            false => config.with_root_certificates(RootCertStore::empty()),
        };
        tcp.enforce_http(false);
        let builder = HttpsConnectorBuilder::new().with_tls_config(config.with_no_client_auth());
        Ok(builder.https_or_http().enable_http1().wrap_connector(tcp))
    }
}
