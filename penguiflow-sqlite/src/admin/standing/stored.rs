//! The stored forms of frontiers and of what steps emit, as far as an administrator sees them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::admin::Time;

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct StoredFrontier {
    pub(super) relies_on: Reliance,
    pub(super) steps: Vec<Pending>,
    pub(super) outputs: Vec<IgnoredAny>,
    pub(super) spent: u64,
    pub(super) retried: Vec<Retried>,
    pub(super) parked: Vec<Parked>,
    pub(super) joins: Vec<Join>,
}

/// What joins are, by their numbers.
#[derive(Default, Deserialize)]
pub(super) struct Reliance {
    #[serde(default)]
    pub(super) joins: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct Pending {
    pub(super) cursor: Cursor,
    pub(super) step: Value,
}

#[derive(Deserialize)]
pub(super) struct Cursor {
    pub(super) id: String,
    #[serde(default)]
    pub(super) attempts: u32,
    /// The joins that wait for it, the innermost last.
    #[serde(default)]
    pub(super) scopes: Vec<JoinKey>,
}

#[derive(Deserialize)]
pub(super) struct Parked {
    pub(super) pending: Pending,
}

#[derive(Deserialize)]
pub(super) struct Retried {
    pub(super) until: WallTime,
    pub(super) pending: Pending,
}

#[derive(Deserialize)]
pub(super) struct Join {
    pub(super) key: JoinKey,
    #[serde(default)]
    pub(super) inputs: Vec<IgnoredAny>,
    #[serde(default)]
    pub(super) lost: Vec<IgnoredAny>,
    #[serde(default)]
    pub(super) is_complete: bool,
    pub(super) items: Option<Items>,
}

/// One opening of a join: its number, and the step at which the ways to it parted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct JoinKey {
    pub(super) join: u32,
    pub(super) since: String,
}

#[derive(Deserialize)]
pub(super) struct Items {
    #[serde(default)]
    pub(super) waiting: Vec<IgnoredAny>,
}

/// A time as serde writes `SystemTime`.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct WallTime {
    pub(super) secs_since_epoch: u64,
    #[serde(default)]
    pub(super) nanos_since_epoch: u32,
}

/// What a step emitted, kept apart from the frontier.
#[derive(Deserialize)]
pub(super) struct Entry {
    #[serde(default)]
    pub(super) relies_on: Reliance,
    pub(super) step: String,
    #[serde(default)]
    pub(super) spent: u64,
    pub(super) end: EntryEnd,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EntryEnd {
    Emitted(Vec<EmitOf>),
    Again { attempts: u32, until: WallTime },
    Failed(IgnoredAny, IgnoredAny),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum EmitOf {
    Step(Pending),
    Items {
        cursor: Cursor,
        join: u32,
        steps: Vec<IgnoredAny>,
    },
    Output(IgnoredAny),
    End(Cursor),
    Lost(Cursor, IgnoredAny),
}

impl EmitOf {
    /// The innermost join that waits for it.
    pub(super) fn scope(&self) -> Option<&JoinKey> {
        let cursor = match self {
            Self::Step(pending) => &pending.cursor,
            Self::Items { cursor, .. } | Self::End(cursor) | Self::Lost(cursor, _) => cursor,
            Self::Output(_) => return None,
        };
        cursor.scopes.last()
    }
}

impl From<WallTime> for Time {
    fn from(time: WallTime) -> Self {
        let millis = time.secs_since_epoch.saturating_mul(1_000);
        let millis = millis.saturating_add(u64::from(time.nanos_since_epoch / 1_000_000));
        Self(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}
