//! The invocation that runs a trace, by which the admin interface acts on it.

use penguiflow::TraceId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::running::{Rows, Running};
use crate::error::Error;
use crate::names::RUN;

#[derive(Deserialize)]
pub(super) struct Invocation {
    pub(super) id: String,
    pub(super) status: String,
}

impl Invocation {
    pub(super) fn is_over(&self) -> bool {
        self.status == "completed"
    }
}

impl<In: Serialize, Out: DeserializeOwned> Running<In, Out> {
    /// The invocation that runs a trace, or has run it.
    pub(super) async fn invocation(&self, id: TraceId) -> Result<Invocation, Error> {
        let query = format!(
            "SELECT id, status FROM sys_invocation WHERE target_service_name = '{}' AND \
             target_service_key = '{id}' AND target_handler_name = '{RUN}'",
            self.service
        );
        let rows: Rows<Invocation> = self.query(&query).await?;
        rows.rows.into_iter().next().ok_or(Error::NotThere(id))
    }

    /// The invocation of a trace that is not over.
    pub(super) async fn open_invocation(&self, id: TraceId) -> Result<Invocation, Error> {
        let invocation = self.invocation(id).await?;
        match invocation.is_over() {
            false => Ok(invocation),
            true => Err(Error::NotThere(id)),
        }
    }
}
