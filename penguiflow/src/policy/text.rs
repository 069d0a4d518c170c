//! Policies as text: `"30s"`, `"500ms..30s"`, `"60/min"`, as `#[node(…)]` takes them. Values that come
//! from the environment are texts, too, so numbers and flags are read from either.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// What a unit is worth in nanoseconds.
const UNITS: [(&str, f64); 7] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("min", 60e9),
    ("h", 3600e9),
];

/// Reads a duration above zero.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let mut nanos = 0.0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (part, after) = part(rest).ok_or_else(|| no_duration(text))?;
        nanos += part;
        rest = after.trim_start();
    }
    match nanos >= 1.0 {
        true => Ok(Duration::from_nanos(nanos.round() as u64)),
        false => Err(no_duration(text)),
    }
}

/// One number with its unit, in nanoseconds, and what follows it.
fn part(text: &str) -> Option<(f64, &str)> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, rest) = text.split_at(unit_at);
    let unit_end = rest.find(|c: char| !c.is_ascii_alphabetic());
    let (unit, rest) = rest.split_at(unit_end.unwrap_or(rest.len()));
    let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit)?;
    Some((number.parse::<f64>().ok()? * nanos, rest))
}

fn no_duration(text: &str) -> String {
    format!("`{text}` is not a duration above zero, such as \"500ms\" or \"1m 30s\"")
}

/// A value that is read from its own type or from a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Value<T>(pub(super) T);

/// A time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Time(pub(super) Duration);

impl FromStr for Time {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        duration(text).map(Self)
    }
}

/// The shortest and the longest wait, or the shortest alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Waits(pub(super) Duration, pub(super) Option<Duration>);

impl FromStr for Waits {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((shortest, longest)) = text.split_once("..") else {
            return Ok(Self(duration(text)?, None));
        };
        let (shortest, longest) = (duration(shortest)?, duration(longest)?);
        match shortest <= longest {
            true => Ok(Self(shortest, Some(longest))),
            false => Err(format!(
                "the first wait of `{text}` is longer than the longest: write \"shortest..longest\""
            )),
        }
    }
}

/// So many in a period.
#[cfg(feature = "rate")]
impl FromStr for super::Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (count, unit) = text.split_once('/')?;
            let count = count.trim().parse().ok().filter(|count| *count > 0)?;
            let seconds = match unit.trim() {
                "s" => 1,
                "min" => 60,
                "h" => 3600,
                _ => return None,
            };
            Some(Self::new(count, Duration::from_secs(seconds)))
        };
        read().ok_or_else(|| format!("`{text}` is not a rate, such as \"60/min\""))
    }
}

/// A value, or `"none"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OrNone<T>(pub(super) Option<T>);

impl<T: FromStr> FromStr for OrNone<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        match text {
            "none" => Ok(Self(None)),
            text => text.parse().map(|value| Self(Some(value))),
        }
    }
}

impl<'de, T> Deserialize<'de> for Value<T>
where
    T: FromStr<Err: fmt::Display>,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadText(PhantomData))
    }
}

/// Reads texts, and what is written without quotes as the text that it is.
struct ReadText<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for ReadText<T> {
    type Value = Value<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number or a flag")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Value<T>, E> {
        text.trim().parse().map(Value).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Value<T>, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value<T>, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Value<T>, E> {
        self.visit_str(&flag.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_attributes_take_them() {
        let read = |text| duration(text).map(|time| time.as_millis());
        assert_eq!(read("2s"), Ok(2000));
        assert_eq!(read(" 1m 30s "), Ok(90_000));
        assert_eq!(read("0.5h"), Ok(1_800_000));
        for text in ["", "2", "s", "2 s s", "0s", "-1s", "2 parsecs", "1..2s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn waits_have_an_order() {
        let ms = Duration::from_millis;
        assert_eq!("1ms".parse(), Ok(Waits(ms(1), None)));
        assert_eq!("1ms..20ms".parse(), Ok(Waits(ms(1), Some(ms(20)))));
        assert!("2s..1s".parse::<Waits>().is_err());
    }
}
