//! What requests say beside their message: a trace in the path, and the query.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::extract::Path;
use axum::http::Uri;
use axum::http::request::Parts;
use penguiflow::TraceId;
use penguiflow::host::{HostedState, StepId, TraceFilter};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::problem::{Problem, bad_request};

/// The trace of the path.
pub(super) struct OfTrace(pub(super) TraceId);

impl<S: Send + Sync> FromRequestParts<S> for OfTrace {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let Path(id) = path.map_err(|_| bad_request("the path is no UTF-8"))?;
        parsed("a trace's id", &id).map(OfTrace)
    }
}

/// The parameters of a query, in their order.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// The query, which has these parameters alone.
    ///
    /// # Errors
    ///
    /// If it has another one, or is no query.
    pub(super) fn of(uri: &Uri, known: &[&str]) -> Result<Self, Problem> {
        let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri);
        let axum::extract::Query(query) = query.map_err(|error| bad_request(error.body_text()))?;
        match query
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()))
        {
            Some((name, _)) => Err(bad_request(format!(
                "there is no parameter `{name}`: those that there are, are `{}`",
                known.join("`, `")
            ))),
            None => Ok(Self(query)),
        }
    }

    fn values<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        let of_name = self.0.iter().filter(move |(of, _)| of == name);
        of_name.map(|(_, value)| value.as_str())
    }

    /// A number, or this one.
    pub(super) fn number<T: FromStr>(&self, name: &str, otherwise: T) -> Result<T, Problem>
    where
        T::Err: Display,
    {
        let value = self.values(name).last();
        value.map_or(Ok(otherwise), |value| parsed(&format!("`{name}`"), value))
    }

    pub(super) fn step(&self) -> Result<Option<StepId>, Problem> {
        let step = self.values("step").last();
        step.map(|step| named("step", step)).transpose()
    }

    /// Which traces are to be listed.
    pub(super) fn filter(&self) -> Result<TraceFilter, Problem> {
        let states = self.values("state").flat_map(|states| states.split(','));
        let states: Result<Vec<HostedState>, _> =
            states.map(|state| named("state", state)).collect();
        let before = self.values("before").last();
        let before = before
            .map(|before| parsed("`before`", before))
            .transpose()?;
        Ok(TraceFilter {
            states: states?,
            search: self.values("search").last().map(str::to_owned),
            before,
            limit: self.number("limit", 100)?,
        })
    }
}

/// A value that serde reads from its name.
fn named<T: DeserializeOwned>(parameter: &str, name: &str) -> Result<T, Problem> {
    let value = T::deserialize(Value::from(name));
    value.map_err(|error| bad_request(format!("`{parameter}`: {error}")))
}

fn parsed<T: FromStr>(what: &str, text: &str) -> Result<T, Problem>
where
    T::Err: Display,
{
    text.parse()
        .map_err(|error| bad_request(format!("{what}: {error}")))
}
