//! What a client keeps for the server is encrypted and authenticated, and bound to what it is for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// The first byte: which form of seal it is.
const VERSION: u8 = 1;

const NONCE: usize = 24;

/// The number that a seal has alone.
pub(crate) type SealId = [u8; NONCE];

/// The keys by which the server seals and opens.
#[derive(Clone)]
pub(crate) struct Keys {
    current: XChaCha20Poly1305,
    old: Vec<XChaCha20Poly1305>,
}

impl Keys {
    /// A key that no other process has.
    pub(crate) fn random() -> Self {
        Self {
            current: XChaCha20Poly1305::new(&chacha20poly1305::Key::generate()),
            old: Vec::new(),
        }
    }

    /// Seals by this key from now on.
    pub(crate) fn set(&mut self, key: [u8; 32]) {
        self.current = XChaCha20Poly1305::new(&key.into());
    }

    /// Opens what was sealed by this key, too.
    pub(crate) fn add_old(&mut self, key: [u8; 32]) {
        self.old.push(XChaCha20Poly1305::new(&key.into()));
    }

    /// Seals a text for this purpose.
    pub(crate) fn seal(&self, text: &[u8], purpose: &[u8]) -> String {
        let nonce = XNonce::generate();
        let payload = Payload {
            msg: text,
            aad: purpose,
        };
        let sealed = self.current.encrypt(&nonce, payload);
        let sealed = sealed.expect("a text in memory is not too long for the cipher");
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What was sealed for this purpose by one of the keys; `None` if this was not.
    pub(crate) fn open(&self, sealed: &str, purpose: &[u8]) -> Option<(SealId, Vec<u8>)> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (version, bytes) = bytes.split_first()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        if *version != VERSION {
            return None;
        }
        let mut keys = std::iter::once(&self.current).chain(&self.old);
        keys.find_map(|key| {
            let payload = Payload {
                msg: sealed,
                aad: purpose,
            };
            let text = key.decrypt(&XNonce::from(*nonce), payload).ok()?;
            Some((*nonce, text))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_for_its_purpose_by_its_key_alone() {
        let keys = Keys::random();
        let sealed = keys.seal(b"secret", b"refund");
        let (id, text) = keys.open(&sealed, b"refund").expect("it is its own");
        assert_eq!(text, b"secret");
        assert!(keys.open(&sealed, b"payout").is_none());
        assert!(Keys::random().open(&sealed, b"refund").is_none());
        let again = keys.seal(b"secret", b"refund");
        assert_ne!(keys.open(&again, b"refund").expect("its own").0, id);
    }

    #[test]
    fn each_changed_byte_is_noticed() {
        let keys = Keys::random();
        let sealed = keys.seal(b"secret", b"refund");
        for at in 0..sealed.len() {
            let mut forged = sealed.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).expect("ASCII");
            assert!(keys.open(&forged, b"refund").is_none(), "byte {at}");
        }
        for cut in 0..sealed.len() {
            assert!(keys.open(&sealed[..cut], b"refund").is_none());
        }
        assert!(keys.open("no base64!", b"refund").is_none());
    }

    #[test]
    fn an_old_key_opens_and_does_not_seal() {
        let mut before = Keys::random();
        before.set([1; 32]);
        let mut after = Keys::random();
        after.set([2; 32]);
        after.add_old([1; 32]);
        let sealed = before.seal(b"secret", b"");
        assert!(after.open(&sealed, b"").is_some());
        assert!(before.open(&after.seal(b"secret", b""), b"").is_none());
    }
}
