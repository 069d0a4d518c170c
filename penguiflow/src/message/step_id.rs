//! The identity of a step.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::hex;

/// The identity of a step within its trace: the hash of its parent's and of its place
/// among its parent's emits. The same on every attempt, host and machine.
///
/// Serialises as its 16 hexadecimal digits, or in a binary format as a number: as a number in JSON
/// it would lose digits where numbers have 53 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId(u64);

impl StepId {
    pub(crate) const ROOT: Self = Self(0x9e37_79b9_7f4a_7c15);
    /// The first and the last of all ids, in their order.
    #[cfg(feature = "durable")]
    pub(crate) const BOUNDS: (Self, Self) = (Self(u64::MIN), Self(u64::MAX));

    /// The id of the step that a playbook begins with which this step calls by a key.
    pub(crate) fn call_keyed(self, flow: &str, key: &str) -> Self {
        // FNV-1a, which is the same on every machine. The parts cannot run into each other: no text
        // has the byte between them.
        let bytes = flow.bytes().chain([0xff]).chain(key.bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(self.0 ^ Self(hash).child(u32::MAX / 2).0).child(u32::MAX / 2)
    }

    /// The id of the step that this one emits at `place`: one round of SplitMix64
    /// (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    #[inline]
    pub(crate) const fn child(self, place: u32) -> Self {
        let mut bits = self
            .0
            .wrapping_add(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(place as u64 + 1));
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self(bits ^ (bits >> 31))
    }

    /// The id of the playbook that this step calls at this place in the order of its calls.
    #[inline]
    pub(crate) const fn call(self, number: u32) -> Self {
        self.child(u32::MAX / 2 - number)
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(self.0, f)
    }
}

/// A text that is no [`StepId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseStepIdError(());

impl fmt::Display for ParseStepIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step's id has 16 hexadecimal digits")
    }
}

impl std::error::Error for ParseStepIdError {}

impl FromStr for StepId {
    type Err = ParseStepIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_id = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let id = is_id.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        id.map(Self).ok_or(ParseStepIdError(()))
    }
}

impl Serialize for StepId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serializer.is_human_readable() {
            true => serializer.collect_str(self),
            false => self.0.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for StepId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.is_human_readable() {
            true => deserializer.deserialize_str(Digits),
            false => u64::deserialize(deserializer).map(Self),
        }
    }
}

/// Reads an id from its digits.
struct Digits;

impl Visitor<'_> for Digits {
    type Value = StepId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("16 hexadecimal digits")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<StepId, E> {
        let id = text.parse();
        id.map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::StepId;

    #[test]
    fn an_id_is_written_as_its_digits_and_read_from_them_alone() {
        let id = StepId::ROOT.child(3);
        let text = serde_json::to_string(&id).expect("it is a text");
        assert_eq!(text, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<StepId>(&text).ok(), Some(id));
        for wrong in [
            "7",
            "\"7\"",
            "\"+123456789abcdef\"",
            "\"0123456789abcdefg\"",
        ] {
            assert!(serde_json::from_str::<StepId>(wrong).is_err(), "{wrong}");
        }
    }
}
