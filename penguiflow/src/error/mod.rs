//! Errors, and their texts: why an attempt failed (`fault`), the error that a trace ends in
//! (`flow_error`, `kind`), the failure of a branch as a value (`node_error`), the texts of all
//! causes (`causes`), and the errors of flows in flows (`levels`).

mod causes;
mod fault;
mod flow_error;
mod kind;
mod levels;
mod node_error;

pub use causes::BoxError;
pub(crate) use causes::text_of;
pub use fault::Fault;
pub use flow_error::FlowError;
pub use kind::ErrorKind;
pub(crate) use node_error::cause_texts;
pub use node_error::{Failed, NodeError};
