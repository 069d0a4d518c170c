//! `penguiflow resume`

use anyhow::{Context, Result, bail};
use penguiflow_sqlite::admin::{Await, Request};
use serde_json::Value;

use super::{change, json_argument};
use crate::args::{Place, Resume};

pub(super) fn run(place: &Place, args: &Resume) -> Result<String> {
    let value = json_argument::read(&args.json)?;
    let asked = change::run(place, &args.target, |admin, id| {
        let (step, place) = admin.awaits_of(id, args.step.as_deref())?;
        check(&value, &place)?;
        Ok(Request::Resume { step, value })
    })?;
    Ok(asked.sentence)
}

/// Whether the value fits the schema of the awaited type, if that has one.
fn check(value: &Value, place: &Await) -> Result<()> {
    let Some(schema) = &place.schema else {
        return Ok(());
    };
    let validator = jsonschema::validator_for(schema)
        .with_context(|| format!("the stored schema of `{}` cannot be read", place.awaited))?;
    let Err(error) = validator.validate(value) else {
        return Ok(());
    };
    let at = error.instance_path().to_string();
    let at = if at.is_empty() {
        at
    } else {
        format!(" at `{at}`")
    };
    bail!("the value is no `{}`{at}: {error}", place.awaited)
}
