//! The identity of a trace: 128 bits in the form of a W3C trace id.

mod random;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hex;

/// Names one message's whole journey.
///
/// Prints as 32 lower-case hexadecimal digits, as in the `traceparent` header of
/// [W3C Trace Context](https://www.w3.org/TR/trace-context/#trace-id).
///
/// ```
/// use penguiflow::TraceId;
///
/// let id: TraceId = "4bf92f3577b34da6a3ce929d0e0e4736".parse()?;
/// assert_eq!(id.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
/// assert!("0".parse::<TraceId>().is_err());
/// # Ok::<(), penguiflow::ParseTraceIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TraceId {
    // Not one `u128`, which would align every type that holds an id to 16 bytes.
    high: u64,
    low: u64,
}

impl TraceId {
    const fn new(bits: u128) -> Self {
        Self {
            high: (bits >> 64) as u64,
            low: bits as u64,
        }
    }

    /// A new random id, from the operating system's randomness: nobody can guess it, whatever other
    /// ids they know, as it is the key to resume a parked trace. It is never zero, which the
    /// standard reserves.
    pub fn random() -> Self {
        let (high, low) = random::halves();
        Self { high, low }
    }

    /// The id with these bits; `None` for zero, which the standard reserves.
    pub const fn from_u128(bits: u128) -> Option<Self> {
        if bits == 0 {
            None
        } else {
            Some(Self::new(bits))
        }
    }

    /// The id's 128 bits.
    pub const fn to_u128(self) -> u128 {
        (self.high as u128) << 64 | self.low as u128
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(self.high, f)?;
        hex::write(self.low, f)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceId({self})")
    }
}

/// The text is not a trace id: 32 hexadecimal digits, not all zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseTraceIdError(());

impl fmt::Display for ParseTraceIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a trace id is 32 hexadecimal digits, not all zero")
    }
}

impl std::error::Error for ParseTraceIdError {}

impl FromStr for TraceId {
    type Err = ParseTraceIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let bits = digits
            .then(|| u128::from_str_radix(text, 16).ok())
            .flatten();
        bits.and_then(Self::from_u128).ok_or(ParseTraceIdError(()))
    }
}

impl Serialize for TraceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TraceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
