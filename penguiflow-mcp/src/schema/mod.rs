//! Schemas as clients of MCP take them: without references, with an object at the root.

mod form;
mod inline;
mod object;

pub(crate) use form::Form;
pub(crate) use inline::inlined;
pub(crate) use object::ObjectShape;
