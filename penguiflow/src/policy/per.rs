//! The header by whose values a node keeps limits apart: `per = "tenant"`.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::message::Headers;

/// The header by whose values a node keeps its limits apart: each tenant, say, has permits and a rate
/// of its own. Messages without the header share one value, the empty one.
///
/// ```
/// use penguiflow::Per;
/// use penguiflow::prelude::*;
///
/// #[node(concurrency = 4, per = "tenant")]
/// async fn ask(question: String) -> String {
///     question
/// }
///
/// let flow = flow! { ask };
/// assert_eq!(flow.graph().nodes[0].policy.per, Some(Per::Tenant));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Per {
    /// [`Headers::tenant`].
    Tenant,
    /// [`Headers::topic`].
    Topic,
    /// The value of this key in [`Headers::meta`].
    Meta(&'static str),
}

impl Per {
    /// The value that a message with these headers has.
    pub(crate) fn key(self, headers: &Headers) -> &str {
        let key = match self {
            Self::Tenant => return &headers.tenant,
            Self::Topic => headers.topic.as_deref(),
            Self::Meta(key) => headers.meta.get(key).map(String::as_str),
        };
        key.unwrap_or_default()
    }
}

/// As `per` takes it: `tenant`, `topic`, `meta.region`.
impl fmt::Display for Per {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenant => f.write_str("tenant"),
            Self::Topic => f.write_str("topic"),
            Self::Meta(key) => write!(f, "meta.{key}"),
        }
    }
}

impl Serialize for Per {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
