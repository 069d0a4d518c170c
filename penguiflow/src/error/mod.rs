//! Errors, and their texts: why an attempt failed (`fault`), how a trace ends that does not end well
//! (`flow_error`, `kind`), the failure of a branch as a value (`node_error`), and the texts of all
//! that caused them (`causes`).

mod causes;
mod fault;
mod flow_error;
mod kind;
mod node_error;

pub use causes::BoxError;
pub(crate) use causes::text_of;
pub use fault::Fault;
pub use flow_error::FlowError;
pub use kind::ErrorKind;
pub use node_error::{Failed, NodeError};
