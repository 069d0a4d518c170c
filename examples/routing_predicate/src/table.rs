//! The routing policy: a table in a file, which an operator edits; the program is not built again.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// Where messages may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Route {
    Metrics,
    General,
    Nowhere,
}

/// Routes by tenant, which take precedence over a message's words.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    tenants: BTreeMap<String, Route>,
}

impl Table {
    /// Reads a table. An error has the file, line and column.
    pub(crate) fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let file = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| format!("the table `{file}` cannot be read: {error}"))?;
        toml::from_str(&text)
            .map_err(|error| format!("the table `{file}` is wrong: {error}").into())
    }

    /// The route of a tenant, if the table has one.
    pub(crate) fn route(&self, tenant: &str) -> Option<Route> {
        self.tenants.get(tenant).copied()
    }
}
