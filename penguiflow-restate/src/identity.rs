//! Which servers may call a worker: those that sign their requests with one of the keys that it knows.

use std::sync::Arc;

use http::HeaderMap;
use restate_sdk_shared_core::{IdentityVerifier, KeyError};

/// What is no public key of a server.
#[derive(Debug, thiserror::Error)]
#[error("this is not an identity key of a server, such as `publickeyv1_…`: {0}")]
pub struct IdentityKeyError(#[source] KeyError);

/// The keys of the servers that may call; without any, everybody may.
#[derive(Clone, Default)]
pub(crate) struct IdentityKeys(Vec<Arc<IdentityVerifier>>);

impl IdentityKeys {
    pub(crate) fn add(&mut self, key: &str) -> Result<(), IdentityKeyError> {
        // A program whose crates enable two providers has no default one. If there is one, it stays.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let key = IdentityVerifier::default().with_key(key);
        self.0.push(Arc::new(key.map_err(IdentityKeyError)?));
        Ok(())
    }

    /// The error says why a request is not signed by any of the keys.
    pub(crate) fn verify(&self, path: &str, headers: &HeaderMap) -> Result<(), String> {
        let mut verified = Ok(());
        for key in &self.0 {
            verified = key.verify_identity(headers, path);
            if verified.is_ok() {
                break;
            }
        }
        verified.map_err(|why| {
            format!("the request is not signed with an identity key that this worker knows: {why}")
        })
    }
}
