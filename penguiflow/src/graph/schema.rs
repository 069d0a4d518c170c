//! The schemas of the types that a flow takes and returns as JSON.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};

/// Makes the schema of a type.
pub type MakeSchema = fn(SchemaGenerator) -> Schema;

/// The schema of documents that are read.
pub(crate) fn of_input(make: MakeSchema) -> Schema {
    make(SchemaSettings::default().for_deserialize().into_generator())
}

/// The schema of documents that are written.
pub(crate) fn of_output(make: MakeSchema) -> Schema {
    make(SchemaSettings::default().for_serialize().into_generator())
}
