//! The request state: what a client keeps of a call that waits, and hands back with the answer.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rmcp::model::JsonObject;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::seal::{Keys, SealId};

/// What a state is for. It opens for the same alone.
pub(crate) struct Purpose(Vec<u8>);

impl Purpose {
    /// A call of this tool, with these arguments, by this caller where it is known.
    pub(crate) fn of(
        tool: &str,
        fingerprint: &[u8],
        caller: Option<&str>,
        arguments: &JsonObject,
    ) -> Self {
        let arguments = Sha256::digest(sorted(&Value::Object(arguments.clone())).to_string());
        let known = [u8::from(caller.is_some())];
        let caller = caller.unwrap_or_default().as_bytes();
        let parts = [tool.as_bytes(), fingerprint, &known, caller, &arguments];
        let mut bytes = b"penguiflow-mcp request state 1".to_vec();
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        Self(bytes)
    }
}

/// The same value with all keys in order: a client may write them in another one than before.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut keys: Vec<_> = object.keys().collect();
            keys.sort();
            let fields = keys.into_iter();
            Value::Object(
                fields
                    .map(|key| (key.clone(), sorted(&object[key])))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// Why a state is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(
        "the request state is none that this server has made for this tool, these arguments and this caller"
    )]
    Foreign,
    #[error("the request state has expired: call the tool again without it")]
    Expired,
    #[error("the request state was used already: a call goes on from it once")]
    Used,
}

/// Makes states and opens them.
#[derive(Default)]
pub(crate) struct States {
    /// Those that were used, until they expire.
    used: Mutex<HashMap<SealId, SystemTime>>,
}

impl States {
    /// The state of a call that was put away, for so long.
    pub(crate) fn seal(
        &self,
        keys: &Keys,
        purpose: &Purpose,
        put_away: &[u8],
        time: Duration,
    ) -> String {
        let expiry = SystemTime::now().checked_add(time);
        let mut text = expiry.map_or(u64::MAX, millis).to_be_bytes().to_vec();
        text.extend_from_slice(put_away);
        keys.seal(&text, &purpose.0)
    }

    /// What was put away. Where nothing else notices a state that is used twice, this does.
    ///
    /// # Errors
    ///
    /// A [`Refusal`].
    pub(crate) fn open(
        &self,
        keys: &Keys,
        purpose: &Purpose,
        state: &str,
        is_used_once: bool,
    ) -> Result<Vec<u8>, Refusal> {
        let (id, mut text) = keys.open(state, &purpose.0).ok_or(Refusal::Foreign)?;
        let expiry = text.first_chunk().copied().ok_or(Refusal::Foreign)?;
        let now = SystemTime::now();
        let expiry = UNIX_EPOCH.checked_add(Duration::from_millis(u64::from_be_bytes(expiry)));
        if expiry.is_some_and(|expiry| expiry <= now) {
            return Err(Refusal::Expired);
        }
        if is_used_once {
            let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
            used.retain(|_, expiry| *expiry > now);
            // Without an expiry that there is, for as long as the process runs.
            let forever = now + Duration::from_secs(u64::from(u32::MAX));
            if used.insert(id, expiry.unwrap_or(forever)).is_some() {
                return Err(Refusal::Used);
            }
        }
        Ok(text.split_off(8))
    }
}

fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn arguments(value: Value) -> JsonObject {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn a_state_opens_for_the_same_call_once() {
        let (states, keys) = (States::default(), Keys::random());
        let order = arguments(json!({ "order": 7, "to": { "a": 1, "b": 2 } }));
        let purpose = Purpose::of("refund", b"v1", Some("ada"), &order);
        let hour = Duration::from_secs(3600);
        let state = states.seal(&keys, &purpose, b"frontier", hour);

        let other = arguments(json!({ "order": 8 }));
        for foreign in [
            Purpose::of("payout", b"v1", Some("ada"), &order),
            Purpose::of("refund", b"v2", Some("ada"), &order),
            Purpose::of("refund", b"v1", Some("bob"), &order),
            Purpose::of("refund", b"v1", None, &order),
            Purpose::of("refund", b"v1", Some("ada"), &other),
            Purpose::of("refundv", b"1", Some("ada"), &order),
        ] {
            let opened = states.open(&keys, &foreign, &state, true);
            assert_eq!(opened, Err(Refusal::Foreign));
        }

        let turned = arguments(json!({ "to": { "b": 2, "a": 1 }, "order": 7 }));
        let same = Purpose::of("refund", b"v1", Some("ada"), &turned);
        assert_eq!(
            states.open(&keys, &same, &state, true),
            Ok(b"frontier".to_vec())
        );
        assert_eq!(states.open(&keys, &same, &state, true), Err(Refusal::Used));
    }

    #[test]
    fn a_state_expires() {
        let (states, keys) = (States::default(), Keys::random());
        let purpose = Purpose::of("refund", b"", None, &JsonObject::new());
        let state = states.seal(&keys, &purpose, b"frontier", Duration::ZERO);
        let opened = states.open(&keys, &purpose, &state, true);
        assert_eq!(opened, Err(Refusal::Expired));
        let state = states.seal(&keys, &purpose, b"frontier", Duration::MAX);
        assert!(states.open(&keys, &purpose, &state, true).is_ok());
    }
}
